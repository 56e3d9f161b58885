"""Guided hunting: which runs come close, how plans are changed, and that nothing of it depends on the machine."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur
from faults.budget import LIMITS, overdrafts
from faults.random_plan import RandomPlan
from faults.registry import LAYERS
from scenarios.build import build as build_simulation
from scenarios.execution.row import ABOUT_THE_RUN, Row, number_of
from scenarios.hunting.closeness import CLOSEST, MOST_OF_ONE_LINE, closeness, closest
from scenarios.hunting.compare import compare
from scenarios.hunting.guide import BLIND, GENERATION, Guide
from scenarios.hunting.hunt import bare, tasks_of
from scenarios.hunting.mutation import CHANGES, Mutator
from scenarios.plan import resolve
from scenarios.schema import Scenario, scenario_of
from sim.protocols.registry import PROTOCOLS
from sim.randomness import Stream
from topologies.errors import InputError
from topologies.registry import build

DATA: dict[str, Any] = {
    "name": "close",
    "duration": "20s",
    "topology": {"kind": "ring", "nodes": 9},
    "network": {"latency": {"kind": "exponential", "mean": "20ms"}},
    "protocol": {"kind": "gossip", "exchange": "push-pull"},
    "workload": {"kind": "rumour"},
    "faults": {"kind": "random", "start": "100ms", "fewest": 2, "most": 5},
    "budget": "minority",
    "liveness": {"at": "8s", "within": "2500ms"},
}
SCENARIO = scenario_of(DATA)
RING = build({"kind": "ring", "nodes": 9}, 0)
RUNS = 2 * GENERATION + 20


def row(number: int, verdict: str = "holds", **metrics: float) -> Row:
    """A row with these metrics."""
    known: Row = {"number": number, "seed": number, "check.safe": verdict, "metric.convergence_losses": 0}
    return dict.fromkeys(ABOUT_THE_RUN) | known | {f"metric.{name}": value for name, value in metrics.items()}


def mutator(stream: Stream, scenario: Scenario = SCENARIO) -> Mutator:
    """What changes the plans of the scenario."""
    assert isinstance(scenario.faults, RandomPlan)
    assert scenario.liveness is not None
    return Mutator.of(scenario.faults, RING, PROTOCOLS["gossip"].protocol, scenario.liveness.at, 4, stream, False)


def plan(seed: int) -> Any:
    """The plan that a seed draws."""
    return resolve(SCENARIO.model_copy(update={"seed": seed}), RING).fault_list


@settings(max_examples=60)
@given(st.integers(0, 2**64 - 1), st.integers(0, 5), st.integers(0, 5))
def test_changed_plans_stay_within_their_bounds(seed: int, one: int, other: int) -> None:
    """However a plan is changed, its faults strike in time, heal in time, have names of their own, and are as many as
    a drawn plan may have."""
    changer, faults = mutator(Stream(seed)), plan(one)
    for _ in range(8):
        faults = changer.changed(faults, plan(other))
        assert 2 <= len(faults) <= 5
        assert len({fault.name for fault in faults}) == len(faults)
        assert list(faults) == sorted(faults, key=lambda fault: fault.at)
        for fault in faults:
            assert fault.at >= 100_000_000
            assert fault.at + (fault.lasting or 0) <= 8_000_000_000
            assert fault.lasting is None or fault.lasting <= changer.longest
        data = SCENARIO.canonical() | {"faults": [fault.model_dump(mode="json") for fault in faults]}
        limit = LIMITS["minority"](9)
        assert limit is not None
        if not any(overdrafts(faults, limit, 9)):
            assert scenario_of(data).fault_list == faults


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_changes_something(change: Any) -> None:
    """Each sort of change alters most plans, and leaves the faults that it does not touch as they were."""
    altered = 0
    for seed in range(20):
        before = plan(seed)
        after = change(mutator(Stream(seed)), before, plan(seed + 1))
        altered += after != before
        if change is not Mutator.splice:
            assert len(set(map(repr, before)) - set(map(repr, after))) <= 1
    assert altered >= 10


def test_closeness_of_a_run_that_never_converged() -> None:
    """What has not converged at all is closer than what converged late; without convergence nothing is said."""
    assert closeness(row(0), "converged_at") == inf
    assert closeness(row(0, converged_at=7), "converged_at") == 7
    assert closeness({"number": 0, "seed": 0, "error": None}, "converged_at") == 0


def test_the_closest_are_those_of_each_measure() -> None:
    """Runs at the top of any measure are kept, violating ones are not, and one line never takes all places."""
    late = [row(number, converged_at=1000 + number) for number in range(20)]
    still = [row(20 + number, converged_at=1, longest_standstill=5 + number) for number in range(20)]
    found = [row(40, "violated", longest_standstill=999)]
    chosen = [number_of(each) for each in closest([*late, *still, *found], number_of)]
    assert chosen == [*range(20 - CLOSEST, 20), *range(40 - CLOSEST, 40)]
    of_one_line = closest(late, lambda _: 0)
    assert [number_of(each) for each in of_one_line] == [18, 19]
    assert len(of_one_line) == MOST_OF_ONE_LINE


def test_a_generation_is_partly_drawn_and_partly_changed() -> None:
    """The first generation is that of a blind hunt; later ones draw a quarter, and change what came closest."""
    guide = Guide(SCENARIO, bare(SCENARIO).canonical(), 2)
    blind = tasks_of(SCENARIO, 2 * GENERATION)
    first = guide.generation(0, 1000)
    assert [(task.number, task.seed) for task in first] == [(task.number, task.seed) for task in blind[:GENERATION]]
    rows = [{**row(task.number, converged_at=task.number + 1.0), "seed": task.seed} for task in first]
    guide.learn(rows)
    second = guide.generation(GENERATION, 1000)
    drawn = [task for task in second if not isinstance(task.scenario["faults"], list)]
    assert {task.number for task in drawn} >= set(range(GENERATION, 2 * GENERATION, BLIND))
    assert len(drawn) < GENERATION / 2
    close = {task.seed for task in first[-CLOSEST:]}
    assert {task.seed for task in second if task not in drawn} <= close
    assert len(guide.generation(2 * GENERATION, 2 * GENERATION + 5)) == 5


def test_a_guided_hunt_is_the_same_on_any_number_of_workers(tmp_path: Path) -> None:
    """One worker, two, and a hunt in two goes come to the same rows and the same changed plans."""
    one = murmur.hunt(DATA, RUNS, workers=1, guided=True)
    two = murmur.hunt(DATA, RUNS, workers=2, guided=True, out=tmp_path / "hunt")
    assert one.rows == two.rows
    murmur.hunt(DATA, GENERATION + 30, workers=2, guided=True, out=tmp_path / "goes")
    goes = murmur.hunt(DATA, RUNS, workers=1, guided=True, out=tmp_path / "goes", resume=True)
    assert goes.rows == one.rows
    assert goes.plans == one.plans == two.plans
    assert one.plans


def test_a_changed_plan_can_be_run_again(tmp_path: Path) -> None:
    """The file of a changed plan gives the run of its row, as does the scenario of its number."""
    hunted = murmur.hunt(DATA, RUNS, workers=2, guided=True, keep=5, out=tmp_path / "hunt")
    assert hunted.files
    for number, file in hunted.files.items():
        assert murmur.run(str(file)).digest == hunted.rows[number]["digest"]
    for number in hunted.plans:
        assert murmur.run(hunted.scenario_of(number)).digest == hunted.rows[number]["digest"]
    assert murmur.run(hunted.scenario_of(3)).digest == hunted.rows[3]["digest"]


def test_both_ways_are_compared_on_the_same_seeds() -> None:
    """A comparison has the same root seeds and as many runs on both sides, and says when each found something."""
    blind, guided = compare(DATA, 80, 2, seed=5, workers=2)
    assert [each.scenario.seed for each in blind.hunts] == [each.scenario.seed for each in guided.hunts]
    assert blind.rate.runs == guided.rate.runs == 160
    assert [each.rows[:GENERATION] for each in blind.hunts] == [each.rows[:GENERATION] for each in guided.hunts]
    assert blind.plain()["runs_until_found"] == [each.first for each in blind.hunts]


@pytest.mark.parametrize("faults", [[], [{"kind": "crash", "target": 1, "at": "1s"}]])
def test_a_guided_hunt_needs_plans_that_are_drawn(faults: list[Any]) -> None:
    """A scenario whose faults are a list is refused, for there is nothing to change."""
    with pytest.raises(InputError, match="kind: random"):
        murmur.hunt({**DATA, "faults": faults}, 10, guided=True)
    with pytest.raises(InputError, match="repetitions"):
        compare(DATA, 10, 0)


@pytest.mark.parametrize(("only", "fewest_kinds"), [([], 20), (["swizzle"], 1), (["rolling-restart"], 1)])
def test_changed_plans_of_every_kind_can_be_run(only: list[str], fewest_kinds: int) -> None:
    """Plans of all layers, changed again and again, are plans that the scenario takes; so are those of faults whose
    duration depends on how many nodes they have."""
    faults = {"kind": "random", "layers": list(LAYERS), "only": only, "most": 8}
    scenario = scenario_of({**DATA, "faults": faults, "budget": "unbounded"})
    kinds = set()
    for seed in range(60):
        changer = mutator(Stream(seed), scenario)
        plan = resolve(scenario.model_copy(update={"seed": seed}), RING).fault_list
        for _ in range(6):
            plan = changer.stretch(changer.changed(plan, None), None)
        plain = [fault.model_dump(mode="json") for fault in plan]
        explicit = scenario_of(scenario.canonical() | {"faults": plain})
        assert explicit.fault_list == plan
        build_simulation(explicit, RING)
        kinds |= {fault.kind for fault in plan}
    assert len(kinds) >= fewest_kinds
