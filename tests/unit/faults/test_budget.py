"""The budget: lists that are sure to break it are refused, and what goes beyond it while a run lasts is spared."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import murmur
from faults.budget import LIMITS, overdrafts
from faults.byzantine.amnesia import Amnesia
from faults.fault import Fault
from faults.heal import Heal
from faults.network.loss import Loss
from faults.node.churn import Churn
from faults.node.crash import Crash, Restart
from faults.node.crash_loop import CrashLoop
from faults.node.membership import Join, Leave
from faults.node.pause import Pause, Resume
from faults.node.rolling_restart import RollingRestart
from faults.partition.partition import Partition
from scenarios.schema import scenario_of
from tests.unit.faults.fault_runs import Idle, life, of_faults, total, under
from topologies.errors import InputError

SCENARIO: dict[str, Any] = {
    "name": "budgeted",
    "duration": "10s",
    "topology": {"kind": "mesh", "nodes": 5},
    "protocol": {"kind": "gossip"},
}


@pytest.mark.parametrize(
    ("population", "minority", "third"), [(1, 0, 0), (2, 0, 0), (3, 1, 0), (4, 1, 1), (5, 2, 1), (7, 3, 2), (10, 4, 3)]
)
def test_budgets_are_what_protocols_promise_to_survive(population: int, minority: int, third: int) -> None:
    """A minority leaves a majority; a third is the largest f with f < n/3, as Byzantine protocols have it."""
    assert LIMITS["minority"](population) == minority
    assert LIMITS["third"](population) == third
    assert LIMITS["none"](population) == 0
    assert LIMITS["unbounded"](population) is None


def refused(*faults: Fault, limit: int = 2, population: int = 5) -> list[tuple[int, int]]:
    """The places of the faults that break the limit, and how many nodes they strike then."""
    return list(overdrafts(faults, limit, population))


def down(name: str, **options: Any) -> Crash:
    """Nodes 0 and 1 crash, until something else brings them back."""
    return Crash(target=(0, 1), name=name, at="1s", **options)


@pytest.mark.parametrize(
    ("faults", "found"),
    [
        ((Crash(target=(0, 1, 2), at="1s"),), [(0, 3)]),
        ((Crash(target="all", at="1s"),), [(0, 5)]),
        ((Crash(target="majority", at="1s"),), [(0, 3)]),
        ((Pause(target={"random": "60%"}, at="1s"),), [(0, 3)]),
        ((Crash(target=(0, 1), at="1s"), Crash(target=2, at="2s")), [(1, 3)]),
        ((Crash(target=2, at="2s"), Crash(target=(0, 1), at="1s")), [(0, 3)]),
        ((Crash(target=(0, 1), at="1s", restart_after="1s"), Crash(target=2, at="2s")), [(1, 3)]),
        ((Leave(target=(0, 1), at="1s"), Pause(target=3, at="2s")), [(1, 3)]),
        ((CrashLoop(target=(0, 1, 2), at="1s", down_for="1s", up_for="1s"),), [(0, 3)]),
        ((Join(target=(0, 1, 2), at="5s"),), [(0, 3)]),
        ((Crash(target=(0, 1, 2), when={"every": "1s"}),), [(0, 3)]),
        ((Crash(target="all", when={"strikes": [{"at": "1s"}]}),), [(0, 5)]),
        ((Crash(target=1, when={"strikes": [{"at": "1s", "node": 0}]}), Crash(target=(2, 3), at="2s")), [(1, 3)]),
        ((Join(target=(0, 1), at="5s"), Crash(target=2, at="4s")), [(1, 3)]),
        ((down("a"), Heal(fault="crash", name="b", at="2s"), Crash(target=2, at="3s")), [(2, 3)]),
        ((down("a"), Heal(fault="pause", at="2s"), Crash(target=2, at="3s")), [(2, 3)]),
        ((down("a"), Heal(fault="crash", name="a", at="900ms"), Crash(target=2, at="3s")), [(2, 3)]),
        ((down("a"), Heal(fault="crash", name="a", at="4s"), Crash(target=2, at="3s", name="a")), [(2, 3)]),
        ((Pause(target=(0, 1), at="1s"), Restart(target="all", at="2s"), Crash(target=2, at="3s")), [(2, 3)]),
    ],
    ids=str,
)
def test_a_list_that_is_sure_to_break_the_budget_is_found(faults: tuple[Fault, ...], found: list[Any]) -> None:
    """Whoever strikes too many, alone or with what is still on, is found with the number that is struck."""
    assert refused(*faults) == found


@pytest.mark.parametrize(
    "faults",
    [
        (Crash(target=(0, 1), at="1s"),),
        (Crash(target="minority", at="1s"),),
        (Crash(target=(0, 1), at="1s"), Crash(target=(0, 1), at="2s")),
        (Crash(target=(0, 1), at="1s", restart_after="1s"), Crash(target=(2, 3), at="2001ms")),
        (Crash(target={"random": 2}, at="1s"), Crash(target={"random": 2}, at="2s")),
        (Crash(target={"role": "x"}, at="1s"),),
        (Crash(target=(0, 1, 2), at="1s", chance=0.5),),
        (Crash(target=(0, 1, 2), when={"mean_time_between_failures": "1s"}),),
        (Crash(target=(0, 1), when={"every": "1s"}), Crash(target=2, at="900ms", restart_after="50ms")),
        (Amnesia(target=(0, 1), at="1s"), Crash(target=(2, 3), at="2s")),
        (RollingRestart(target="all", at="1s", down_for="1s"),),
        (Churn(at="1s", session="1s", absence="1s"),),
        (Join(target=(0, 1), at="1s"), Crash(target=(2, 3), at="1s")),
        (Join(target=(0, 1, 2), at=0),),
        (Partition(groups={"isolate": [0, 1, 2]}, at="1s"),),
        (Loss(probability=1.0, at="1s"),),
        (down("a"), Heal(fault="crash", name="a", at="2s"), Crash(target=2, name="a", at="3s")),
        (down("a", restart_after="9s"), Heal(fault="all", at="2s"), Crash(target=2, at="3s")),
        (down("a"), Heal(fault="crash", when={"after": "informed"}, name="a"), Crash(target=2, at="3s")),
        (down("a"), Restart(target={"random": 2}, at="2s"), Crash(target=2, at="3s")),
        (down("a"), Restart(target="all", when={"every": "500ms"}), Crash(target=2, at="3s")),
        (Pause(target=(0, 1), at="1s"), Resume(target=0, at="2s"), Crash(target=2, at="3s")),
        (Leave(target=(0, 1), at="1s"), Join(target=(0, 1), at="2s"), Crash(target=2, at="3s")),
    ],
    ids=str,
)
def test_a_list_that_may_keep_the_budget_is_not_refused(faults: tuple[Fault, ...]) -> None:
    """Equal nodes count once, what is or may be healed counts no more, and what is drawn is left to the run."""
    assert refused(*faults) == []


def test_no_budget_allows_a_rolling_restart_of_anybody_but_none() -> None:
    """It needs room for one node at a time."""
    rolling = RollingRestart(target="all", at="1s", down_for="1s")
    assert refused(rolling, limit=1) == []
    assert refused(rolling, limit=0) == [(0, 1)]


def test_a_scenario_that_breaks_its_budget_is_refused_with_the_fault() -> None:
    """The error names the fault, how many nodes it would have down, the budget and what to do."""
    faults = [{"kind": "crash", "target": [0, 1], "at": "1s"}, {"kind": "pause", "target": 4, "at": "2s"}]
    assert scenario_of({**SCENARIO, "faults": faults})
    with pytest.raises(
        InputError, match=r"found 3 nodes of 5 down or lying at once.*expected at most 2 nodes"
    ) as caught:
        scenario_of({**SCENARIO, "faults": faults, "budget": "minority"})
    assert caught.value.path == ("faults", 1)


def test_a_strike_spares_those_beyond_the_budget() -> None:
    """Of four drawn nodes two crash, and the record says that two were spared."""
    _, rows = under(Crash(target={"random": 4}, at="10ms", name="crash"), nodes=5, budget="minority")
    assert len(life(rows, "crashed")) == 2
    ((_, _, targets, effect, spared),) = of_faults(rows, "targets", "effect", "spared")
    assert (len(targets), effect, spared) == (2, 2, 2)


def test_a_strike_that_may_strike_nobody_does_not_count() -> None:
    """With the budget used up nobody is struck, nothing is recorded, and the opportunity is passed over."""
    first = Crash(target=(0, 1), at="10ms", name="first")
    _, rows = under(first, Crash(target="leader", at="120ms", name="second"), nodes=5, budget="minority")
    assert [row[0] for row in life(rows, "crashed")] == [10, 10]
    assert total(rows, "second")["strike"] == 0
    assert total(rows, "second")["passed_over"] == 1


def test_there_is_room_again_after_a_heal() -> None:
    """Who has restarted counts no more."""
    first = Crash(target=(0, 1), at="10ms", restart_after="20ms")
    _, rows = under(first, Crash(target={"random": 2}, at="50ms"), nodes=5, budget="minority")
    assert len(life(rows, "crashed")) == 4


def test_a_node_that_is_down_already_takes_no_further_room() -> None:
    """A second fault on the same node is within the budget, and it is free only when both have ended."""
    faults = (
        Crash(target=0, at="10ms", restart_after="20ms"),
        Leave(target=0, at="20ms", rejoin_after="40ms"),
        Pause(target=1, at="50ms", resume_after="5ms", name="early"),
        Pause(target=1, at="70ms", resume_after="5ms", name="late"),
    )
    _, rows = under(*faults, nodes=3, budget="minority")
    assert total(rows, "early")["passed_over"] == 1
    assert total(rows, "late")["strike"] == 1


def test_who_is_to_join_takes_room_until_then() -> None:
    """A node that is absent from the start counts as down; once it has joined another may go."""
    crashes = [Pause(target=1, at=f"{time}ms", resume_after="5ms", name=str(time)) for time in (20, 60)]
    _, rows = under(Join(target=0, at="40ms"), *crashes, nodes=3, budget="minority")
    assert [row[0] for row in life(rows, "paused")] == [60]


FAULTS = st.one_of(
    st.builds(Crash, target=st.just({"random": 3}), at=st.just("20ms"), restart_after=st.sampled_from([None, "30ms"])),
    st.builds(Pause, target=st.just("majority"), at=st.just("25ms"), resume_after=st.sampled_from([None, "40ms"])),
    st.builds(Leave, target=st.just({"random": 2}), at=st.just("30ms"), rejoin_after=st.sampled_from([None, "10ms"])),
    st.builds(RollingRestart, target=st.just("all"), at=st.just("10ms"), down_for=st.just("7ms")),
    st.builds(CrashLoop, target=st.just((0, 1, 2)), at=st.just("15ms"), down_for=st.just("5ms"), up_for=st.just("5ms")),
    st.builds(Churn, at=st.just("5ms"), session=st.just("20ms"), absence=st.just("15ms")),
)


@given(st.lists(FAULTS, max_size=5), st.sampled_from(["none", "minority", "third"]), st.integers(0, 5))
def test_no_run_has_more_down_than_its_budget(faults: list[Fault], budget: Any, seed: int) -> None:
    """Whatever strikes, at no moment are more nodes down than the budget allows, by the records of their lives."""
    _, rows = under(*faults, nodes=7, budget=budget, seed=seed, protocol=Idle)
    down: set[int | None] = set()
    for _, kind, node in life(rows, "crashed", "restarted", "paused", "resumed", "left", "joined"):
        if kind in ("crashed", "paused", "left"):
            down.add(node)
        else:
            down.discard(node)
        assert len(down) <= (LIMITS[budget](7) or 0)


def test_faults_of_one_name_keep_a_budget_where_a_heal_comes_between() -> None:
    """Such a list is a scenario, and its second crash spares nobody."""
    crash = {"kind": "crash", "name": "a", "target": [0, 1]}
    heal = {"kind": "heal", "fault": "crash", "name": "a", "at": "2s"}
    faults = [{**crash, "at": "1s"}, heal, {**crash, "target": [2, 3], "at": "3s"}]
    run = murmur.run({**SCENARIO, "faults": faults, "budget": "minority"})
    assert [(tally["id"], tally["healed"], tally["effect"]) for tally in run.faults] == [
        ("a", 1, 2),
        ("a#2", 0, 1),
        ("a#3", 0, 2),
    ]


def test_a_heal_of_a_name_that_another_kind_has_says_which() -> None:
    """A heal ends partitions unless it says otherwise; the remedy names the kind that has the name."""
    faults = [{"kind": "crash", "name": "a", "target": 0, "at": "1s"}, {"kind": "heal", "name": "a", "at": "2s"}]
    with pytest.raises(InputError, match="no earlier 'partition' called 'a' to end; say fault: crash"):
        scenario_of({**SCENARIO, "faults": faults})
