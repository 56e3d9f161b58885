"""The options of calls that fan out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.network.latency import ConstantLatency, Latency
from sim.runtime.actor_protocol import ActorConfig
from sim.runtime.retry_policy import RetryPolicy
from sim.units import Duration, PositiveDuration, Probability
from topologies.errors import InputError


class FanOutConfig(ActorConfig):
    """Options of calls that fan out; times are nanoseconds. Node 0 calls, all others are leaves.

    The answer of a call has `parts`, each of which `copies` leaves can give; a leaf serves one request after the other.
    """

    kind: Literal["fan-out"] = "fan-out"
    calls: Annotated[int, Field(ge=1)] = Field(default=100, description="calls, one after the other")
    pause: Duration = Field(default=0, description="time between the end of a call and the next")
    copies: Annotated[int, Field(ge=1)] = Field(
        default=1, description="leaves that can give the same part; there are as many parts as leaves have it"
    )
    needed: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="parts with which a call is complete; all when left out"
    )
    service: Latency = Field(
        default=ConstantLatency(value=1_000_000), description="time that a leaf takes to serve a request"
    )
    failures: Probability = Field(default=0.0, description="share of the requests that a leaf never answers")
    timeout: PositiveDuration = Field(
        default=1_000_000_000, description="time after which an attempt at a part is given up"
    )
    hedge_after: PositiveDuration | None = Field(
        default=None,
        description="ask one leaf for a part, and another of its copies after each such time without an answer; all "
        "at once when left out",
    )
    retry: RetryPolicy = Field(
        default=RetryPolicy(retries=0), description="how often a part without an answer is tried again, and when"
    )

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where there are no leaves for a part, or fewer parts than are needed."""
        parts = (population - 1) // self.copies
        if not parts:
            found = f"found {self.copies} copies for {population - 1} leaves"
            raise InputError(f"{found}; make them fewer, or the nodes more", ("copies",))
        if self.needed is not None and self.needed > parts:
            found = f"found {self.needed}, and {population - 1} leaves with {self.copies} copies have {parts} parts"
            raise InputError(f"{found}; expected at most these", ("needed",))
