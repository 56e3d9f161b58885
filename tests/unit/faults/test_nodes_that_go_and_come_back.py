"""Crash loops, rolling restarts, membership and churn do what they say, heal, and record it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError
from scipy import stats

from faults.fault import Fault
from faults.heal import Heal
from faults.liveness import Liveness
from faults.node.churn import Churn
from faults.node.crash import Crash, Restart
from faults.node.crash_loop import CrashLoop
from faults.node.membership import Join, Leave
from faults.node.pause import Pause
from faults.node.rolling_restart import RollingRestart
from sim.protocol import Protocol
from sim.records import Record
from tests.unit.faults.fault_runs import MILLISECOND, SECOND, Idle, heard, life, of_faults, total, under
from topologies.errors import InputError

FALSE_ALARM = 1e-6
LIVES = ("crashed", "restarted", "left", "joined", "disk-lost")


class Remembering(Protocol):
    """Counts on its disk how often it has started."""

    def on_start(self) -> None:
        self.node.storage["starts"] = self.node.storage.get("starts", 0) + 1
        self.node.record("started", starts=self.node.storage["starts"])


def starts(rows: list[Record], node: int) -> list[int]:
    """The numbers of starts that a node has found on its disk."""
    return [row.fields["starts"] for row in rows if row.kind == "started" and row.node == node]


def test_a_crash_keeps_the_disk_unless_it_loses_it() -> None:
    """Stable storage outlives a crash; with `lose_disk` the node restarts as a new one, and the loss is recorded."""
    _, rows = under(
        Crash(target=1, at="10ms", restart_after="10ms"),
        Crash(target=2, at="10ms", restart_after="10ms", lose_disk=True),
        protocol=Remembering,
    )
    assert starts(rows, 1) == [1, 2]
    assert starts(rows, 2) == [1, 1]
    assert life(rows, "disk-lost") == [(10, "disk-lost", 2)]


def test_a_disk_is_lost_also_where_the_node_is_down_already() -> None:
    """A crash with its disk lost, of a node that is down, changes what it restarts with."""
    _, rows = under(
        Crash(target=1, at="10ms", restart_after="50ms"),
        Crash(target=1, at="20ms", lose_disk=True),
        protocol=Remembering,
    )
    assert starts(rows, 1) == [1]
    assert [row[:2] for row in life(rows, *LIVES)] == [(10, "crashed"), (20, "disk-lost")]


def test_a_crash_of_a_paused_node_drops_what_waited() -> None:
    """The pause is over with the crash, and the messages that waited count as touched by the crash."""
    pause = Pause(target=1, at="15ms", resume_after="100ms")
    _, rows = under(pause, Crash(target=1, at="35ms", restart_after="20ms", name="crash"))
    assert life(rows, "paused", "resumed", *LIVES) == [(15, "paused", 1), (35, "crashed", 1), (55, "restarted", 1)]
    assert total(rows, "crash")["touched"] == 5 * (2 + 2) + 1  # beats at 20 to 50 ms, and a timer still to come


def test_a_restart_by_hand_ends_a_crash_with_what_it_touched() -> None:
    """What the crashed node missed until a restart brought it back is counted, and nothing later."""
    crash = Crash(target=1, at="15ms", restart_after="100ms", name="crash")
    _, rows = under(crash, Restart(target=1, at="45ms"))
    assert total(rows, "crash")["touched"] == 5 * 3 + 2  # three beats of five nodes, and its own two timers
    assert life(rows, *LIVES) == [(15, "crashed", 1), (45, "restarted", 1)]


def test_a_crash_loop_crashes_so_many_times() -> None:
    """Each node is down for one time and up for the other, so many times; it ends with the last restart."""
    _, rows = under(CrashLoop(target=(1, 2), at="10ms", down_for="20ms", up_for="15ms", times=3, name="loop"))
    assert [row for row in life(rows, *LIVES) if row[2] == 1] == [
        (10, "crashed", 1),
        (30, "restarted", 1),
        (45, "crashed", 1),
        (65, "restarted", 1),
        (80, "crashed", 1),
        (100, "restarted", 1),
    ]
    assert [row[:2] for row in of_faults(rows)] == [(10, "begin"), (100, "end")]
    assert total(rows, "loop")["effect"] == 6
    assert heard(rows, 0, 120, 200) == {1, 2, 3, 4, 5}


def test_a_backoff_lengthens_each_time_down() -> None:
    """Each time down is twice the one before, up to the longest."""
    fault = CrashLoop(target=1, at="10ms", down_for="5ms", up_for="1ms", times=5, backoff=2.0, longest_down="20ms")
    _, rows = under(fault)
    times = [time for time, _, _ in life(rows, *LIVES)]
    assert [after - before for before, after in pairwise(times)][::2] == [5, 10, 20, 20, 20]


@pytest.mark.parametrize("heal", ["end", "heal", "liveness"])
def test_a_crash_loop_goes_on_until_it_is_healed(heal: str) -> None:
    """Without a number of times it ends when healed: after its time, by a heal, or in the liveness phase."""
    further: dict[str, tuple[Any, ...]] = {
        "end": (),
        "heal": (Heal(fault="crash-loop", at="100ms"),),
        "liveness": (Liveness(at=100 * MILLISECOND, within=SECOND),),
    }
    heal_after = "90ms" if heal == "end" else None
    fault = CrashLoop(target=1, at="10ms", down_for="20ms", up_for="5ms", heal_after=heal_after, name="loop")
    simulation, rows = under(fault, *further[heal])
    crashes = [time for time, kind, _ in life(rows, *LIVES) if kind == "crashed"]
    assert crashes == [10, 35, 60, 85]
    assert life(rows, *LIVES)[-1] == (100, "restarted", 1)
    assert total(rows, "loop")["on"] == 0
    assert simulation.nodes[1].life == "up"


def test_a_restart_by_hand_takes_a_node_out_of_its_loop() -> None:
    """A node that something else has restarted crashes no more, and the loop is over."""
    loop = CrashLoop(target=1, at="10ms", down_for="20ms", up_for="5ms", name="loop")
    _, rows = under(loop, Restart(target=1, at="40ms"))
    assert [kind for _, kind, _ in life(rows, *LIVES)] == ["crashed", "restarted", "crashed", "restarted"]
    assert total(rows, "loop")["healed"] == 1


def down_at_once(rows: list[Record]) -> int:
    """The most nodes that were down at the same time."""
    down, most = 0, 0
    for _, kind, _ in life(rows, *LIVES):
        down += {"crashed": 1, "left": 1, "restarted": -1, "joined": -1}.get(kind, 0)
        most = max(most, down)
    return most


def test_a_rolling_restart_has_each_node_in_turn_and_never_two_at_once() -> None:
    """All nodes crash in order, each for its time, with the gap between; it is over with the last."""
    fault = RollingRestart(target="all", at="10ms", down_for="15ms", gap="5ms", name="rolling")
    simulation, rows = under(fault)
    crashes = [(time, node) for time, kind, node in life(rows, *LIVES) if kind == "crashed"]
    assert crashes == [(10 + 20 * node, node) for node in range(6)]
    assert down_at_once(rows) == 1
    assert [row[:2] for row in of_faults(rows)] == [(10, "begin"), (125, "end")]
    assert total(rows, "rolling")["effect"] == 6
    assert heard(rows, 0, 145, 200) == {1, 2, 3, 4, 5}
    assert {node.life for node in simulation.nodes} == {"up"}


def test_the_order_of_a_rolling_restart_is_that_of_the_list_or_drawn() -> None:
    """A list is gone through as it is written; `random` draws an order, another for another seed."""
    _, rows = under(RollingRestart(target=(4, 1, 3), at="10ms", down_for="5ms"))
    assert [node for _, kind, node in life(rows, *LIVES) if kind == "crashed"] == [4, 1, 3]
    fault = RollingRestart(target="all", at="10ms", down_for="5ms", order="random")
    orders = {of_faults(under(fault, seed=seed)[1], "targets")[0][2] for seed in range(5)}
    assert len(orders) > 3
    assert all(sorted(order) == list(range(6)) for order in orders)


@pytest.mark.parametrize("heal", ["end", "liveness"])
def test_a_rolling_restart_can_be_broken_off(heal: str) -> None:
    """Healed in the middle, who is down restarts at once and no further node crashes."""
    further = () if heal == "end" else (Liveness(at=40 * MILLISECOND, within=SECOND),)
    heal_after = "30ms" if heal == "end" else None
    fault = RollingRestart(target="all", at="10ms", down_for="20ms", heal_after=heal_after, name="rolling")
    simulation, rows = under(fault, *further)
    assert [row[1:] for row in life(rows, *LIVES)] == [
        ("crashed", 0),
        ("restarted", 0),
        ("crashed", 1),
        ("restarted", 1),
    ]
    assert total(rows, "rolling")["on"] == 0
    assert {node.life for node in simulation.nodes} == {"up"}


def test_a_rolling_restart_within_a_budget_of_none_strikes_nobody() -> None:
    """A budget that lets nobody go down leaves nothing of it, and it is counted as passed over."""
    _, rows = under(RollingRestart(target="all", at="10ms", down_for="5ms", name="rolling"), budget="none")
    assert not life(rows, *LIVES)
    assert total(rows, "rolling")["passed_over"] == 1


def test_leaving_loses_disk_and_memory_and_rejoining_starts_anew() -> None:
    """Who leaves is silent until it rejoins, as a new node."""
    leave = Leave(target=(1, 3), at="15ms", rejoin_after="40ms", name="leave")
    _, rows = under(leave)
    assert life(rows, *LIVES) == [(15, "left", 1), (15, "left", 3), (55, "joined", 1), (55, "joined", 3)]
    assert heard(rows, 0, 20, 60) == {2, 4, 5}
    assert heard(rows, 0, 70, 100) == heard(rows, 0, 0, 15) == {1, 2, 3, 4, 5}
    assert total(rows, "leave")["touched"] == 2 * (4 * 4 + 2)  # four beats of four nodes, and two timers each
    _, rows = under(leave, protocol=Remembering)
    assert starts(rows, 1) == [1, 1]


def test_who_joins_is_absent_from_the_start() -> None:
    """Nothing is heard of a node before it joins, and what was sent to it is dropped and counted."""
    _, rows = under(Join(target=(2, 4), at="45ms", name="join"))
    assert life(rows, *LIVES) == [(0, "left", 2), (0, "left", 4), (45, "joined", 2), (45, "joined", 4)]
    assert heard(rows, 0, 0, 45) == {1, 3, 5}
    assert heard(rows, 0, 60, 200) == {1, 2, 3, 4, 5}
    assert total(rows, "join")["touched"] == 2 * 4 * 4
    assert total(rows, "join")["effect"] == 2


def test_who_has_left_before_is_not_absent_from_the_start() -> None:
    """A join after a leave of the same node brings it back; a join before it finds it absent first."""
    _, rows = under(Join(target=3, at="60ms"), Leave(target=3, at="15ms"))
    assert life(rows, *LIVES) == [(15, "left", 3), (60, "joined", 3)]
    _, rows = under(Leave(target=(3, 4), at="60ms"), Join(target=3, at="15ms"))
    assert life(rows, *LIVES) == [(0, "left", 3), (15, "joined", 3), (60, "left", 3), (60, "left", 4)]


def test_a_join_that_is_off_leaves_its_nodes_in() -> None:
    """With a chance of 0 the nodes are there as without the fault."""
    assert not life(under(Join(target=3, at="15ms", chance=0.0))[1], *LIVES)


def test_a_liveness_phase_has_absent_nodes_of_the_core_join() -> None:
    """Who left for good, or was to join later, is there from the phase on."""
    phase = Liveness(at=50 * MILLISECOND, within=SECOND)
    simulation, rows = under(Leave(target=1, at="15ms"), Join(target=2, at="100ms"), phase)
    assert {node.life for node in simulation.nodes} == {"up"}
    assert life(rows, "joined") == [(50, "joined", 1), (50, "joined", 2)]


def lengths(rows: list[Record], gone: str, back: str) -> tuple[list[int], list[int]]:
    """Sessions and absences of all nodes in nanoseconds; sessions that had begun before time zero are left out."""
    sessions, absences = [], []
    for node in range(6):
        changes = [row for row in rows if row.node == node and row.kind in (gone, back)]
        for before, after in pairwise(changes):
            (absences if before.kind == gone else sessions).append(after.time - before.time)
    return sessions, absences


@pytest.mark.parametrize(
    ("session", "distribution"),
    [
        ({"kind": "exponential", "mean": "10s"}, stats.expon(scale=10 * SECOND)),
        ({"kind": "pareto", "minimum": "4s", "shape": 1.5}, stats.pareto(1.5, scale=4 * SECOND)),
        ({"kind": "weibull", "scale": "8s", "shape": 0.5}, stats.weibull_min(0.5, scale=8 * SECOND)),
        ({"kind": "lognormal", "median": "8s", "sigma": 1.0}, stats.lognorm(1.0, scale=8 * SECOND)),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_sessions_and_absences_have_their_distributions(session: Any, distribution: Any) -> None:
    """The first hundred sessions of each of six nodes follow the model (KS, one false alarm in a million)."""
    fault = Churn(session=session, absence={"kind": "exponential", "mean": "2s"}, at=0)
    _, rows = under(fault, until=40_000 * SECOND, protocol=Idle)
    taken: list[int] = []
    for node in range(6):
        mine, _ = lengths([row for row in rows if row.node == node], "left", "joined")
        assert len(mine) >= 100
        taken += mine[:100]  # a fixed number, for in a fixed time long sessions are cut off
    assert stats.kstest(taken, distribution.cdf).pvalue > FALSE_ALARM
    _, absences = lengths(rows, "left", "joined")
    assert stats.kstest(absences, stats.expon(scale=2 * SECOND).cdf).pvalue > FALSE_ALARM


def test_churn_heals() -> None:
    """When it is over all that are gone come back, and nobody goes any more."""
    fault = Churn(session="30ms", absence="20ms", at="5ms", heal_after="40ms", name="churn")
    simulation, rows = under(fault)
    assert {row[:2] for row in life(rows, *LIVES)} == {(35, "left"), (45, "joined")}
    assert {node.life for node in simulation.nodes} == {"up"}
    assert heard(rows, 0, 65, 200) == {1, 2, 3, 4, 5}
    assert total(rows, "churn")["effect"] == 6


def test_churn_ends_in_the_liveness_phase() -> None:
    """From the phase on nobody goes, and the core is all there; who is gone outside of it comes back in time."""
    phase = Liveness(at=50 * MILLISECOND, within=SECOND, core=(0, 1, 2))
    simulation, rows = under(Churn(session="30ms", absence="30ms", at="5ms"), phase)
    assert {(time, node) for time, kind, node in life(rows, "joined")} == {
        *((50, node) for node in (0, 1, 2)),
        *((65, node) for node in (3, 4, 5)),
    }
    assert max(time for time, _, _ in life(rows, "left")) == 35
    assert {node.life for node in simulation.nodes} == {"up"}


def test_churn_that_keeps_disks_crashes_and_restarts() -> None:
    """With `keep_disk` nodes find on their disks what they had there."""
    fault = Churn(target=1, session="30ms", absence="20ms", at="5ms", keep_disk=True)
    _, rows = under(fault, protocol=Remembering)
    assert starts(rows, 1) == [1, 2, 3, 4]
    assert {kind for _, kind, _ in life(rows, *LIVES)} == {"crashed", "restarted"}


def test_churn_of_one_node_draws_the_same_whoever_else_churns() -> None:
    """The sessions of a node are its own: a further node in the target changes none of them."""
    exponential = {"kind": "exponential", "mean": "20ms"}

    def of_node_one(target: Any) -> list[tuple[int, str, int | None]]:
        fault = Churn(target=target, session=exponential, absence=exponential, at="5ms", name="churn")
        return [row for row in life(under(fault)[1], *LIVES) if row[2] == 1]

    assert of_node_one(1) == of_node_one((1, 2)) == of_node_one("all")
    assert of_node_one(1)


def test_churn_keeps_within_the_budget() -> None:
    """With a budget of a minority no more than two of six are ever gone, and those spared are recorded."""
    fault = Churn(session="30ms", absence="20ms", at="5ms", heal_after="180ms", name="churn")
    _, rows = under(fault, budget="minority")
    assert down_at_once(rows) == 2
    ((_, _, spared),) = of_faults(rows, "spared", phases=("end",))
    assert spared > 0


def test_churn_events_come_as_they_are_written() -> None:
    """Who joins first is absent until then, events count from the begin, and what changes nothing is passed over."""
    events = [
        {"node": 2, "event": "join", "at": "30ms"},
        {"node": 1, "event": "leave", "at": "20ms"},
        {"node": 1, "event": "leave", "at": "25ms"},
        {"node": 3, "event": "leave", "at": "40ms"},
        {"node": 1, "event": "join", "at": "50ms"},
    ]
    _, rows = under(Churn(events=events, at=0))
    assert life(rows, *LIVES) == [
        (0, "left", 2),
        (20, "left", 1),
        (30, "joined", 2),
        (40, "left", 3),
        (50, "joined", 1),
    ]
    _, rows = under(Churn(events=events, at="10ms", heal_after="45ms"))
    assert life(rows, *LIVES) == [
        (10, "left", 2),
        (30, "left", 1),
        (40, "joined", 2),
        (50, "left", 3),
        (55, "joined", 1),
        (55, "joined", 3),
    ]


@pytest.mark.parametrize(
    "model",
    [
        lambda: CrashLoop(target=1, at=0, down_for="0s", up_for="1s"),
        lambda: CrashLoop(target=1, at=0, down_for="1s", up_for="1s", times=0),
        lambda: CrashLoop(target=1, at=0, down_for="1s", up_for="1s", backoff=0.5),
        lambda: CrashLoop(target=1, at=0, down_for="10min", up_for="1s"),
        lambda: RollingRestart(target="all", at=0, down_for="-1s"),
        lambda: RollingRestart(target="all", at=0, down_for="1s", order="sorted"),
        lambda: Leave(target=1, at=0, rejoin_after="0s"),
        lambda: Join(target={"random": 1}, at=0),
        lambda: Join(target="all", at=0),
        lambda: Churn(at=0),
        lambda: Churn(at=0, session="1s"),
        lambda: Churn(at=0, session="1s", absence="1s", trace="x.csv"),
        lambda: Churn(at=0, events=[], target=1),
        lambda: Churn(at=0, target=1, events=[{"node": 1, "event": "leave", "at": "1s"}]),
        lambda: Churn(at=0, events=[{"node": 1, "event": "crash", "at": "1s"}]),
        lambda: Churn(at=0, session={"kind": "weibull", "scale": "1s", "shape": 0.0}, absence="1s"),
    ],
)
def test_impossible_options_are_refused(model: Any) -> None:
    """Times of nothing, options that contradict each other and unknown words are validation errors."""
    with pytest.raises(ValidationError):
        model()


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        (CrashLoop(target=6, at=0, down_for="1s", up_for="1s"), ("target",)),
        (RollingRestart(target=(0, 6), at=0, down_for="1s"), ("target", 1)),
        (Leave(target={"random": 7}, at=0), ("target", "random")),
        (Join(target=(6,), at=0), ("target", 0)),
        (Churn(target=7, session="1s", absence="1s", at=0), ("target",)),
        (Churn(events=[{"node": 6, "event": "leave", "at": "1s"}], at=0), ("events", 0, "node")),
        (Churn(trace="churn.csv", at=0), ("trace",)),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
def test_what_the_topology_does_not_have_is_refused(fault: Fault, path: tuple[str | int, ...]) -> None:
    """A node that does not exist, or a file that was not read, is one InputError with its place."""
    with pytest.raises(InputError) as caught:
        under(fault)
    assert caught.value.path == path
