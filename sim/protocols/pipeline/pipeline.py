"""A pipeline: sources offer items, stages work on them one after the other, a sink takes them in.

All are actors with bounded mailboxes (`sim.runtime`). Where a stage is slower than what comes before it, its mailbox
fills, and back-pressure goes up the pipeline, from mailbox to mailbox, until the sources offer no more than the slowest
stage takes. Items go to the actors of a stage in turn. A source goes on where it was when its node is started again,
for it keeps on its disk how many it has offered, and begins with other items when that is lost; what stages held is
lost with their node.

Records: `item-offered` (item), `item-delivered` (item, queued, ran, between: nanoseconds in mailboxes, at actors, and
between them, for room and on the network, by the clocks of the nodes), and those of the actor runtime, in which a
message is the number of its item.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sim.hardware.cost import cost_sampler
from sim.protocol import ProtocolConfig
from sim.protocols.pipeline.config import PipelineConfig
from sim.runtime.actor import Actor, Effect
from sim.runtime.actor_protocol import RUNTIME_RECORDS, ActorProtocol
from sim.runtime.envelope import Envelope
from sim.runtime.failure import ActorFailure
from sim.runtime.reference import Reference
from sim.units import SECOND

FULL_FREQUENCY = 3_000_000_000
"""Cycles per second by which work in cycles is reckoned on a node without cores."""


@dataclass(frozen=True, slots=True)
class Item:
    """What goes through the pipeline: its number, and the times (ns) that it has spent so far."""

    number: int
    queued: int = 0
    ran: int = 0
    between: int = 0

    def later(self, envelope: Envelope, began: int, now: int) -> Item:
        """The item after one more actor, which took it out of its mailbox when it `began`."""
        return Item(
            self.number,
            self.queued + began - envelope.taken_at,
            self.ran + now - began,
            self.between + envelope.taken_at - envelope.sent_at,
        )


class Source(Actor):
    """Offers its items one by one, at its rate or as fast as they are taken."""

    config: PipelineConfig

    def __init__(self, number: int, onward: list[Reference]) -> None:
        self.number = number
        self.onward = onward

    def run(self) -> Effect[None]:
        config, storage, kept = self.config, self.runtime.node.storage, f"offered/{self.number}"
        due = self.now
        first = (self.runtime.node.generation * config.sources + self.number) * config.items
        for count in range(int(storage.get(kept, 0)), config.items):
            due += self.gap()
            early = due - self.now
            if early > 0:
                yield from self.sleep(early)
            number = first + count
            storage[kept] = count + 1
            self.record("item-offered", item=number)
            yield from self.send(self.onward[number % len(self.onward)], Item(number), config.size)

    def gap(self) -> int:
        """Nanoseconds from an item to the next."""
        rate = self.config.rate
        if rate is None:
            return 0
        mean = SECOND / rate
        return round(self.random.exponential(mean) if self.config.arrivals == "poisson" else mean)


class Stage(Actor):
    """Works on one item after the other, and sends each on."""

    config: PipelineConfig

    def __init__(self, place: int, onward: list[Reference]) -> None:
        self.stage = self.config.stages[place]
        self.onward = onward
        processor = self.runtime.node.processor
        self.work = cost_sampler(self.stage.work, FULL_FREQUENCY if processor is None else processor.frequency)

    def run(self) -> Effect[None]:
        stage, size = self.stage, self.config.size
        while True:
            envelope = yield from self.receive(Item)
            assert envelope is not None
            began, item = self.elapsed, envelope.payload
            yield from self.compute(self.work(self.random, size))
            if stage.wait:
                yield from self.sleep(stage.wait)
            if stage.fails and self.random.bernoulli(stage.fails):
                raise ActorFailure("a fault in the stage")
            onward = self.onward[item.number % len(self.onward)]
            yield from self.send(onward, item.later(envelope, began, self.elapsed), size)


class Sink(Actor):
    """Takes items in; passes over known ones where messages are sent again to a node that was restarted."""

    config: PipelineConfig

    def __init__(self) -> None:
        self.passes_over = self.config.runtime.transport.after_restart == "send-again"
        self.seen: set[int] = set()

    def run(self) -> Effect[None]:
        while True:
            envelope = yield from self.receive(Item)
            assert envelope is not None
            now = self.elapsed
            item = envelope.payload.later(envelope, now, now)
            if self.passes_over:
                if item.number in self.seen:
                    continue
                self.seen.add(item.number)
            self.record("item-delivered", item=item.number, queued=item.queued, ran=item.ran, between=item.between)


class Pipeline(ActorProtocol):
    """A node with its part of the pipeline."""

    Config: ClassVar[type[ProtocolConfig]] = PipelineConfig
    config: PipelineConfig
    records: ClassVar[tuple[str, ...] | None] = ("item-offered", "item-delivered", *RUNTIME_RECORDS)

    def begin(self) -> None:
        layers = self.config.layers(self.node.population)
        for place, (layer, onward) in enumerate(zip(layers, [*layers[1:], []], strict=True)):
            for number, actor in enumerate(layer):
                if actor.node != self.node.id:
                    continue
                if not place:
                    self.runtime.spawn(Source, number, onward, name=actor.name)
                elif onward:
                    mailbox = self.config.stages[place - 1].mailbox
                    self.runtime.spawn(Stage, place - 1, onward, name=actor.name, mailbox=mailbox)
                else:
                    self.runtime.spawn(Sink, name=actor.name)

    def label(self, payload: Any) -> Any:
        return payload.number if isinstance(payload, Item) else None
