"""The options of gossip: who calls whom, when, what is exchanged, and when a site stops."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, log2
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.protocol import ProtocolConfig
from sim.units import PositiveDuration
from topologies.errors import InputError

Exchange = Literal["push", "pull", "push-pull"]
Stop = Literal["none", "feedback-counter", "feedback-coin", "blind-counter", "blind-coin"]
Safeguard = Literal["anti-entropy-after-partition", "tombstones", "digest-comparison", "hybrid-clock"]
Fanout = Annotated[int, Field(ge=1)] | Literal["log2"]

_OF_DIGESTS: Final = ("anti-entropy-after-partition", "digest-comparison")
_ONLY_FOR_RUMOURS: Final = {"stop": "none", "backup": None}


def _tuple_of_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Rules:
    """What the options say, as the hot path asks it."""

    pushes: bool
    pulls: bool
    rounds: bool
    rumours: bool
    reconciles: bool
    feedback: bool
    blind: bool
    always_ticks: bool


class GossipConfig(ProtocolConfig):
    """Options of gossip; times are nanoseconds.

    In `rounds` the whole exchange (two messages, three in anti-entropy, two more for each hunt) must fit into a period;
    a node whose message arrives in a later round than it was sent says so once by a record `late`.
    """

    kind: Literal["gossip"] = "gossip"
    spread: Literal["rumour", "anti-entropy"] = Field(
        default="rumour", description="pass on what is new for a while, or compare all state with a partner"
    )
    exchange: Exchange = Field(default="push", description="who tells whom: the caller, the one called, or both")
    timing: Literal["rounds", "poisson", "periodic"] = Field(
        default="poisson",
        description="synchronous rounds, or clocks of one's own: exponential times, or a fixed period of random phase",
    )
    period: PositiveDuration = Field(
        default=1_000_000_000, description="length of a round, or (mean) time between the contacts of a node"
    )
    fanout: Fanout = Field(
        default=1, description="distinct partners at each contact; log2: logarithm of the population"
    )
    stop: Stop = Field(
        default="none",
        description="when a node stops to spread a rumour: at contacts that knew it (feedback) or any (blind), after "
        "k of them (counter) or with probability 1/k at each (coin)",
    )
    k: int = Field(default=1, ge=1, description="patience of the stop rule")
    connection_limit: int | None = Field(default=None, ge=1, description="calls that a node answers in a period")
    hunt: int = Field(default=0, ge=0, description="further partners tried in a period when a call is refused")
    backup: PositiveDuration | None = Field(
        default=None, description="time between anti-entropy exchanges that back up the rumours; none by default"
    )
    tombstone_life: PositiveDuration | None = Field(
        default=None, description="age at which the record of a deletion is forgotten; never by default"
    )
    detector: Literal["none", "quiet", "equal-digests"] = Field(
        default="none",
        description="how a node judges by itself that all have converged: no news, or only digests equal to its own",
    )
    detector_periods: int = Field(
        default=3, ge=1, description="periods without news, or equal digests heard in a row, that make it believe so"
    )
    state_machine: Literal["key-value"] = Field(
        default="key-value", description="what clients' commands act on: the keys that the node asked holds"
    )
    ablate: Annotated[tuple[Safeguard, ...], BeforeValidator(_tuple_of_list)] = Field(
        default=(), description="safeguards that are left out, to see what they are good for"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.hunt and self.connection_limit is None:
            raise InputError("no call is refused without a connection_limit; set one, or leave hunt at 0", ("hunt",))
        if self.spread == "anti-entropy":
            for name, default in _ONLY_FOR_RUMOURS.items():
                if getattr(self, name) != default:
                    raise InputError(
                        "anti-entropy alone spreads no rumours; leave it out, or set spread: rumour", (name,)
                    )
        if self.detector == "equal-digests" and not self.rules.reconciles:
            raise InputError(
                "no digests are exchanged; set backup, or spread: anti-entropy, or detector: quiet", ("detector",)
            )
        self._check_ablations()
        return self

    def _check_ablations(self) -> None:
        for place, name in enumerate(self.ablate):
            if name in self.ablate[:place]:
                raise InputError(f"found {name!r} a second time; name each safeguard once", ("ablate", place))
            if name in _OF_DIGESTS and not self.rules.reconciles:
                raise InputError(
                    f"{name}: no digests are exchanged; set backup, or spread: anti-entropy", ("ablate", place)
                )
            if name == "tombstones" and self.tombstone_life is not None:
                raise InputError("no tombstones are kept; leave tombstone_life out", ("ablate", place))

    @cached_property
    def rules(self) -> Rules:
        """What the options say, once for all nodes."""
        rumours, pulls = self.spread == "rumour", self.exchange != "push"
        return Rules(
            pushes=self.exchange != "pull",
            pulls=pulls,
            rounds=self.timing == "rounds",
            rumours=rumours,
            reconciles=not rumours or self.backup is not None,
            feedback=self.stop.startswith("feedback"),
            blind=self.stop.startswith("blind"),
            always_ticks=pulls or not rumours or self.detector == "quiet",
        )

    def partners(self, population: int) -> int:
        """Number of partners at each contact in a system of that many nodes."""
        return max(1, ceil(log2(population))) if self.fanout == "log2" else self.fanout
