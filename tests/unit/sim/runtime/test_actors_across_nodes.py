"""Messages between nodes: in order and once, whatever the network does, and no more of them than there is room for."""

from __future__ import annotations

from typing import Any

import pytest

from faults.network.corruption import Corruption
from faults.network.loss import Loss
from faults.node.crash import Crash
from sim.network.config import NetworkConfig
from sim.runtime.actor import Actor, Effect
from sim.runtime.config import MailboxConfig, RuntimeConfig, TransportConfig
from sim.runtime.reference import Reference
from sim.runtime.runtime import Runtime
from tests.actor_systems import MILLISECOND, SECOND, system, told

NUMBER = 120
ACKNOWLEDGEMENT = "ActorAcknowledgement"
BAD: dict[str, Any] = {
    "loss": {"kind": "independent", "probability": 0.2},
    "duplication": 0.2,
    "latency": {"kind": "exponential", "mean": "5ms"},
}


class Source(Actor):
    """Sends numbers to an actor, each with its own node."""

    def __init__(self, to: Reference, number: int = NUMBER) -> None:
        self.to = to
        self.number = number

    def run(self) -> Effect[None]:
        for number in range(self.number):
            yield from self.send(self.to, (self.me.node, number))
        self.record("all-sent")


class Sink(Actor):
    """Records what it receives, each after some work."""

    def __init__(self, work: int = 0) -> None:
        self.work = work

    def run(self) -> Effect[None]:
        while True:
            envelope = yield from self.receive()
            assert envelope is not None
            self.record("got", source=envelope.payload[0], number=envelope.payload[1])
            if self.work:
                yield from self.sleep(self.work)


def to_last(nodes: int, work: int = 0, number: int = NUMBER) -> Any:
    """All nodes send to an actor of the last one."""

    def begin(runtime: Runtime) -> None:
        if runtime.node.id == nodes - 1:
            runtime.spawn(Sink, work, name="sink")
        else:
            runtime.spawn(Source, Reference(nodes - 1, "sink"), number, name="source")

    return begin


def got(records: list[Any], source: int) -> list[int]:
    """The numbers that came from a node."""
    return [each.fields["number"] for each in records if each.kind == "got" and each.fields["source"] == source]


@pytest.mark.parametrize("seed", range(3))
def test_loss_doubling_and_overtaking_are_survived(seed: int) -> None:
    """Each message enters the mailbox once and in order, though a fifth is lost, a fifth doubled, and many overtake."""
    simulation, records = system(to_last(3), 3, network=NetworkConfig(**BAD), seed=seed)
    simulation.run(60 * SECOND)
    assert simulation.network.duplicated > 0
    assert simulation.balance().outcomes["lost"] > 0
    assert got(records, 0) == got(records, 1) == list(range(NUMBER))


@pytest.mark.parametrize("capacity", [1, 2, 5, 50])
def test_the_bound_holds_against_many_nodes(capacity: int) -> None:
    """However small the mailbox, it never holds more, and all of what five nodes send arrives."""
    config = RuntimeConfig(mailbox=MailboxConfig(capacity=capacity))
    simulation, records = system(to_last(6, 3 * MILLISECOND, 30), 6, runtime=config, network=NetworkConfig(**BAD))
    simulation.run(60 * SECOND)
    assert max(told(records, "mailbox", "depth"), default=0) <= capacity
    assert (capacity == 50) == ("mailbox" not in {record.kind for record in records})
    assert all(got(records, source) == list(range(30)) for source in range(5))


def test_senders_wait_for_credit() -> None:
    """A sender on another node is slowed down to what its receiver takes."""
    config = RuntimeConfig(mailbox=MailboxConfig(capacity=10))
    simulation, records = system(to_last(2, 10 * MILLISECOND), 2, runtime=config)
    simulation.run(60 * SECOND)
    finished = next(record.time for record in records if record.kind == "all-sent")
    assert finished > 10 * MILLISECOND * (NUMBER - 10 - 64)
    assert got(records, 0) == list(range(NUMBER))


@pytest.mark.parametrize(("rule", "doubled"), [("drop", False), ("send-again", True)])
def test_a_restarted_node_is_sent_the_rest(rule: Any, doubled: bool) -> None:
    """After a crash of the receiver no message comes twice, or none stays away, as the options say."""
    crash = Crash(kind="crash", target=1, at=20 * MILLISECOND, restart_after=50 * MILLISECOND)
    unheard = Loss(
        kind="loss", at=15 * MILLISECOND, heal_after=6 * MILLISECOND, probability=1.0, messages=(ACKNOWLEDGEMENT,)
    )
    config = RuntimeConfig(transport=TransportConfig(after_restart=rule))
    network = NetworkConfig(latency="2ms")
    simulation, records = system(to_last(2, 0, 2_000), 2, runtime=config, network=network, faults=[crash, unheard])
    simulation.run(60 * SECOND)
    numbers = got(records, 0)
    assert numbers[-1] == 1_999
    assert (len(numbers) > len(set(numbers))) == doubled
    dropped = told(records, "dropped-message", "reason")
    assert set(dropped) == (set() if doubled else {"in-doubt"})
    assert len(set(numbers)) + len(dropped) >= 2_000


def test_a_sender_that_restarts_begins_anew() -> None:
    """A node that was sent to by an earlier life takes what the new life sends from its beginning."""
    crash = Crash(kind="crash", target=0, at=20 * MILLISECOND, restart_after=50 * MILLISECOND)
    simulation, records = system(to_last(2, MILLISECOND, 100), 2, faults=[crash])
    simulation.run(60 * SECOND)
    numbers = got(records, 0)
    restart = numbers.index(0, 1)
    assert numbers[:restart] == list(range(restart))
    assert numbers[restart:] == list(range(100))


def test_without_retransmission_messages_stay_away() -> None:
    """What the safeguard is for: without it a lossy network ends the flow."""
    simulation, records = system(to_last(2), 2, network=NetworkConfig(**BAD), ablate=("retransmission",))
    simulation.run(60 * SECOND)
    assert len(got(records, 0)) < NUMBER


def test_without_a_check_for_duplicates_messages_come_twice() -> None:
    """What the safeguard is for: without it a network that doubles has messages handled twice."""
    simulation, records = system(to_last(2), 2, network=NetworkConfig(**BAD), ablate=("duplicate-check",))
    simulation.run(60 * SECOND)
    assert len(got(records, 0)) > len(set(got(records, 0)))


def test_without_a_bound_mailboxes_grow_beyond_it() -> None:
    """What the safeguard is for: a slow actor holds more than its mailbox may."""
    config = RuntimeConfig(mailbox=MailboxConfig(capacity=10))
    simulation, records = system(to_last(2, SECOND), 2, runtime=config, ablate=("mailbox-bound",))
    simulation.run(5 * SECOND)
    assert max(told(records, "mailbox", "depth")) > 10


@pytest.mark.parametrize("seed", range(4))
def test_silent_damage_ends_no_runtime(seed: int) -> None:
    """Whatever damage makes of messages that no checksum finds, runtimes go on, and bounds hold."""

    class Asking(Actor):
        def run(self) -> Effect[None]:
            for number in range(100):
                yield from self.ask(Reference(1, "answering"), number, timeout=20 * MILLISECOND)
                yield from self.signal(Reference(1, "answering"), number)
            yield from self.monitor(Reference(1, "answering"))
            yield from self.link(Reference(1, "answering"))
            yield from self.receive(str, SECOND)

    class Answering(Actor):
        def run(self) -> Effect[None]:
            for _ in range(150):
                envelope = yield from self.receive()
                assert envelope is not None
                if envelope.question is not None:
                    yield from self.reply(envelope, envelope.payload)
                yield from self.send(envelope.sender, envelope.payload)

    def begin(runtime: Runtime) -> None:
        if runtime.node.id == 1:
            runtime.spawn(Answering, name="answering")
        else:
            runtime.spawn(Asking, name="asking")

    damage = Corruption(kind="corruption", at=0, probability=0.3, mode="delivered")
    simulation, records = system(begin, 2, faults=[damage], seed=seed, mailbox=MailboxConfig(capacity=20))
    simulation.run(20 * SECOND)
    assert max(told(records, "mailbox", "depth"), default=0) <= 20
    assert "stopped" in {record.kind for record in records} or simulation.balance().sent > 500
