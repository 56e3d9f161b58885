"""Jobs and graphs of tasks: what comes when, where it goes, and what is refused before a run begins."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

import murmur
from sim.randomness import Stream, Streams, derive_seed
from sim.workloads.arrivals import ArrivalKinds
from sim.workloads.graph_shapes import Shape, ShapeKinds, roots
from sim.workloads.placement import PlacementKinds
from sim.workloads.work import HyperexponentialWork, works_of
from topologies.errors import InputError

SYSTEM: dict[str, Any] = {
    "name": "a",
    "duration": "1h",
    "topology": {"kind": "mesh", "nodes": 3},
    "hardware": {"cores": 2},
    "protocol": {"kind": "task-server"},
    "stop_when": "converged",
}
JOBS: dict[str, Any] = {"kind": "jobs", "arrivals": {"kind": "at-once"}, "work": "1s", "count": 12}
GRAPH: dict[str, Any] = {"kind": "task-graph", "shape": {"kind": "chain", "length": 5}, "work": "1s"}


def ran(workload: dict[str, Any], **changes: Any) -> murmur.Run:
    """The run of a workload on three nodes of two cores each."""
    return murmur.run({**SYSTEM, "workload": workload, **changes})


def stream(seed: int = 1) -> Stream:
    """A stream of random draws."""
    return Stream(derive_seed(seed, "test"))


def finished(run: murmur.Run) -> list[tuple[int, int | None, int]]:
    """Time, node and number of each job that has a record of its own."""
    return [(record.time, record.node, record.fields["job"]) for record in run.records if record.kind == "finished"]


def test_jobs_wait_for_a_core_and_are_served_in_order() -> None:
    """Four jobs of a second each on two cores: two at once, then the two that waited."""
    run = ran({**JOBS, "count": 4, "nodes": [1]})
    assert finished(run) == [(10**9, 1, 0), (10**9, 1, 1), (2 * 10**9, 1, 2), (2 * 10**9, 1, 3)]
    waits = [record.fields["waited"] for record in run.records if record.kind == "finished"]
    assert waits == [0, 0, 10**9, 10**9]
    assert run.metrics["core_utilisation"] == 1
    assert run.metrics["wait_probability"] == 0.5
    assert (run.metrics["makespan"], run.metrics["makespan_ratio"]) == (2 * 10**9, 1)
    assert run.ended == run.metrics["converged_at"] == 2 * 10**9


@pytest.mark.parametrize(
    ("arrivals", "first"),
    [
        ({"kind": "constant", "rate": "3/s"}, [333_333_333, 666_666_667, 1_000_000_000]),
        ({"kind": "at-once"}, [0, 0, 0]),
        ({"kind": "listed", "each": ["2s", "1s", "0"]}, [0, 10**9, 2 * 10**9]),
    ],
)
def test_times_that_are_not_drawn(arrivals: dict[str, Any], first: list[int]) -> None:
    """Equal intervals do not drift, and listed times are put in order."""
    adapter: TypeAdapter[Any] = TypeAdapter(ArrivalKinds)
    assert list(islice(adapter.validate_python(arrivals).times(stream()), 3)) == first


def test_poisson_arrivals_have_exponential_gaps() -> None:
    """Mean and standard deviation of 20,000 gaps are those of the rate within four standard errors."""
    adapter: TypeAdapter[Any] = TypeAdapter(ArrivalKinds)
    times = list(islice(adapter.validate_python({"kind": "poisson", "rate": "10/s"}).times(stream()), 20_000))
    gaps = np.diff(times) / 1e8
    assert gaps.mean() == pytest.approx(1, abs=4 / 141)
    assert gaps.std() == pytest.approx(1, abs=4 * np.sqrt(2) / 141)


def test_hyperexponential_work_has_its_mean_and_variation() -> None:
    """50,000 draws of cv² = 4 have it within a tenth, and the mean within four standard errors."""
    work = HyperexponentialWork(mean=10**9, cv2=4)
    drawn = np.array(list(islice(works_of(work, stream()), 50_000)), float) / 1e9
    assert drawn.mean() == pytest.approx(1, abs=4 * 2 / np.sqrt(50_000))
    assert drawn.var() / drawn.mean() ** 2 == pytest.approx(4, rel=0.1)


@given(st.lists(st.integers(0, 3), min_size=3, max_size=8), st.integers(1, 3), st.integers(0, 1000))
def test_fewest_jobs_among_those_drawn(loads: list[int], choices: int, seed: int) -> None:
    """With all places compared the load is the least; with fewer, at least choices - 1 others have no less."""
    adapter: TypeAdapter[Any] = TypeAdapter(PlacementKinds)
    everyone = adapter.validate_python({"kind": "least-loaded"}).chooser(loads, stream(seed))
    assert loads[everyone()] == min(loads)
    few = adapter.validate_python({"kind": "least-loaded", "choices": choices}).chooser(loads, stream(seed))
    assert sum(load >= loads[few()] for load in loads) >= choices


def test_ties_are_broken_evenly() -> None:
    """Of three equal places each is chosen a third of the time, however many are compared."""
    adapter: TypeAdapter[Any] = TypeAdapter(PlacementKinds)
    for options in ({}, {"choices": 2}, {"choices": 3}, {"choices": 2, "replacement": True}):
        choose = adapter.validate_python({"kind": "least-loaded", **options}).chooser([1, 1, 1], stream())
        counts = Counter(choose() for _ in range(9_000))
        assert all(abs(count - 3_000) < 4 * np.sqrt(2_000) for count in counts.values()), options


def test_places_in_a_circle_and_by_list() -> None:
    """Round-robin takes the nodes in order, a list its own places, again and again."""
    in_turn = ran({**JOBS, "placement": {"kind": "round-robin"}})
    assert Counter(node for _, node, _ in finished(in_turn)) == {0: 4, 1: 4, 2: 4}
    listed = ran({**JOBS, "nodes": [2, 0], "placement": {"kind": "given", "places": [0, 0, 1]}})
    assert Counter(node for _, node, _ in finished(listed)) == {2: 8, 0: 4}


def test_runs_with_another_placement_have_the_same_jobs() -> None:
    """Times and work do not depend on where jobs go."""
    workload = {**JOBS, "arrivals": {"kind": "poisson", "rate": "2/s"}, "work": {"kind": "exponential", "mean": "1s"}}
    one, other = (ran({**workload, "placement": {"kind": kind}}) for kind in ("random", "round-robin"))
    jobs = [
        {
            r.fields["job"]: (r.time - r.fields["sojourn"], r.fields["served"])
            for r in run.records
            if r.kind == "finished"
        }
        for run in (one, other)
    ]
    assert jobs[0] == jobs[1]
    assert one.digest != other.digest


def test_a_share_of_the_jobs_has_records_and_all_are_counted() -> None:
    """Batches hold what single records would, so that metrics are the same to the last bit."""
    workload = {**JOBS, "count": 2500, "work": {"kind": "exponential", "mean": "1s"}}
    whole, part = ran(workload), ran({**workload, "record_share": 0.1})
    assert 150 < len(finished(part)) < 350
    assert [len(r.fields["sojourn"]) for r in part.records if r.kind == "finished-jobs"] == [1000, 1000, 500]
    assert part.metrics == whole.metrics


def test_jobs_of_the_warm_up_do_not_count_in_means() -> None:
    """Three jobs wait 0, 1 and 2 s behind each other; without the first, which comes at once, they wait 1.5 s."""
    workload = {**JOBS, "count": 3, "nodes": [0], "arrivals": {"kind": "listed", "each": ["0", "1ms", "1ms"]}}
    one_core: dict[str, Any] = {"hardware": {"cores": 1}}
    whole = ran(workload, **one_core).metrics
    warm = ran({**workload, "warm_up": "1ms"}, **one_core).metrics
    assert whole["wait_mean"] == (3 * 10**9 - 2 * 10**6) / 3
    assert warm["wait_mean"] == (3 * 10**9 - 2 * 10**6) / 2
    assert [warm[name] for name in ("jobs_finished", "makespan", "jobs_in_system")] == [
        whole[name] for name in ("jobs_finished", "makespan", "jobs_in_system")
    ]
    assert "wait_mean" not in ran({**workload, "warm_up": "10ms"}, **one_core).metrics


def test_jobs_without_end_stay() -> None:
    """They are counted where they are, day after day, and the run does not converge."""
    run = ran({**JOBS, "work": {"kind": "endless"}, "placement": {"kind": "least-loaded"}}, duration="3d")
    assert (run.metrics["jobs_left"], run.metrics["maximum_load"]) == (12, 4)
    assert run.metrics["converged_at"] is None
    assert run.metrics["core_utilisation"] == 1


def test_a_crash_loses_jobs_or_has_them_sent_again() -> None:
    """Those at the node are lost; sent again, they begin anew, elsewhere or at the node once it is back."""
    crash = [{"kind": "crash", "target": 1, "at": "500ms", "restart_after": "10s"}]
    lost = ran({**JOBS, "nodes": [1]}, faults=crash)
    assert (lost.metrics["jobs_finished"], lost.metrics["jobs_lost"]) == (0, 12)
    assert {r.fields["cause"] for r in lost.records if r.kind == "lost-job"} == {"crashed"}
    again = ran({**JOBS, "nodes": [1], "on_crash": "resubmit", "resubmit_after": "2s"}, faults=crash)
    assert (again.metrics["jobs_finished"], again.metrics["jobs_lost"]) == (12, 0)
    causes = Counter(r.fields["cause"] for r in again.records if r.kind == "resubmitted-job")
    assert causes == {"crashed": 12, "refused": 4 * 12}
    assert again.metrics["makespan"] == 10_500_000_000 + 6 * 10**9


SHAPES: list[tuple[dict[str, Any], int, int]] = [
    ({"kind": "out-tree", "depth": 3}, 15, 4),
    ({"kind": "out-tree", "depth": 2, "branching": 3}, 13, 3),
    ({"kind": "chain", "length": 7}, 7, 7),
    ({"kind": "fork-join", "width": 4, "stages": 2}, 11, 5),
    ({"kind": "layered", "layers": 3, "width": 4}, 12, 3),
    ({"kind": "edges", "pairs": [[3, 1], [1, 0], [3, 2], [2, 0], [2, 0]]}, 4, 3),
]


@pytest.mark.parametrize(("shape", "tasks", "path"), SHAPES, ids=str)
def test_shapes_of_graphs(shape: dict[str, Any], tasks: int, path: int) -> None:
    """Each has its number of tasks and its critical path, and its order has each task behind all that it waits for."""
    adapter: TypeAdapter[Shape] = TypeAdapter(ShapeKinds)
    made = adapter.validate_python(shape)
    graph = made.graph(stream())
    place = {task: number for number, task in enumerate(graph.order)}
    assert len(graph.children) == made.tasks == tasks == len(place)
    assert all(place[task] < place[child] for task, children in enumerate(graph.children) for child in children)
    assert graph.critical_path([1] * tasks) == path
    assert roots(graph.parents()) == [task for task, parents in enumerate(graph.parents()) if parents == 0]


@pytest.mark.parametrize("shape", [shape for shape, _, _ in SHAPES], ids=str)
def test_a_task_begins_when_all_that_it_waits_for_are_finished(shape: dict[str, Any]) -> None:
    """No task begins before; on enough cores all is done in the time of the critical path."""
    run = ran({"kind": "task-graph", "shape": shape, "work": "1s"}, hardware={"cores": 16})
    times = {record.fields["job"]: record.time for record in run.records if record.kind == "finished"}
    adapter: TypeAdapter[Shape] = TypeAdapter(ShapeKinds)
    graph = adapter.validate_python(shape).graph(Streams(0).stream("workload/graph"))
    assert all(times[i] + 10**9 <= times[child] for i, children in enumerate(graph.children) for child in children)
    assert run.metrics["makespan"] == run.metrics["critical_path"]
    assert run.metrics["graph_work"] == len(times) * 10**9


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 9), st.integers(0, 6), st.integers(1, 3), st.integers(0, 1000))
def test_each_step_of_a_core_is_a_task_or_an_attempt_to_steal(
    cores: int, depth: int, branching: int, seed: int
) -> None:
    """P T = T1 + attempts, where an attempt takes as long as a task; and nothing beats T1 / P or the longest path."""
    scheduler = {
        "kind": "work-stealing",
        "order": "lifo",
        "slot": False,
        "steal": "one",
        "attempts": "endless",
        "searchers": 1.0,
        "costs": {"dispatch": 0, "attempt": "1us", "steal": 0, "park": 0, "wake": 0, "hand_off": 0},
    }
    hardware = {"cores": cores, "scheduler": scheduler, "transfer": {"same_socket": 0}}
    shape = {"kind": "out-tree", "depth": depth, "branching": branching}
    metrics = ran({**GRAPH, "shape": shape, "work": "1us", "core": 0}, hardware=hardware, seed=seed).metrics
    steps, work = metrics["makespan"] // 1000, metrics["graph_work"] // 1000
    assert cores * steps == work + metrics["steal_attempts"]
    assert steps >= max(work / cores, metrics["critical_path"] // 1000)


def test_a_graph_ends_where_a_crash_takes_a_task_or_goes_on_there() -> None:
    """A chain that loses its third task makes nothing more ready; with the task sent again it is finished."""
    crash = [{"kind": "crash", "target": 0, "at": "2500ms", "restart_after": "1s"}]
    lost = ran(GRAPH, faults=crash)
    assert (lost.metrics["jobs_finished"], lost.metrics["jobs_lost"]) == (2, 1)
    again = ran({**GRAPH, "on_crash": "resubmit", "resubmit_after": "1500ms"}, faults=crash)
    assert (again.metrics["jobs_finished"], again.metrics["makespan"]) == (5, 7 * 10**9)


@pytest.mark.parametrize(
    ("workload", "changes", "message", "field"),
    [
        (JOBS, {"hardware": []}, "which has no cores; give it some", "workload.kind"),
        (JOBS, {"protocol": {"kind": "gossip"}}, "expected the protocol task-server", "workload.kind"),
        ({**JOBS, "count": None}, {}, "say how many jobs come at once", "workload.count"),
        ({**JOBS, "nodes": [3]}, {}, "found node 3", "workload.nodes"),
        ({**JOBS, "nodes": []}, {}, "empty list", "workload.nodes"),
        ({**JOBS, "work": {"kind": "listed", "each": ["1s"]}}, {}, "lists 1: list more", "workload.count"),
        ({**JOBS, "at": "2s", "until": "1s"}, {}, "not after at", "workload.until"),
        (
            {**JOBS, "arrivals": {"kind": "poisson", "rate": "1/s"}, "order": "longest-first"},
            {},
            "sorted",
            "workload.order",
        ),
        ({**JOBS, "work": {"kind": "endless"}, "order": "longest-first"}, {}, "without end", "workload.order"),
        ({**JOBS, "placement": {"kind": "least-loaded", "choices": 4}}, {}, "4 choices of 3", "placement.choices"),
        ({**JOBS, "placement": {"kind": "least-loaded", "replacement": True}}, {}, "give choices", "replacement"),
        ({**JOBS, "placement": {"kind": "given", "places": [3]}}, {}, "place 3; there are 3", "placement.places"),
        ({**GRAPH, "node": 3}, {}, "node 3 in a topology of 3 nodes; expected a number from 0 to 2", "workload.node:"),
        ({**GRAPH, "core": 2}, {}, "core 2; node 0 has 2", "workload.core"),
        ({**GRAPH, "work": {"kind": "endless"}}, {}, "never ends makes no other ready", "workload.work.kind"),
        ({**GRAPH, "work": {"kind": "listed", "each": ["1s"]}}, {}, "1 works of 5", "workload.work.each"),
        ({**GRAPH, "shape": {"kind": "out-tree", "depth": 30}}, {}, "expected at most 2,000,000", "workload.shape"),
    ],
)
def test_what_cannot_be_is_refused(workload: dict[str, Any], changes: dict[str, Any], message: str, field: str) -> None:
    """Before anything runs, with the place of the field."""
    with pytest.raises(InputError, match=message) as error:
        ran(workload, **changes)
    assert field in str(error.value)


def test_tasks_that_wait_for_one_another_are_refused() -> None:
    """The circle is named."""
    with pytest.raises(InputError, match=r"shape.pairs: .* 0 -> 1 -> 2 -> 0; leave an edge out"):
        ran({**GRAPH, "shape": {"kind": "edges", "pairs": [[0, 1], [1, 2], [2, 0]]}})
