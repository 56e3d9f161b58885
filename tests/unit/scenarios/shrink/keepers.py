"""A protocol that is broken on purpose: its data live in the memory of two nodes, and are gone when both are down."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from sim.convergence import Convergence, Coverage
from sim.message import Message
from sim.protocol import Protocol, ProtocolConfig
from sim.units import PositiveDuration


@dataclass(frozen=True, slots=True)
class Ask:
    """Please send what you keep."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What a keeper keeps."""

    value: str


class Keepers(Protocol):
    """The first two nodes keep a value in memory and fetch it from each other after a crash; others read it later."""

    class Config(ProtocolConfig):
        """How often who lacks the value asks for it, and from when on those who do not keep it do."""

        period: PositiveDuration = 100_000_000
        read_from: PositiveDuration = 20_000_000_000

    convergence: ClassVar[Convergence | None] = Coverage("learned", "announced", "item")
    config: Config

    def __init__(self) -> None:
        self.value: str | None = None

    def on_start(self) -> None:
        """Node 0 has the value from the start."""
        if self.node.id == 0:
            self.node.record("announced", item="value")
            self._learn("value")
        self.node.set_timer("ask", self.config.period if self.node.id < 2 else self.config.read_from)

    def on_restart(self) -> None:
        """Begin to ask for the value again; memory is lost."""
        self.node.set_timer("ask", self.config.period)

    def on_timer(self, name: Any) -> None:
        """Ask those who should have the value."""
        if self.value is None:
            for keeper in {0, 1} - {self.node.id}:
                self.node.send(keeper, Ask())
            self.node.set_timer("ask", self.config.period)

    def on_message(self, message: Message) -> None:
        """Answer, or take the value."""
        if isinstance(message.payload, Copy) and self.value is None:
            self._learn(message.payload.value)
        elif isinstance(message.payload, Ask) and self.value is not None:
            self.node.send(message.source, Copy(self.value))

    def _learn(self, value: str) -> None:
        self.value = value
        self.node.record("learned", item="value")


MODULE = __name__
NODES = 12


def scenario(plan: list[dict[str, Any]], nodes: int = NODES) -> dict[str, Any]:
    """A scenario in which every node must have read the value in the end."""
    return {
        "name": "keepers",
        "duration": "40s",
        "topology": {"kind": "mesh", "nodes": nodes},
        "protocol": {"kind": f"{MODULE}:Keepers"},
        "faults": plan,
        "liveness": {"at": "30s", "within": "5s"},
        "checks": ["messages-balance"],
    }


def decoys(number: int, chance: Random) -> list[dict[str, Any]]:
    """Faults that break much, but not both keepers at once."""
    return [_decoy(place, chance) for place in range(number)]


def _decoy(place: int, chance: Random) -> dict[str, Any]:
    at, lasting = f"{chance.randrange(500, 28_000)}ms", f"{chance.randrange(100, 3_000)}ms"
    others = sorted(chance.sample(range(2, NODES), chance.randrange(1, 4)))
    kinds: list[dict[str, Any]] = [
        {"kind": "crash", "target": others, "restart_after": lasting},
        {"kind": "pause", "target": others, "resume_after": lasting},
        {"kind": "loss", "probability": round(chance.uniform(0.1, 0.9), 3), "heal_after": lasting},
        {"kind": "partition", "groups": [others], "heal_after": lasting},
    ]
    return {**chance.choice(kinds), "at": at, "name": f"decoy-{place}"}


def cause(chance: Random) -> list[dict[str, Any]]:
    """Two crashes, each with an innocent node, that overlap on the two keepers."""
    begin = chance.randrange(3_000, 15_000)
    first = sorted({0, *chance.sample(range(2, NODES), 2)})
    second = sorted({1, *chance.sample(range(2, NODES), 2)})
    return [
        {"kind": "crash", "name": "cause-1", "target": first, "at": f"{begin}ms", "restart_after": "2700ms"},
        {"kind": "crash", "name": "cause-2", "target": second, "at": f"{begin + 1234}ms", "restart_after": "3100ms"},
    ]


def plan(seed: int, faults: int = 40) -> list[dict[str, Any]]:
    """The cause, hidden among decoys."""
    chance = Random(seed)
    whole = [*decoys(faults - 2, chance), *cause(chance)]
    chance.shuffle(whole)
    return whole


class Assertive(Keepers):
    """Raises where a keeper that has nothing is asked for it by the other one, instead of keeping silent."""

    def on_message(self, message: Message) -> None:
        """Answer, take the value, or raise."""
        if isinstance(message.payload, Ask) and message.source < 2:
            assert self.value is not None, f"node {self.node.id} was asked for what it does not have"
        super().on_message(message)
