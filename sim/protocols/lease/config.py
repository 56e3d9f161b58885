"""The options of leases."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.protocol import ProtocolConfig
from sim.runtime.leases.held_lease import LeaseTerms
from sim.units import Duration, PositiveDuration, Rate, format_duration
from topologies.errors import InputError

Safeguard = Literal["fencing-token", "drift-bound"]


def _tuple_of_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Range = Annotated[tuple[PositiveDuration, PositiveDuration], BeforeValidator(_tuple_of_list)]
OTHERS: Final = 2
"""Nodes that there are at least beside the authorities: the storage and a holder."""


class LeaseConfig(ProtocolConfig):
    """Options of leases; times are nanoseconds, each on the clock of the node that waits."""

    kind: Literal["lease"] = "lease"
    authorities: int = Field(
        default=1,
        ge=1,
        le=101,
        description="how many nodes, the first ones, give leases: one, or a group that agrees by Raft; the next node "
        "is the storage, all others are holders",
    )
    resources: int = Field(
        default=1, ge=1, le=1_000_000, description="what is leased; holder i wants number i modulo it"
    )
    term: PositiveDuration = Field(default=1_000_000_000, description="time for which a lease is given")
    drift_bound: Annotated[float, Field(ge=1.0, le=10.0)] = Field(
        default=1.02,
        description="most that one clock runs faster than another: the holder stops earlier by this factor",
    )
    margin: Duration = Field(default=0, description="time that the holder leaves off besides")
    renewal: Literal["ahead", "on-use"] = Field(
        default="ahead",
        description="ahead: a holder wants the lease all the time, and renews it before it ends; on-use: it asks when "
        "it is to be used and is not in force",
    )
    renew_after: PositiveDuration = Field(
        default=400_000_000, description="with ahead: time from asking for the lease until it asks for more time"
    )
    uses: Annotated[Rate, Field(gt=0, le=1e9)] = Field(
        default=10.0, description="how often a holder would use its resource, at random times"
    )
    writes: bool = Field(
        default=True, description="whether each use writes to the storage; else it concerns none but it"
    )
    hold: PositiveDuration | None = Field(
        default=None, description="time after which a holder gives the lease back; none: it keeps it while it can"
    )
    rest: PositiveDuration = Field(
        default=500_000_000,
        description="mean time from losing or giving back a lease until wanting it again; exponential",
    )
    retry: PositiveDuration = Field(
        default=200_000_000, description="longest time without a lease until asking again; uniform from half of it"
    )
    election_timeout: Range = Field(
        default=(150_000_000, 300_000_000), description="of a group of authorities, as of Raft"
    )
    heartbeat: PositiveDuration = Field(default=50_000_000, description="of a group of authorities, as of Raft")
    ablate: Annotated[tuple[Safeguard, ...], BeforeValidator(_tuple_of_list)] = Field(
        default=(), description="safeguards that are left out, to see what they are good for"
    )

    @property
    def terms(self) -> LeaseTerms:
        """For how long leases are given, and what holders leave off."""
        if "drift-bound" in self.ablate:
            return LeaseTerms(self.term)
        return LeaseTerms(self.term, self.drift_bound, self.margin)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        use = LeaseTerms(self.term, self.drift_bound, self.margin).use
        if use <= 0:
            found = f"found {format_duration(self.margin)}, which leaves nothing of the term"
            raise InputError(f"{found}, {format_duration(self.term)}; make it shorter", ("margin",))
        if self.renewal == "ahead" and self.renew_after >= use:
            found = f"found {format_duration(self.renew_after)}, not before the lease ends for its holder"
            raise InputError(f"{found}, after {format_duration(use)}; make it earlier", ("renew_after",))
        least, most = self.election_timeout
        if least > most or self.heartbeat >= most:
            found = f"found {format_duration(least)} to {format_duration(most)}"
            raise InputError(f"{found}; expected the least first, and the heartbeat below", ("election_timeout",))
        for place, name in enumerate(self.ablate):
            if name in self.ablate[:place]:
                raise InputError(f"found {name!r} a second time; name each safeguard once", ("ablate", place))
        return self

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where no node is left to be the storage and a holder."""
        if self.authorities + OTHERS > population:
            found = f"found {self.authorities} authorities in a topology of {population} nodes"
            raise InputError(f"{found}; leave {OTHERS} for the storage and a holder", ("authorities",))
