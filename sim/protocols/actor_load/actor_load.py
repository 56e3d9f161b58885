"""Loads on actors: how long one effect takes the actor that uses it, and how long until it has come about.

Senders use one effect again and again; receivers take what comes. What an effect costs is a parameter of the runtime
(`runtime.costs`). What comes on top of that is not: the way of a mailbox between cores, waiting for cores, for room in
a mailbox or in memory, for a network, for garbage collections, checking capabilities, copying.

Records: `timed` (effect, took: ns), of each time that a sender did it, and with the effect `delivery` of each message,
signal or value that a receiver took since it was sent, with `start` of each actor that was spawned since its spawning
began; and those of the actor runtime.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sim.protocol import ProtocolConfig
from sim.protocols.actor_load.config import ActorLoadConfig
from sim.runtime import selecting
from sim.runtime.actor import Actor, Effect
from sim.runtime.actor_protocol import RUNTIME_RECORDS, ActorProtocol
from sim.runtime.capabilities import Iso
from sim.runtime.channel import Channel
from sim.runtime.reference import Reference


class Loading(Actor):
    """Base of all: it has the options of the load, and records how long something took."""

    config: ActorLoadConfig

    def timed(self, effect: str, began: int) -> None:
        """Record an effect that began then, and is over."""
        self.record("timed", effect=effect, took=self.elapsed - began)


class Sender(Loading):
    """Does one thing again and again, each time after it has done its work."""

    def __init__(self, to: Reference | Channel) -> None:
        self.to: Any = to

    def run(self) -> Effect[None]:
        effect = self.config.effect
        once = {"send": self.sends, "signal": self.signals, "ask": self.asks, "enqueue": self.enqueues}
        for _ in range(self.config.count):
            yield from self.compute(self.config.think)
            began = self.elapsed
            yield from once.get(effect, self.spawns)()
            self.timed(effect, began)
        yield from self.receive()  # for children end with their parent

    def sends(self) -> Effect[None]:
        """Send a message by its capability."""
        value, sort = self.config.payload_value(), self.config.payload
        payload = self.iso(value) if sort == "iso" else self.val(value) if sort == "val" else value
        del value
        yield from self.send(self.to, payload, self.config.size)
        if "let-go" in self.config.ablate:
            payload.value.append("once more")

    def signals(self) -> Effect[None]:
        """Send a signal."""
        yield from self.signal(self.to, None)

    def asks(self) -> Effect[None]:
        """Ask, and wait for the answer."""
        yield from self.ask(self.to, None, self.config.size)

    def enqueues(self) -> Effect[None]:
        """Send the time over a channel."""
        yield from selecting.send(self, self.to, self.elapsed)

    def spawns(self) -> Effect[None]:
        """Spawn an actor that does its work and stops."""
        yield from self.spawn(Spawned, self.elapsed)


class Receiver(Loading):
    """Takes messages and signals, and answers those that ask."""

    def run(self) -> Effect[None]:
        while True:
            envelope = yield from self.receive()
            assert envelope is not None
            self.timed("delivery", envelope.sent_at)
            if isinstance(envelope.payload, Iso):
                envelope.payload.value.append("received")
            yield from self.compute(self.config.work)
            if envelope.question is not None:
                yield from self.reply(envelope, None)


class ChannelReceiver(Loading):
    """Takes values out of a channel."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def run(self) -> Effect[None]:
        while True:
            sent_at, _ = yield from selecting.receive(self, self.channel)
            self.timed("delivery", sent_at)
            yield from self.compute(self.config.work)


class Spawned(Loading):
    """Says when it began, works, and stops."""

    def __init__(self, asked_at: int) -> None:
        self.asked_at = asked_at

    def run(self) -> Effect[None]:
        self.timed("start", self.asked_at)
        yield from self.compute(self.config.work)


class ActorLoad(ActorProtocol):
    """A node with its share of senders and receivers."""

    Config: ClassVar[type[ProtocolConfig]] = ActorLoadConfig
    config: ActorLoadConfig
    records: ClassVar[tuple[str, ...] | None] = ("timed", *RUNTIME_RECORDS)

    def begin(self) -> None:
        config, node = self.config, self.node
        channels = [Channel(config.capacity) for _ in range(config.receivers)] if config.effect == "enqueue" else []
        if node.id == 0 and config.effect != "spawn":
            for number in range(config.receivers):
                name = f"receiver-{number}"
                if channels:
                    self.runtime.spawn(ChannelReceiver, channels[number], name=name)
                else:
                    self.runtime.spawn(Receiver, name=name)
        for number in range(config.senders):
            if node.id == (0 if config.place == "together" else 1 + number % (node.population - 1)):
                to = number % config.receivers
                target = channels[to] if channels else Reference(0, f"receiver-{to}")
                self.runtime.spawn(Sender, target, name=f"sender-{number}")
