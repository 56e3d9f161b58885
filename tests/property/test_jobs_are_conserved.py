"""Jobs are conserved and obey Little's law, whatever comes, wherever it goes, and whichever nodes crash."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur
from scenarios.build import build
from scenarios.schema import scenario_of
from sim.hardware.schedulers.registry import SCHEDULERS
from sim.records import Record

MILLISECOND = 1_000_000
ARRIVALS = st.one_of(
    st.builds(lambda rate: {"kind": "poisson", "rate": f"{rate}/s"}, st.integers(50, 3000)),
    st.builds(lambda rate: {"kind": "constant", "rate": f"{rate}/s"}, st.integers(50, 3000)),
    st.just({"kind": "at-once"}),
    st.builds(
        lambda times: {"kind": "listed", "each": [f"{time}ms" for time in times]},
        st.lists(st.integers(0, 90), min_size=60, max_size=60),
    ),
)
WORK = st.sampled_from(
    (
        "2ms",
        {"kind": "exponential", "mean": "3ms"},
        {"kind": "hyperexponential", "mean": "2ms", "cv2": 4},
        {"kind": "lognormal", "median": "1ms", "sigma": 1.0},
    )
)
PLACEMENT = st.sampled_from(
    (
        {"kind": "random"},
        {"kind": "round-robin"},
        {"kind": "least-loaded"},
        {"kind": "least-loaded", "choices": 2},
        {"kind": "least-loaded", "choices": 3, "replacement": True},
        {"kind": "given", "places": [2, 0]},
    )
)
CRASHES = st.lists(
    st.builds(
        lambda node, at, kind: (
            {"kind": kind, "target": node, "at": f"{at}ms"}
            | ({"restart_after": "15ms"} if kind == "crash" else {"resume_after": "15ms"})
        ),
        st.integers(0, 2),
        st.integers(1, 99),
        st.sampled_from(("crash", "pause")),
    ),
    max_size=4,
)


@st.composite
def systems(draw: st.DrawFn) -> dict[str, Any]:
    """Three nodes with some cores each, and up to 60 jobs in a tenth of a second."""
    return {
        "name": "jobs",
        "duration": "100ms",
        "seed": draw(st.integers(0, 10**6)),
        "topology": {"kind": "mesh", "nodes": 3},
        "hardware": {"cores": draw(st.integers(1, 3)), "scheduler": draw(st.sampled_from(sorted(SCHEDULERS)))},
        "protocol": {"kind": "task-server"},
        "workload": {
            "kind": "jobs",
            "arrivals": draw(ARRIVALS),
            "work": draw(WORK),
            "count": draw(st.integers(1, 60)),
            "over": draw(st.sampled_from(("nodes", "cores"))),
            "placement": draw(PLACEMENT),
            "on_crash": draw(st.sampled_from(("lose", "resubmit"))),
            "resubmit_after": "5ms",
            "record_share": draw(st.sampled_from((0.0, 0.5, 1.0))),
        },
        "faults": draw(CRASHES),
        "checks": ["jobs-accounted"],
    }


def of_kind(records: list[Record], kind: str) -> list[Record]:
    """The records of a kind."""
    return [record for record in records if record.kind == kind]


@settings(max_examples=40, deadline=None)
@given(systems())
def test_jobs_are_conserved(system: dict[str, Any]) -> None:
    """What came is finished, lost or left, by the workload's count, by the records and by the check."""
    run = murmur.run(system)
    metrics = run.metrics
    assert metrics["jobs_submitted"] == metrics["jobs_finished"] + metrics["jobs_lost"] + metrics["jobs_left"]
    assert len(of_kind(run.records, "lost-job")) == metrics["jobs_lost"]
    assert run.verdicts[0].verdict == ("holds" if metrics["jobs_submitted"] else "unknown")
    if system["workload"]["record_share"] == 1:
        finished = [record.fields["job"] for record in of_kind(run.records, "finished")]
        assert len(finished) == len(set(finished)) == metrics["jobs_finished"]
    if system["workload"]["on_crash"] == "resubmit":
        assert metrics["jobs_lost"] == 0


@settings(max_examples=40, deadline=None)
@given(systems())
def test_littles_law_is_exact_on_each_path(system: dict[str, Any]) -> None:
    """The time integral of the number in the system is the sum of all times in it, those cut off by the end too."""
    simulation = build(scenario_of(system))
    records = simulation.keep_records()
    simulation.run(100 * MILLISECOND).conclude()
    (left,) = of_kind(records, "work-left")
    sojourns = [record.fields["sojourn"] for record in of_kind(records, "finished")]
    if system["workload"]["record_share"] < 1:
        sojourns = [each for record in of_kind(records, "finished-jobs") for each in record.fields["sojourn"]]
    lost = [record.fields["after"] for record in of_kind(records, "lost-job")]
    unfinished = left.fields["job_time"] - sum(sojourns) - sum(lost)
    assert 0 <= unfinished <= left.fields["left"] * 100 * MILLISECOND
    if not left.fields["left"]:
        assert unfinished == 0


@settings(max_examples=30, deadline=None)
@given(systems(), st.integers(1, 3))
def test_what_is_served_is_what_cores_were_busy_with(system: dict[str, Any], cores: int) -> None:
    """Where nothing crashes and nothing is left, the cores were busy for the work of all jobs, to the nanosecond."""
    system = {**system, "faults": [], "duration": "10s", "hardware": {"cores": cores}}
    system["workload"] |= {"record_share": 1.0, "at": "1ms"}
    run = murmur.run(system)
    busy = sum(sum(record.fields["busy"]) for record in of_kind(run.records, "cores-busy"))
    assert run.metrics["jobs_left"] == 0
    assert busy == sum(record.fields["served"] for record in of_kind(run.records, "finished"))
    assert run.metrics["jobs_in_system"] == pytest.approx(run.metrics["arrival_rate_by_sojourn"], rel=1e-12)
