"""What an actor does, on nodes without cores and with them, to actors of its own node and of others."""

from __future__ import annotations

from typing import Any

import pytest

from sim.kernel import EventLimitReached
from sim.runtime import instant_thread
from sim.runtime.actor import Actor, Effect
from sim.runtime.reference import Reference
from sim.runtime.runtime import Runtime
from tests.actor_systems import MILLISECOND, SECOND, system, told

PLACES = pytest.mark.parametrize(
    ("nodes", "cores"), [(1, 0), (1, 1), (1, 2), (2, 0), (2, 2)], ids=["instant", "core", "cores", "nodes", "all"]
)
"""One node or two, without cores and with them; the second actor lives on the last node."""


class Telling(Actor):
    """Tells what it receives, in a record, until it has received so many; the payloads that match, where any do."""

    def __init__(self, number: int, match: Any = None, timeout: int | None = None) -> None:
        self.number = number
        self.match = match
        self.timeout = timeout

    def run(self) -> Effect[None]:
        for _ in range(self.number):
            envelope = yield from self.receive(self.match, self.timeout)
            self.record("told", payload=None if envelope is None else str(envelope.payload), at=self.now)


class Saying(Actor):
    """Sends these payloads; those that are pairs of None and a payload as signals."""

    def __init__(self, to: Reference, *payloads: Any) -> None:
        self.to = to
        self.payloads = payloads

    def run(self) -> Effect[None]:
        for payload in self.payloads:
            if isinstance(payload, tuple):
                yield from self.signal(self.to, payload[1])
            else:
                yield from self.send(self.to, payload)


def pair(
    first: type[Actor], arguments: tuple[Any, ...], second: type[Actor], others: tuple[Any, ...], nodes: int
) -> Any:
    """Begins an actor `second` on the last node, and `first` on node 0 with a reference to it."""

    def begin(runtime: Runtime) -> None:
        if runtime.node.id == nodes - 1:
            runtime.spawn(second, *others, name="second")
        if runtime.node.id == 0:
            runtime.spawn(first, Reference(nodes - 1, "second"), *arguments, name="first")

    return begin


@PLACES
def test_messages_arrive_in_the_order_in_which_they_were_sent(nodes: int, cores: int) -> None:
    """Between two actors nothing overtakes."""
    begin = pair(Saying, tuple(range(50)), Telling, (50,), nodes)
    simulation, records = system(begin, nodes, cores=cores)
    simulation.run(SECOND)
    assert told(records, "told", "payload") == [str(number) for number in range(50)]


@PLACES
def test_receive_leaves_what_does_not_match(nodes: int, cores: int) -> None:
    """A selective receive takes the first that matches; the others stay in their order."""

    class Choosy(Telling):
        def run(self) -> Effect[None]:
            for match in (str, lambda envelope: envelope.payload == 2.5, None, None):
                envelope = yield from self.receive(match)
                assert envelope is not None
                self.record("told", payload=envelope.payload)

    simulation, records = system(pair(Saying, (1, 2, "three", 2.5), Choosy, (4,), nodes), nodes, cores=cores)
    simulation.run(SECOND)
    assert told(records, "told", "payload") == ["three", 2.5, 1, 2]


@PLACES
def test_receive_gives_up_after_its_timeout(nodes: int, cores: int) -> None:
    """None comes after the timeout, and a message that comes later is received by the next call."""

    class Late(Saying):
        def run(self) -> Effect[None]:
            yield from self.sleep(15 * MILLISECOND)
            yield from super().run()

    begin = pair(Late, ("late",), Telling, (2, None, 10 * MILLISECOND), nodes)
    simulation, records = system(begin, nodes, cores=cores)
    simulation.run(SECOND)
    assert told(records, "told", "payload") == ["None", "late"] or told(records, "told", "payload") == [None, "late"]
    assert 10 * MILLISECOND <= told(records, "told", "at")[0] < 11 * MILLISECOND


def test_receive_with_no_time_only_looks() -> None:
    """A timeout of 0 gives None at once."""
    simulation, records = system(lambda runtime: runtime.spawn(Telling, 1, None, 0))
    simulation.run(SECOND)
    assert told(records, "told", "at") == [0]


@PLACES
def test_signals_go_ahead_of_messages(nodes: int, cores: int) -> None:
    """A signal is received before messages that were there first."""

    class Sleepy(Telling):
        def run(self) -> Effect[None]:
            yield from self.sleep(20 * MILLISECOND)
            yield from super().run()

    simulation, records = system(pair(Saying, (1, 2, (None, "now")), Sleepy, (3,), nodes), nodes, cores=cores)
    simulation.run(SECOND)
    assert told(records, "told", "payload") == ["now", "1", "2"]


@PLACES
def test_a_question_is_answered_or_times_out(nodes: int, cores: int) -> None:
    """`ask` gives the reply; None where none comes in time, and a late one disturbs nobody."""

    class Asking(Actor):
        def __init__(self, to: Reference) -> None:
            self.to = to

        def run(self) -> Effect[None]:
            for question in (1, 2, 3):
                answer = yield from self.ask(self.to, question, timeout=50 * MILLISECOND)
                self.record("told", payload=answer)

    class Answering(Actor):
        def run(self) -> Effect[None]:
            while True:
                envelope = yield from self.receive()
                assert envelope is not None
                if envelope.payload == 2:
                    yield from self.sleep(70 * MILLISECOND)
                yield from self.reply(envelope, 10 * envelope.payload)

    simulation, records = system(pair(Asking, (), Answering, (), nodes), nodes, cores=cores)
    simulation.run(SECOND)
    assert told(records, "told", "payload") == [10, None, 30]


def test_effects_take_their_time_on_cores() -> None:
    """On a core, spawning, sending and computing take what they cost; without cores nothing takes time."""

    class Working(Actor):
        def run(self) -> Effect[None]:
            other = yield from self.spawn(Telling, 2)
            spawned = self.now
            yield from self.send(other, "a")
            sent = self.now
            yield from self.signal(other, "b")
            signalled = self.now
            yield from self.compute(1_000)
            self.record("times", spawn=spawned, send=sent - spawned, signal=signalled - sent, work=self.now - signalled)

    for cores, expected in ((2, (400, 180, 90, 1_000)), (0, (0, 0, 0, 0))):
        simulation, records = system(lambda runtime: runtime.spawn(Working), cores=cores)
        simulation.run(SECOND)
        times = next(record.fields for record in records if record.kind == "times")
        assert tuple(times.values()) == expected


def test_a_chain_of_actors_needs_no_stack() -> None:
    """A family ten thousand generations deep begins, and ends, in no time."""

    class Link(Actor):
        def __init__(self, left: int) -> None:
            self.left = left

        def run(self) -> Effect[None]:
            if self.left:
                yield from self.spawn(Link, self.left - 1)
            else:
                self.runtime.stop("eldest")
            yield from self.receive()

    simulation, records = system(lambda runtime: runtime.spawn(Link, 10_000, name="eldest"))
    simulation.run(SECOND)
    kinds = [record.kind for record in records]
    assert (kinds.count("spawned"), kinds.count("stopped")) == (10_001, 10_001)
    assert told(records, "stopped", "actor")[-1] == "eldest"


def test_a_loop_without_delay_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two actors that play ball in no time are named instead of running for ever."""

    class Player(Actor):
        def run(self) -> Effect[None]:
            while True:
                yield from self.send(self.me, "ball")
                yield from self.receive()

    monkeypatch.setattr(instant_thread, "TURN_LIMIT", 10_000)
    simulation, _ = system(lambda runtime: runtime.spawn(Player))
    with pytest.raises(EventLimitReached, match=r"endless loop .* in actor player-1; have it sleep"):
        simulation.run(SECOND)


def test_a_message_to_nobody_is_dropped_and_recorded() -> None:
    """A send to an actor that is not there says False, and leaves a record."""

    class Lonely(Actor):
        def run(self) -> Effect[None]:
            taken = yield from self.send(Reference(0, "nobody"), "hello")
            answer = yield from self.ask(Reference(0, "nobody"), "hello")
            self.record("told", taken=taken, answer=answer)

    simulation, records = system(lambda runtime: runtime.spawn(Lonely))
    simulation.run(SECOND)
    assert told(records, "told", "taken") == [False]
    assert told(records, "dropped-message", "reason") == ["no-actor", "no-actor"]


def test_a_mailbox_that_another_core_used_costs_the_way_between_them() -> None:
    """Who sends to an actor on another core pays for its mailbox to come over, more so from another socket."""

    class Sending(Actor):
        def __init__(self, to: Reference) -> None:
            self.to = to

        def run(self) -> Effect[None]:
            yield from self.compute(10_000)
            for _ in range(3):
                began = self.now
                yield from self.send(self.to, "a")
                self.record("sent", took=self.now - began)
                yield from self.compute(10_000)

    def begin(runtime: Runtime) -> None:
        runtime.spawn(Telling, 3, name="telling")
        runtime.spawn(Sending, Reference(0, "telling"))

    for sockets, way in ((1, 40), (2, 130)):
        simulation, records = system(begin, cores=2, sockets=sockets)
        simulation.run(SECOND)
        assert told(records, "sent", "took") == [180, 180 + way, 180 + way]


@pytest.mark.parametrize("cores", [0, 1])
def test_a_blocked_actor_leaves_its_core_to_others(cores: int) -> None:
    """While one actor is in a call of the system, another has the core; it goes on when the call is over."""

    class Blocked(Actor):
        def run(self) -> Effect[None]:
            yield from self.block(3 * MILLISECOND)
            self.record("back", at=self.now)

    class Other(Actor):
        def run(self) -> Effect[None]:
            yield from self.compute(MILLISECOND)
            self.record("computed", at=self.now)

    def begin(runtime: Runtime) -> None:
        runtime.spawn(Blocked)
        runtime.spawn(Other)

    simulation, records = system(begin, cores=cores)
    simulation.run(SECOND)
    assert told(records, "back", "at") == [3 * MILLISECOND]
    assert told(records, "computed", "at") == [MILLISECOND * bool(cores)]
