"""Supervision, links and monitors: who is started again, who shares a fate, and who is told."""

from __future__ import annotations

from typing import Any

import pytest

from faults.node.crash import Crash
from sim.randomness import Stream, derive_seed
from sim.runtime.actor import Actor, Effect
from sim.runtime.config import RestartDelay, RuntimeConfig, SupervisionConfig
from sim.runtime.failure import ActorFailure, Down, Exit
from sim.runtime.reference import Reference
from sim.runtime.runtime import Runtime
from sim.runtime.supervision import Supervision, is_started_again
from tests.actor_systems import MILLISECOND, SECOND, system, told


class Child(Actor):
    """Says that it begins, and fails, or ends, at the time it is told; lives on where that is None."""

    def __init__(self, ends_at: int | None = None, reason: str | None = "broken") -> None:
        self.ends_at = ends_at
        self.reason = reason

    def run(self) -> Effect[None]:
        self.record("began", actor=self.me.name, at=self.now)
        if self.ends_at is None or self.now >= self.ends_at:
            yield from self.receive()
        yield from self.sleep(self.ends_at - self.now)
        if self.reason is not None:
            raise ActorFailure(self.reason)


def family(strategy: Any, ends_at: int = MILLISECOND, restarts: Any = ("transient",) * 3, **fields: Any) -> Any:
    """A parent with three children, of which the second ends; the class of the parent."""

    class Parent(Actor):
        supervision = SupervisionConfig(strategy=strategy, **fields)

        def run(self) -> Effect[None]:
            for name, restart, end in zip("abc", restarts, (None, ends_at, None), strict=True):
                yield from self.spawn(Child, end, name=name, restart=restart)
            yield from self.receive()

    return Parent


@pytest.mark.parametrize("cores", [0, 2])
@pytest.mark.parametrize(("strategy", "again"), [("one-for-one", "b"), ("one-for-all", "abc"), ("rest-for-one", "bc")])
def test_a_strategy_says_who_is_started_again(strategy: Any, again: str, cores: int) -> None:
    """Besides the child that failed, nobody, everybody, or those that were started after it."""
    simulation, records = system(lambda runtime: runtime.spawn(family(strategy), name="parent"), cores=cores)
    simulation.run(SECOND)
    assert told(records, "restarted-actor", "actor") == list(again)
    assert told(records, "began", "actor") == list("abc" + again)
    assert told(records, "stopped", "actor") == [name for name in reversed(again) if name != "b"]


def test_children_are_started_again_by_their_kind() -> None:
    """A permanent child always, a transient one when it fails, a temporary one never."""
    cases = [(kind, reason) for kind in ("permanent", "transient", "temporary") for reason in ("normal", "broken")]
    again = [is_started_again(kind, reason) for kind, reason in cases]  # type: ignore[arg-type]
    assert again == [True, True, False, True, False, False]


def test_a_temporary_child_is_not_taken_along() -> None:
    """When all are started again, those that never are stay away."""
    parent = family("one-for-all", restarts=("temporary", "transient", "permanent"))
    simulation, records = system(lambda runtime: runtime.spawn(parent))
    simulation.run(SECOND)
    assert told(records, "restarted-actor", "actor") == ["b", "c"]


def test_too_many_restarts_are_handed_up() -> None:
    """A supervisor that gives up fails itself; its own supervisor starts it again, and gives up at last."""

    class Broken(Actor):
        def run(self) -> Effect[None]:
            yield from self.sleep(MILLISECOND)
            raise ActorFailure("broken")

    class Parent(Actor):
        supervision = SupervisionConfig(intensity=2, period=SECOND)

        def run(self) -> Effect[None]:
            yield from self.spawn(Broken, name="child")
            yield from self.receive()

    config = RuntimeConfig(supervision=SupervisionConfig(intensity=1, period=SECOND))
    simulation, records = system(lambda runtime: runtime.spawn(Parent, name="parent"), runtime=config)
    simulation.run(SECOND)
    failures = [(each.fields["actor"], each.fields["reason"]) for each in records if each.kind == "failed"]
    assert failures == 2 * [*3 * [("child", "broken")], ("parent", "too-many-restarts")]
    assert told(records, "gave-up", "actor") == ["parent"]
    assert simulation.nodes[0].protocol.runtime.cells == {}  # type: ignore[attr-defined]


def test_restarts_are_counted_within_the_period() -> None:
    """Restarts that are long past do not count."""
    supervision = Supervision(SupervisionConfig(intensity=2, period=100))
    times = (0, 50, 99, 300, 350, 399, 401)
    assert [supervision.allows(now) for now in times] == [True, True, False, True, True, False, False]


def test_restarts_wait_their_time() -> None:
    """A base, a chance, and a turn in the batch: each delays a restart."""
    delay = RestartDelay(base=1_000, jitter=500, stagger=10_000)
    supervision = Supervision(SupervisionConfig(intensity=10, delay=delay))
    waits = []
    for number in range(3):
        supervision.allows(number)
        waits.append(supervision.delay(Stream(derive_seed(number, "restarts"))))
    assert [wait // 10_000 for wait in waits] == [0, 1, 2]
    assert all(1_000 <= wait % 10_000 <= 1_500 for wait in waits)
    assert len({wait % 10_000 for wait in waits}) > 1


def test_all_that_are_started_again_take_turns() -> None:
    """Children that are started again together do so one after the other where restarts are staggered."""
    parent = family("one-for-all", delay=RestartDelay(stagger=10 * MILLISECOND))
    simulation, records = system(lambda runtime: runtime.spawn(parent))
    simulation.run(SECOND)
    times = [record.time for record in records if record.kind == "restarted-actor"]
    assert times == [MILLISECOND, 11 * MILLISECOND, 21 * MILLISECOND]


def test_a_behaviour_without_effects_is_over_at_once() -> None:
    """An actor whose behaviour is no generator has acted when it is called."""

    class Brief(Actor):
        def run(self) -> Any:
            self.record("began", actor=self.me.name, at=self.now)

    simulation, records = system(lambda runtime: runtime.spawn(Brief))
    simulation.run(SECOND)
    assert [record.kind for record in records] == ["spawned", "began", "stopped"]


def test_messages_wait_for_the_next_life() -> None:
    """The mailbox of an actor that fails stays; what it was busy with is lost, on record."""

    class Touchy(Actor):
        def run(self) -> Effect[None]:
            while True:
                envelope = yield from self.receive()
                assert envelope is not None
                if envelope.payload == 1:
                    raise ActorFailure("one")
                self.record("got", payload=envelope.payload)

    class Sender(Actor):
        def run(self) -> Effect[None]:
            for number in range(4):
                yield from self.send(Reference(0, "touchy"), number)

    def begin(runtime: Runtime) -> None:
        runtime.spawn(Touchy, name="touchy")
        runtime.spawn(Sender)

    delay = RestartDelay(base=MILLISECOND)
    simulation, records = system(begin, runtime=RuntimeConfig(supervision=SupervisionConfig(delay=delay)))
    simulation.run(SECOND)
    assert told(records, "got", "payload") == [0, 2, 3]
    assert told(records, "dropped-message", "reason") == ["failed"]


class Watcher(Actor):
    """Links to an actor or monitors it, and tells what it hears."""

    def __init__(self, to: Reference, how: str, traps: bool = False) -> None:
        self.to = to
        self.how = how
        self.traps_exits = traps

    def run(self) -> Effect[None]:
        yield from (self.link if self.how == "link" else self.monitor)(self.to)
        while True:
            envelope = yield from self.receive(lambda each: isinstance(each.payload, Exit | Down))
            assert envelope is not None
            self.record("heard", what=type(envelope.payload).__name__, reason=envelope.payload.reason, at=self.now)


def watched(nodes: int, how: str, traps: bool, reason: str | None, there: bool = True) -> Any:
    """A watcher on node 0, and on the last node an actor that ends after 10 ms, if it is there."""

    def begin(runtime: Runtime) -> None:
        if runtime.node.id == nodes - 1 and there:
            runtime.spawn(Child, 10 * MILLISECOND, reason, name="other", restart="temporary")
        if runtime.node.id == 0:
            runtime.spawn(Watcher, Reference(nodes - 1, "other"), how, traps, name="watcher", restart="temporary")

    return begin


@pytest.mark.parametrize("nodes", [1, 2])
@pytest.mark.parametrize("reason", ["broken", None])
def test_ends_reach_those_that_watch(nodes: int, reason: str | None) -> None:
    """A monitor hears of every end; a link ends with a failure, and only hears of it where exits are trapped."""
    word = reason or "normal"
    for how, traps, heard, failed in (
        ("monitor", False, [("Down", word)], []),
        ("link", True, [("Exit", word)], []),
        ("link", False, [], ["watcher"] if reason else []),
    ):
        simulation, records = system(watched(nodes, how, traps, reason), nodes)
        simulation.run(SECOND)
        assert [(each.fields["what"], each.fields["reason"]) for each in records if each.kind == "heard"] == heard
        assert [name for name in told(records, "failed", "actor") if name == "watcher"] == failed


@pytest.mark.parametrize("nodes", [1, 2])
def test_nobody_is_there_to_watch(nodes: int) -> None:
    """Who monitors an actor that is not there is told so; who links to one ends."""
    for how, heard, failed in (("monitor", ["no-actor"], []), ("link", [], ["watcher"])):
        simulation, records = system(watched(nodes, how, False, None, there=False), nodes)
        simulation.run(SECOND)
        assert told(records, "heard", "reason") == heard
        assert told(records, "failed", "actor") == failed


@pytest.mark.parametrize("restart_after", [None, 500 * MILLISECOND])
def test_a_crash_of_a_node_ends_its_actors_for_others(restart_after: int | None) -> None:
    """A node that is silent for too long, or back in a new life, is the end of its actors."""
    crash = Crash(kind="crash", target=1, at=100 * MILLISECOND, restart_after=restart_after)

    def begin(runtime: Runtime) -> None:
        if runtime.node.id == 1:
            runtime.spawn(Child, name="other")
        else:
            runtime.spawn(Watcher, Reference(1, "other"), "monitor")

    simulation, records = system(begin, 2, faults=[crash])
    simulation.run(10 * SECOND)
    assert told(records, "heard", "reason") == ["node-down"]
    at = told(records, "heard", "at")[0]
    assert at > 3 * SECOND if restart_after is None else at < 2 * SECOND


@pytest.mark.parametrize("cores", [0, 1])
def test_an_actor_may_have_itself_stopped_by_its_name(cores: int) -> None:
    """An actor that asks the runtime to stop it ends with what it was about to wait for, and nothing wakes it later."""

    class Weary(Actor):
        def run(self) -> Effect[None]:
            yield from self.sleep(MILLISECOND)
            self.runtime.stop("weary")
            yield from self.receive(timeout=MILLISECOND)
            self.record("awake")

    simulation, records = system(lambda runtime: runtime.spawn(Weary, name="weary"), cores=cores)
    simulation.run(SECOND)
    assert told(records, "stopped", "actor") == ["weary"]
    assert "awake" not in [record.kind for record in records]
