"""The options of a trading swarm."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.runtime.actor_protocol import ActorConfig
from sim.units import Duration, PositiveDuration, Probability
from topologies.errors import InputError

Safeguard = Literal["reservation", "fencing", "order-identity"]


def _tuple_of_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class TradingConfig(ActorConfig):
    """Options of a trading swarm; times are nanoseconds, quantities lots.

    Node 0 has the risk manager, node 1 its standby where there is one, the next the execution engine, all others an
    analyser each.
    """

    kind: Literal["trading"] = "trading"
    standby: bool = Field(
        default=False, description="a second risk manager takes over; without it one that crashed goes on by its disk"
    )
    limit: Annotated[int, Field(ge=1)] = Field(default=100, description="largest position in an instrument, in lots")
    gross_limit: Annotated[int, Field(ge=1)] = Field(
        default=250, description="largest sum of the positions in all instruments, in lots"
    )
    lots: Annotated[int, Field(ge=1)] = Field(default=10, description="lots of an order")
    fast: Annotated[int, Field(ge=1)] = Field(default=4, description="ticks of the fast moving average of a price")
    slow: Annotated[int, Field(ge=2)] = Field(default=16, description="ticks of the slow one")
    threshold: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.001, description="share of the slow average by which the fast one is off before an analyser acts"
    )
    validity: PositiveDuration = Field(
        default=50_000_000, description="age of a tick from which on nothing is ordered or executed because of it"
    )
    analysis: Duration = Field(default=20_000, description="work of an analyser on a tick")
    check: Duration = Field(default=5_000, description="work of the risk manager on a proposal")
    execution: Duration = Field(default=10_000, description="work of the execution engine on an order")
    venue_rejects: Probability = Field(default=0.0, description="chance that the venue turns an order down")
    resend: PositiveDuration = Field(
        default=200_000_000, description="time after which an order that has no answer is sent again"
    )
    heartbeat: PositiveDuration = Field(default=10_000_000, description="time between those of the risk manager")
    takeover: PositiveDuration = Field(
        default=50_000_000, description="silence of the risk manager after which the standby takes over"
    )
    ablate: Annotated[tuple[Safeguard, ...], BeforeValidator(_tuple_of_list)] = Field(
        default=(),
        description="safeguards that are left out: `reservation` of what is ordered and not known to be executed, "
        "`fencing` of earlier risk managers, `order-identity`, by which one that comes again is known",
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.slow <= self.fast:
            raise InputError(f"found {self.slow}, not above fast, {self.fast}; make it larger", ("slow",))
        if self.takeover <= self.heartbeat:
            raise InputError("found no more than a heartbeat; make it some of them", ("takeover",))
        for place, name in enumerate(self.ablate):
            if name in self.ablate[:place]:
                raise InputError(f"found {name!r} a second time; name each safeguard once", ("ablate", place))
        return self

    @property
    def managers(self) -> tuple[int, ...]:
        """The nodes that have a risk manager."""
        return (0, 1) if self.standby else (0,)

    @property
    def engine(self) -> int:
        """The node that has the execution engine."""
        return len(self.managers)

    def takers(self, population: int) -> range:
        """The nodes that take ticks: those that have an analyser."""
        return range(self.engine + 1, population)

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where no node is left for an analyser."""
        least = self.engine + 2
        if population < least:
            raise InputError(f"found {population} nodes; trading takes {least} or more, one for each part", ())
