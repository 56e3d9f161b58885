"""Load: calls, jobs and connection attempts, counted and timed as they are by hand."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.load import Load
from analysis.manifest import RunBalance
from analysis.measurements import Measurements
from analysis.metrics import metrics_of
from sim.records import Record
from tests.small_protocols import MILLISECOND, SECOND

SPANS = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 30)), min_size=1, max_size=12)


def measured(*told: tuple[int, int, str, dict[str, Any]], end: int, period: int) -> dict[str, Any]:
    """All metrics of a run that made these records."""
    run, numbers = Measurements(None, 9, period=period), count()
    for time, node, kind, fields in told:
        for kinds, observer in run.observers:
            if kind in kinds:
                observer(Record(time, next(numbers), node, kind, fields))
    return metrics_of(
        run._finish(end, RunBalance(sent=0, outcomes={}, in_flight=0, waiting=0, duplicated=0, sums=True))
    )


def test_calls() -> None:
    """Three batches, one of them sent twice: rates, sizes and waits leave the second time out where they must."""
    found = measured(
        (5, 0, "call", {"requests": 3, "waits": (1, 2, 3)}),
        (25, 1, "call", {"requests": 1, "waits": (10,)}),
        (26, 0, "call", {"requests": 3, "waits": ()}),
        (27, 2, "call", {"requests": 2, "waits": (4, 4)}),
        (60, 2, "answered", {"requests": 2, "waits": (40, 44)}),
        (99, 1, "call", {"requests": 0}),
        end=95,
        period=100,
    )
    assert (found["calls"], found["calls_per_second"]) == (5, pytest.approx(5e9 / 95))
    assert (found["requests_per_call"], found["call_wait_mean"]) == (1.5, 4)
    assert (found["call_wait_p50"], found["call_wait_p99"]) == (3, 10)
    assert (found["answer_time_mean"], found["answer_time_p50"], found["answer_time_p99"]) == (42, 40, 44)
    assert (found["load_peak"], found["load_p99"], found["load_mean"]) == (3, 3, pytest.approx(4 / 9))
    assert (found["load_peak_to_mean"], found["load_peak_second_half"]) == (pytest.approx(27 / 4), 0)
    assert not {"jobs", "connection_attempts"} & found.keys()


def test_jobs() -> None:
    """Jobs that overlap, one that its node's crash ends, and two in one second."""
    found = measured(
        (0, 0, "job", {"length": 4 * SECOND}),
        (SECOND, 1, "job", {"length": 9 * SECOND}),
        (3 * SECOND, 1, "crashed", {}),
        (4 * SECOND, 2, "job", {"length": SECOND}),
        (8 * SECOND, 3, "job", {"length": 60 * SECOND}),
        (8 * SECOND + MILLISECOND, 4, "job", {"length": SECOND}),
        end=10 * SECOND,
        period=10 * SECOND,
    )
    assert (found["jobs"], found["jobs_running_peak"], found["jobs_running_peak_second_half"]) == (5, 2, 2)
    assert (found["job_collisions"], found["job_overlap"]) == (2, 2 / 5)
    assert (found["load_peak"], found["load_mean"]) == (2, 0.5)
    assert found["jobs_running_p99"] == 2


def test_connections() -> None:
    """Waits of those who got a connection, and attempts in each tenth of a period."""
    found = measured(
        *((time, node, "attempt", {}) for time, node in ((0, 0), (1, 1), (2, 2), (95, 0))),
        (3, 0, "connected", {"waited": 3}),
        (9, 1, "connected", {"waited": 8}),
        end=100,
        period=100,
    )
    assert (found["connection_attempts"], found["connections"], found["connect_wait_mean"]) == (4, 2, 5.5)
    assert (found["connect_wait_p50"], found["connect_wait_p99"]) == (3, 8)
    assert (found["load_peak"], found["load_mean"], found["load_peak_second_half"]) == (3, 0.4, 1)


def test_records_that_are_called_the_same_count_for_nothing() -> None:
    """Another protocol's records of these kinds, without the fields, are no load."""
    assert "load_peak" not in measured(
        (0, 0, "call", {}), (1, 0, "job", {}), (2, 0, "connected", {}), end=10, period=10
    )


@given(SPANS, st.integers(1, 90), st.integers(0, 60), st.sampled_from([0.5, 0.99, 1.0]))
def test_how_many_jobs_run(spans: list[tuple[int, int]], end: int, since: int, share: float) -> None:
    """The quantile of running jobs over time is that of counting them at each nanosecond."""
    load = Load(10)
    for node, (begin, length) in enumerate(sorted(span for span in spans if span[0] < end)):
        load.observe(Record(begin, node, node, "job", {"length": length}))
    load.finish(end)
    started = [span for span in spans if span[0] < end]
    running = sorted(sum(begin <= at < begin + length for begin, length in started) for at in range(since, end))
    if not running or not started:
        assert load.concurrency(share, since) is None
    else:
        place = next(place for place in range(len(running)) if place + 1 >= share * len(running))
        assert load.concurrency(share, since) == running[place]
