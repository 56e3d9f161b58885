"""Series of what clients were served: windows worked out by hand."""

from __future__ import annotations

from analysis.client_samples import CLIENT_SERIES, client_samples
from analysis.manifest import RunBalance
from analysis.measurements import Measurements
from analysis.verdict import Subject
from scenarios.run import run
from tests.consensus_records import Event, completed, invoked, records_of
from tests.small_protocols import MILLISECOND

EVENTS: tuple[Event, ...] = (
    invoked(0, 1),
    completed(10, 1, latency=10),
    invoked(10, 1),
    completed(30, 1, latency=20),
    invoked(30, 1),
    completed(100, 1, latency=30),
    invoked(150, 1),
    completed(350, 1, latency=200),
    invoked(399, 1),
    completed(400, 1, latency=1),
)


def measured(events: tuple[Event, ...], end: int) -> Measurements:
    """Measurements of these events in a run that ends at a time in milliseconds."""
    found = Measurements(Subject(None, 3, "key-value"), 3)
    for record in records_of(events):
        for kinds, observe in found.observers:
            if record.kind in kinds:
                observe(record)
    balance = RunBalance(sent=0, duplicated=0, outcomes={}, waiting=0, in_flight=0, sums=True)
    return found._finish(end * MILLISECOND, balance)


def test_windows_hold_what_ended_in_them() -> None:
    """An operation belongs to the window in which it ends, its last instant included; an outage to all it meets."""
    samples = client_samples(measured(EVENTS, 450), 100 * MILLISECOND)
    series: dict[str, dict[int, float]] = {name: {} for name in CLIENT_SERIES}
    for sample in samples:
        assert sample.node is None
        series[sample.metric][sample.time // MILLISECOND] = sample.value
    assert series["operations_completed"] == {100: 3, 200: 0, 300: 0, 400: 2, 450: 0}
    assert series["latency_p50"] == {100: 20 * MILLISECOND, 400: MILLISECOND}
    assert series["latency_p99"] == {100: 30 * MILLISECOND, 400: 200 * MILLISECOND}
    assert series["outage"] == {100: 0, 200: 0.5, 300: 1, 400: 0.5, 450: 0}


def test_no_clients_no_series() -> None:
    """Where nobody asks there is nothing to show."""
    assert client_samples(measured((), 100), MILLISECOND) == []
    assert client_samples(Measurements(None, 3), MILLISECOND) == []


def test_a_sampled_run_has_them() -> None:
    """They are among the samples of a run of which any are taken, and add up to its metrics."""
    overrides = ["samples.every=500ms", "duration=4s", "workload.until=3s", "faults=[]", "liveness=null"]
    done = run("raft-hunt", overrides=overrides)
    total = sum(sample.value for sample in done.samples if sample.metric == "operations_completed")
    assert total == done.metrics["operations_completed"] != 0
