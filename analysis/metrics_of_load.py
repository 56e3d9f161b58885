"""Metrics of the load that nodes put on others by calls, jobs and connections, and of how long anyone waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analysis.load import mean_of
from analysis.metric import Metric, Value

if TYPE_CHECKING:
    from array import array

    from analysis.load import Load
    from analysis.measurements import Measurements


def _called(run: Measurements) -> bool:
    return bool(run.load.calls)


def _answered(run: Measurements) -> bool:
    return bool(run.load.answer_times)


def _worked(run: Measurements) -> bool:
    return bool(run.load.jobs)


def _asked(run: Measurements) -> bool:
    return bool(run.load.attempts)


def _loaded(run: Measurements) -> bool:
    return bool(run.load.events)


def _of(value: Callable[[Load], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(run.load)


def _count(value: Callable[[Load], array[int]]) -> Callable[[Measurements], Value]:
    return lambda run: len(value(run.load))


def _peak(run: Measurements, since: int = 0) -> int | None:
    counts = run.load.counts(since)
    return int(counts.max()) if counts.size else None


def _p99(run: Measurements) -> Value:
    import numpy as np

    counts = run.load.counts()
    return int(np.quantile(counts, 0.99, method="inverted_cdf")) if counts.size else None


def _mean(run: Measurements) -> float | None:
    counts = run.load.counts()
    return float(counts.mean()) if counts.size else None


def _peak_to_mean(run: Measurements) -> Value:
    peak, mean = _peak(run), _mean(run)
    return peak / mean if peak is not None and mean else None


METRICS_OF_LOAD: Final = (
    Metric(
        "load_peak",
        "times",
        "calls, else job starts, else connection attempts: most in an interval of a tenth of a period",
        _loaded,
        _peak,
    ),
    Metric("load_p99", "times", "the same, 99th percentile of all intervals", _loaded, _p99),
    Metric("load_mean", "times", "the same, mean of all intervals", _loaded, _mean),
    Metric("load_peak_to_mean", "ratio", "most in an interval over the mean of all", _loaded, _peak_to_mean),
    Metric(
        "load_peak_second_half",
        "times",
        "most in an interval of the second half of the run",
        _loaded,
        lambda run: _peak(run, run.end // 2),
    ),
    Metric(
        "calls", "calls", "calls upstream, those that were made again included", _called, _count(lambda at: at.calls)
    ),
    Metric(
        "calls_per_second",
        "calls/s",
        "the same per second of the run",
        _called,
        lambda run: len(run.load.calls) * 1e9 / run.end if run.end else None,
    ),
    Metric(
        "requests_per_call",
        "requests",
        "mean number of requests in a call that is made for the first time",
        _called,
        _of(lambda load: mean_of(load.batches)),
    ),
    Metric(
        "call_wait_mean",
        "ns",
        "time for which a request is held before it is passed on: mean",
        _called,
        _of(lambda load: mean_of(load.call_waits)),
    ),
    Metric("call_wait_p50", "ns", "the same, median", _called, _of(lambda load: load.wait(load.call_waits, 0.5))),
    Metric(
        "call_wait_p99", "ns", "the same, 99th percentile", _called, _of(lambda load: load.wait(load.call_waits, 0.99))
    ),
    Metric(
        "answer_time_mean",
        "ns",
        "time from a request to its answer: mean of those answered",
        _answered,
        _of(lambda load: mean_of(load.answer_times)),
    ),
    Metric("answer_time_p50", "ns", "the same, median", _answered, _of(lambda load: load.wait(load.answer_times, 0.5))),
    Metric(
        "answer_time_p99",
        "ns",
        "the same, 99th percentile",
        _answered,
        _of(lambda load: load.wait(load.answer_times, 0.99)),
    ),
    Metric("jobs", "jobs", "jobs that were started", _worked, _count(lambda load: load.jobs)),
    Metric("jobs_running_peak", "jobs", "most jobs that ran at once", _worked, _of(lambda load: load.concurrency(1.0))),
    Metric(
        "jobs_running_p99",
        "jobs",
        "number of running jobs that was not exceeded in 99 % of the time",
        _worked,
        _of(lambda load: load.concurrency(0.99)),
    ),
    Metric(
        "jobs_running_peak_second_half",
        "jobs",
        "most jobs that ran at once in the second half of the run",
        _worked,
        lambda run: run.load.concurrency(1.0, run.end // 2),
    ),
    Metric(
        "job_collisions",
        "jobs",
        "jobs that were started in the same second as another",
        _worked,
        _of(lambda load: load.collisions),
    ),
    Metric(
        "job_overlap",
        "share",
        "share of jobs that were started while another was running",
        _worked,
        _of(lambda load: load.overlapping),
    ),
    Metric(
        "connection_attempts",
        "attempts",
        "times that a client asked for a connection",
        _asked,
        _count(lambda load: load.attempts),
    ),
    Metric("connections", "connections", "times that one had it", _asked, _count(lambda load: load.connect_waits)),
    Metric(
        "connect_wait_mean",
        "ns",
        "time from asking for a connection until one has it: mean",
        _asked,
        _of(lambda load: mean_of(load.connect_waits)),
    ),
    Metric("connect_wait_p50", "ns", "the same, median", _asked, _of(lambda load: load.wait(load.connect_waits, 0.5))),
    Metric(
        "connect_wait_p99",
        "ns",
        "the same, 99th percentile",
        _asked,
        _of(lambda load: load.wait(load.connect_waits, 0.99)),
    ),
)
