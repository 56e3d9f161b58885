"""Mailboxes: their bound, their watermarks, and what becomes of what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

import murmur
from sim.runtime.actor import Actor, Effect
from sim.runtime.config import MailboxConfig, RuntimeConfig, TransportConfig
from sim.runtime.envelope import Envelope
from sim.runtime.failure import Rejected
from sim.runtime.mailbox import Mailbox
from sim.runtime.reference import Reference
from sim.runtime.runtime import Runtime
from tests.actor_systems import MILLISECOND, SECOND, system, told


def filled(config: MailboxConfig, number: int) -> tuple[Mailbox, list[str]]:
    """A mailbox with so many messages, and the crossings that it told."""
    events: list[str] = []
    mailbox = Mailbox(config, events.append)
    for each in range(number):
        mailbox.put(Envelope(Reference(0, "a"), each))
    return mailbox, events


def test_watermarks_keep_their_mind_between_them() -> None:
    """From the high mark on senders wait until the low one is reached, and not in between."""
    mailbox, events = filled(MailboxConfig(capacity=10), 7)
    assert mailbox.is_open
    mailbox.put(Envelope(Reference(0, "a"), 7))
    assert not mailbox.is_open
    for depth in range(7, 2, -1):
        mailbox.take()
        assert len(mailbox) == depth
        assert not mailbox.is_open
    mailbox.take()
    assert mailbox.is_open
    assert events == ["high", "low"]


def test_marks_of_the_smallest_mailbox_differ() -> None:
    """A mailbox for one message has its high mark at 1 and its low one at 0."""
    config = MailboxConfig(capacity=1)
    assert (config.high_mark, config.low_mark) == (1, 0)
    assert filled(config, 1)[1] == ["high", "full"]


def test_low_mark_is_below_the_high_one() -> None:
    """Marks in the wrong order are refused with the remedy."""
    with pytest.raises(ValidationError, match="not below high"):
        MailboxConfig(high=0.2, low=0.5)


def test_passed_over_counts_what_a_search_looked_at() -> None:
    """A selective take tells how many messages it passed over."""
    mailbox, _ = filled(MailboxConfig(), 5)
    found = mailbox.take(lambda envelope: envelope.payload == 3)
    assert found is not None
    assert mailbox.passed_over == 3
    assert mailbox.take(str) is None
    assert mailbox.passed_over == 4


class Flood(Actor):
    """Sends numbers as fast as it may, and tells what came of it."""

    hears_refusals = True

    def __init__(self, to: Reference, number: int) -> None:
        self.to = to
        self.number = number

    def run(self) -> Effect[None]:
        for number in range(self.number):
            taken = yield from self.send(self.to, number)
            self.record("sent", taken=taken, at=self.now)
        while True:
            refusal = yield from self.receive(Rejected)
            assert refusal is not None
            self.record("refused", payload=refusal.payload.payload)


class Slow(Actor):
    """Takes a millisecond for each message."""

    def run(self) -> Effect[None]:
        while True:
            envelope = yield from self.receive()
            assert envelope is not None
            self.record("got", payload=envelope.payload)
            yield from self.sleep(MILLISECOND)


def flooded(overflow: Any, nodes: int, number: int = 100, capacity: int = 10) -> list[Any]:
    """The records of a slow actor that is flooded."""

    def begin(runtime: Runtime) -> None:
        if runtime.node.id == nodes - 1:
            runtime.spawn(Slow, name="slow")
        if runtime.node.id == 0:
            runtime.spawn(Flood, Reference(nodes - 1, "slow"), number, name="flood")

    config = RuntimeConfig(mailbox=MailboxConfig(capacity=capacity, overflow=overflow))
    simulation, records = system(begin, nodes, runtime=config)
    simulation.run(SECOND)
    return records


@pytest.mark.parametrize("nodes", [1, 2])
def test_back_pressure_slows_senders_and_loses_nothing(nodes: int) -> None:
    """A sender goes no faster than its receiver, the bound holds, and all arrives in order."""
    records = flooded("back-pressure", nodes)
    assert told(records, "got", "payload") == list(range(100))
    assert all(told(records, "sent", "taken"))
    assert max(told(records, "mailbox", "depth")) <= 10
    assert told(records, "sent", "at")[-1] > 70 * MILLISECOND
    assert told(records, "dropped-message", "actor") == []


@pytest.mark.parametrize("nodes", [1, 2])
@pytest.mark.parametrize(
    ("overflow", "has_first", "has_last"),
    [("drop-newest", True, False), ("drop-oldest", False, True), ("reject", True, False)],
)
def test_a_full_mailbox_does_as_it_was_told(overflow: str, has_first: bool, has_last: bool, nodes: int) -> None:
    """The newest, the oldest, or whatever comes is given up, with a record of each; the rest arrives in order."""
    records = flooded(overflow, nodes)
    got = told(records, "got", "payload")
    assert got == sorted(got)
    assert len(got) + len(told(records, "dropped-message", "actor")) == 100
    assert set(told(records, "dropped-message", "reason")) == {overflow}
    assert (0 in got or nodes == 2, 99 in got) == (has_first or nodes == 2, has_last)
    taken = told(records, "sent", "taken")
    refused = told(records, "refused", "payload")
    if overflow == "reject":
        assert len(got) == (taken.count(True) if nodes == 1 else 100 - len(refused))
    else:
        assert all(taken)
        assert not refused


@pytest.mark.parametrize("nodes", [1, 2])
def test_a_sender_that_gives_up_waiting_has_sent_nothing(nodes: int) -> None:
    """A send that finds no room in its time is not taken, and a question fails within its time, wait included."""

    class Impatient(Actor):
        def run(self) -> Effect[None]:
            to = Reference(nodes - 1, "full")
            taken = []
            for number in range(4):
                went = yield from self.send(to, number, timeout=20 * MILLISECOND)
                taken.append(went)
            since = self.now
            answer = yield from self.ask(to, 9, timeout=20 * MILLISECOND)
            self.record("gave-up-waiting", taken=taken, answer=answer, took=self.now - since)

    class Full(Actor):
        def run(self) -> Effect[None]:
            yield from self.sleep(300 * MILLISECOND)
            while True:
                envelope = yield from self.receive()
                assert envelope is not None
                self.record("got", payload=envelope.payload)

    def begin(runtime: Runtime) -> None:
        if runtime.node.id == nodes - 1:
            runtime.spawn(Full, name="full")
        if runtime.node.id == 0:
            runtime.spawn(Impatient)

    config = RuntimeConfig(mailbox=MailboxConfig(capacity=2), transport=TransportConfig(window=2))
    simulation, records = system(begin, nodes, runtime=config)
    simulation.run(SECOND)
    fields = next(record.fields for record in records if record.kind == "gave-up-waiting")
    number = fields["taken"].count(True)
    assert fields["taken"] == (True,) * number + (False,) * (4 - number)
    assert 1 <= number < 4
    assert fields["answer"] is None
    assert fields["took"] == 20 * MILLISECOND
    assert told(records, "got", "payload") == list(range(number))


class Asker(Actor):
    """Asks without a timeout, and takes whatever comes after it has sent."""

    def __init__(self, to: Reference) -> None:
        self.to = to

    def run(self) -> Effect[None]:
        for number in range(3):
            yield from self.send(self.to, number)
        answer = yield from self.ask(self.to, "asked")
        self.record("answered", answer=answer)
        envelope = yield from self.receive(timeout=MILLISECOND)
        self.record("heard", anything=envelope is not None)


@pytest.mark.parametrize("nodes", [1, 2])
def test_who_asks_a_mailbox_that_refuses_goes_on(nodes: int) -> None:
    """A question that a full mailbox refuses has no answer; refusals reach no actor that did not say it hears them."""

    def begin(runtime: Runtime) -> None:
        if runtime.node.id == nodes - 1:
            runtime.spawn(Slow, name="slow")
        if runtime.node.id == 0:
            runtime.spawn(Asker, Reference(nodes - 1, "slow"))

    simulation, records = system(begin, nodes, mailbox=MailboxConfig(capacity=1, overflow="reject"))
    simulation.run(SECOND)
    assert told(records, "answered", "answer") == [None]
    assert told(records, "heard", "anything") == [False]


def test_waits_in_mailboxes_do_not_go_by_a_clock_that_is_set() -> None:
    """A clock that is set back while messages wait does not make their waits shorter."""

    def begin(runtime: Runtime) -> None:
        runtime.spawn(Slow, name="slow")
        runtime.spawn(Flood, Reference(0, "slow"), 9, name="flood")

    step = murmur.fault("clock-step", by="-1h", target="all", at="4ms")
    waits = []
    for faults in ((), (step,)):
        simulation, records = system(begin, faults=faults)
        simulation.run(SECOND).conclude()
        waits.append(max(told(records, "actor-total", "waited")))
    assert waits[0] == waits[1] == 36 * MILLISECOND


@pytest.mark.parametrize("cores", [0, 1])
def test_what_a_stopped_actor_was_about_to_send_is_lost_on_record(cores: int) -> None:
    """A message that waits for room, or for the core to send it, is dropped on record with the actor that sends it."""

    class Parent(Actor):
        def run(self) -> Effect[None]:
            yield from self.spawn(Slow, name="slow")
            for number in range(2):
                yield from self.spawn(Flood, Reference(0, "slow"), 9, name=f"flood-{number}")
            yield from self.sleep(3 * MILLISECOND)
            self.stop()

    def begin(runtime: Runtime) -> None:
        runtime.spawn(Parent, name="parent", restart="temporary")

    simulation, records = system(begin, cores=cores, mailbox=MailboxConfig(capacity=1))
    simulation.run(SECOND)
    lost = [record.fields["actor"] for record in records if record.kind == "dropped-message"]
    assert [lost.count(f"flood-{number}") for number in range(2)] == [1, 1]


def test_a_sender_that_gave_up_has_sent_nothing() -> None:
    """Room that is made while a sender, whose time is over, waits for the core is for others."""

    class Busy(Actor):
        def run(self) -> Effect[None]:
            while True:
                yield from self.compute(2 * MILLISECOND)
                envelope = yield from self.receive()
                assert envelope is not None
                self.record("got", payload=envelope.payload)

    class Impatient(Actor):
        def run(self) -> Effect[None]:
            for number in range(20):
                taken = yield from self.send(Reference(0, "busy"), number, timeout=MILLISECOND)
                self.record("sent", number=number, taken=taken)

    class Hog(Actor):
        def run(self) -> Effect[None]:
            while True:
                yield from self.compute(700_000)
                yield from self.sleep(1)

    def begin(runtime: Runtime) -> None:
        runtime.spawn(Impatient)
        runtime.spawn(Busy, name="busy")
        for _ in range(3):
            runtime.spawn(Hog)

    simulation, records = system(begin, cores=2, mailbox=MailboxConfig(capacity=1))
    simulation.run(200 * MILLISECOND)
    sent = [record.fields["number"] for record in records if record.kind == "sent" and record.fields["taken"]]
    assert 0 < len(sent) < 20
    assert told(records, "got", "payload") == sent
