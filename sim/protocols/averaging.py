"""Gossip averaging (Jelasity, Montresor and Babaoglu, "Gossip-based aggregation in large dynamic networks", ACM TOCS
23(3), 2005): every node holds a number; pairs of nodes meet and both take the mean of theirs, until all hold the mean
of all.

Who meets whom (their section 3, GETPAIR): `perfect-matching`, where in each cycle `matchings` times every node meets
exactly one other (two of them, disjoint, divide the variance by 4 a cycle); `random`, where each node calls a random
neighbour at exponential times of mean one cycle, so that pairs are independent and uniform on a complete graph
(variance divided by e); `sequential`, where each node calls a random neighbour once a cycle, at a moment drawn anew in
each (divided by 2 sqrt(e) = 3.30); `periodic`, where it does so at the same moment of every cycle, as a node with a
timer does (divided by about 3.4: whoever calls has had a whole cycle without a call of its own). Matchings come from
common random numbers: every node can work out each of them by itself from `matching_seed`; they need a network that
joins all nodes.

An exchange: the caller sends its value (Offer); the one called takes the mean and replies with what the caller has to
add (Share). Meanwhile the caller refuses others (Busy), for the value that it offered must not change; if no reply
comes within `timeout` it goes on. Since a share is a difference, one that comes late still moves no more than it
should: the sum over all nodes and over shares under way is conserved, but for rounding, while no Share is lost. A lost
or refused Offer costs nothing; a lost Share (by the network, or because the caller is down when it comes) changes the
sum by its amount, for the one called has taken its part already. The value is on disk and survives a crash.

Records: `value` (value, cycle) at the start, at each change and after a restart.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from sim.convergence import Spread
from sim.energy import Energy, EnergyStore
from sim.protocol import Lie, Protocol, ProtocolConfig
from sim.randomness import Stream, derive_seed
from sim.units import PositiveDuration

if TYPE_CHECKING:
    from sim.message import Message

EXCHANGE: Final = "exchange"
TIMEOUT: Final = "timeout"
NOBODY: Final = -1


class AveragingConfig(ProtocolConfig):
    """Options of gossip averaging; times are nanoseconds."""

    kind: Literal["averaging"] = "averaging"
    pairing: Literal["perfect-matching", "random", "sequential", "periodic"] = Field(
        default="periodic",
        description="who meets whom: common matchings, calls at exponential times, or one call in each period, at a "
        "moment drawn anew or always the same",
    )
    period: PositiveDuration = Field(default=1_000_000_000, description="length of a cycle")
    matchings: int = Field(default=2, ge=1, le=1000, description="perfect matchings in a cycle")
    matching_seed: int = Field(default=0, ge=0, description="common random number that the matchings come from")
    initial: Literal["normal", "uniform", "peak"] = Field(
        default="normal",
        description="first values: standard normal, uniform on [0, 1), or as large as the population at node 0, else 0",
    )
    timeout: PositiveDuration | None = Field(
        default=None, description="time after which a caller gives up on a reply; one period by default"
    )
    energy: Energy | None = Field(default=None, description="what calls cost, and how it comes back; free by default")


@dataclass(frozen=True, slots=True)
class Offer:
    """The value of the caller."""

    value: float


@dataclass(frozen=True, slots=True)
class Share:
    """What the caller has to add to its value."""

    amount: float


@dataclass(frozen=True, slots=True)
class Busy:
    """The one called is in an exchange of its own."""


BUSY: Final = Busy()


def extreme(payload: Offer | Share | Busy, stream: Stream) -> Offer | Share | None:
    """A lie: a value, or a share, a thousand times as large as it was, up or down."""
    factor = 1000.0 if stream.random() < 0.5 else -1000.0
    if isinstance(payload, Offer):
        return Offer(payload.value * factor)
    return Share(payload.amount * factor) if isinstance(payload, Share) else None


class Averaging(Protocol):
    """A node that holds `value`; `waiting` while a call of its own is without reply."""

    Config: ClassVar[type[ProtocolConfig]] = AveragingConfig
    payloads = (Offer, Share, Busy)
    records: ClassVar[tuple[str, ...] | None] = ("value",)
    convergence = Spread(kind="value", field="value", tolerance=0.001, durable=True)
    lies: ClassVar[Mapping[str, Lie]] = MappingProxyType({"extreme": extreme})

    value: float
    waiting: bool = False
    meeting: int = 0
    phase: int | None = None
    cycle: int = -1
    energy: EnergyStore | None = None

    def __init__(self) -> None:
        if self.config.energy is not None:
            self.energy = EnergyStore(self.config.energy, self.node.now)

    def on_start(self) -> None:
        now = self.node.now
        self.cycle = now // self.config.period if now else -1
        self._set(self._initial_value())
        self._schedule()

    def on_restart(self) -> None:
        if "value" not in self.node.storage:  # a disk may have lost it, or refused it
            return self.on_start()
        self.cycle = self.node.now // self.config.period
        self._set(self.node.storage["value"])
        return self._schedule()

    def _initial_value(self) -> float:
        random, kind = self.node.random, self.config.initial
        if kind == "peak":
            return float(self.node.population) if self.node.id == 0 else 0.0
        return random.normal() if kind == "normal" else random.random()

    def _set(self, value: float) -> None:
        self.value = self.node.storage["value"] = value
        self.node.record("value", value=value, cycle=self.node.now // self.config.period)

    def _schedule(self) -> None:
        """Set the timer of the next exchange."""
        node, period = self.node, self.config.period
        if self.config.pairing == "random":
            delay = int(node.random.exponential(period))
        elif self.config.pairing == "periodic":
            if self.phase is None:
                self.phase = node.random.below(period)
            delay = period - (node.now - self.phase) % period
        elif self.config.pairing == "sequential":
            self.cycle = max(self.cycle + 1, node.now // period)  # further on where a pause took whole cycles
            delay = max(0, self.cycle * period + node.random.below(period) - node.now)
        else:
            # Meeting j of m in a cycle is in the middle of its share of the period, at (2 j + 1) / 2 m.
            matchings = self.config.matchings
            self.meeting = (2 * node.now * matchings + period) // (2 * period)
            delay = -(-(2 * self.meeting + 1) * period // (2 * matchings)) - node.now
        node.set_timer(EXCHANGE, delay)

    def on_timer(self, name: Hashable) -> None:
        if name == TIMEOUT:
            self.waiting = False
            return
        partner = NOBODY if self.waiting or not self._has_energy() else self._partner()
        if partner != NOBODY:
            if self.energy is not None:
                self.energy.spend(self.energy.options.cost)
            self.waiting = True
            self.node.set_timer(TIMEOUT, self.config.timeout or self.config.period)
            self.node.send(partner, Offer(self.value))
        self._schedule()

    def _has_energy(self) -> bool:
        """Whether there is enough energy for a call."""
        return self.energy is None or self.energy.suffices(self.node.now)

    def drain(self, share: float) -> bool:
        """Lose this share of the energy that is left; whether there was any."""
        return self.energy is not None and self.energy.drain(share, self.node.now)

    def disrupt(self, stream: Stream) -> bool:
        """Hold a value drawn as the first ones are: normal, or uniform on [0, 1)."""
        self._set(stream.normal() if self.config.initial == "normal" else stream.random())
        return True

    def _partner(self) -> int:
        """Whom to call now; in a matching the lower of a pair calls the other."""
        node = self.node
        if self.config.pairing == "perfect-matching":
            partner = matching(self.config.matching_seed, self.meeting, node.population)[node.id]
            return partner if partner > node.id else NOBODY
        return node.random.choice(node.neighbors) if node.neighbors else NOBODY

    def on_message(self, message: Message) -> None:
        payload = message.payload
        if isinstance(payload, Offer):
            if self.waiting:
                self.node.send(message.source, BUSY)
                return
            amount = (payload.value - self.value) / 2
            self.node.send(message.source, Share(-amount))
            self._set(self.value + amount)
            return
        self.waiting = False
        self.node.cancel_timer(TIMEOUT)
        if isinstance(payload, Share):
            self._set(self.value + payload.amount)


@lru_cache(maxsize=4)
def matching(seed: int, number: int, population: int) -> tuple[int, ...]:
    """The partner of each node in a random perfect matching (`NOBODY` for the one that an odd number leaves over).

    A pure function of its arguments, which every node could evaluate by itself; kept for all of them. The matchings
    2j and 2j + 1 pair neighbours on one random cycle through all nodes, from its even and odd places: disjoint.
    """
    order = list(range(population))
    Stream(derive_seed(seed, f"matching/{number // 2}")).shuffle(order)
    if number % 2:
        order.append(order.pop(0))
    partners = [NOBODY] * population
    for a, b in zip(order[::2], order[1::2], strict=False):
        partners[a], partners[b] = b, a
    return tuple(partners)
