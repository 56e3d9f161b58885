"""Time series of what clients were served, made at the end of a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from analysis.client_operations import quantile_of
from analysis.samples_file import Sample

if TYPE_CHECKING:
    from analysis.availability import Availability
    from analysis.measurements import Measurements

CLIENT_SERIES: Final = {
    "operations_completed": "clients' operations that were carried out since the sample before",
    "latency_p50": "median of their latencies, in nanoseconds; none where there were none",
    "latency_p99": "99th percentile of their latencies, in nanoseconds; none where there were none",
    "outage": "share of the time since the sample before in which no client could commit",
}
"""What is sampled of clients, where there are any."""


def client_samples(measurements: Measurements, every: int) -> list[Sample]:
    """Return what clients were served in each `every` nanoseconds of a run that was measured, and in the rest."""
    clients, availability = measurements.clients, measurements.availability
    if clients is None or availability is None or not clients.begun:
        return []
    ends = [*range(every, measurements.end, every), measurements.end]
    samples, first, begin = [], 0, 0
    outages = _time_in_outages(availability, ends)
    times, latencies = clients.ended_at, clients.latencies
    for end, outage in zip(ends, outages, strict=True):
        last = first
        while last < len(times) and times[last] <= end:
            last += 1
        samples.append(Sample(end, None, "operations_completed", float(last - first)))
        for name, share in (("latency_p50", 0.5), ("latency_p99", 0.99)):
            latency = quantile_of(latencies[first:last], share)
            if latency is not None:
                samples.append(Sample(end, None, name, float(latency)))
        samples.append(Sample(end, None, "outage", outage / (end - begin)))
        first, begin = last, end
    return samples


def _time_in_outages(availability: Availability, ends: list[int]) -> Iterator[int]:
    """Yield the time within outages between one end and the next, from 0 on."""
    outages, first, begin = availability.outages, 0, 0
    for end in ends:
        while first < len(outages) and outages[first][1] <= begin:
            first += 1
        total, place = 0, first
        while place < len(outages) and outages[place][0] < end:
            total += min(end, outages[place][1]) - max(begin, outages[place][0])
            place += 1
        yield total
        begin = end
