"""The options of the network, one frozen object; every fault of a link is off by default."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sim.network.latency import ConstantLatency, Latency
from sim.units import Bandwidth, Duration, PositiveDuration, Probability, Size

_OPTIONS = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


class IndependentLoss(BaseModel):
    """Each message is lost with the same probability, whatever became of the others."""

    model_config = _OPTIONS
    kind: Literal["independent"] = "independent"
    probability: Probability = Field(description="probability that a message is lost")

    @property
    def ever(self) -> bool:
        """Whether it can lose a message at all."""
        return self.probability > 0


class BurstLoss(BaseModel):
    """Gilbert-Elliott loss: the link is in a good or a bad state, and may change it before each message.

    The mean burst lasts 1 / leave_bad messages; the share of time in the bad state is
    enter_bad / (enter_bad + leave_bad) (Gilbert 1960; Elliott 1963).
    """

    model_config = _OPTIONS
    kind: Literal["gilbert-elliott"] = "gilbert-elliott"
    enter_bad: Probability = Field(description="probability of turning bad, at each message in the good state")
    leave_bad: Probability = Field(gt=0, description="probability of turning good, at each message in the bad state")
    loss_good: Probability = Field(default=0.0, description="loss probability in the good state")
    loss_bad: Probability = Field(default=1.0, description="loss probability in the bad state")

    @property
    def ever(self) -> bool:
        """Whether it can lose a message at all."""
        return self.loss_good > 0 or (self.enter_bad > 0 and self.loss_bad > 0)


def _from_probability(value: Any) -> Any:
    """A bare probability stands for independent loss."""
    return {"kind": "independent", "probability": value} if isinstance(value, (str, int, float)) else value


_LossKinds = Annotated[IndependentLoss | BurstLoss, Field(discriminator="kind")]

Loss = Annotated[_LossKinds, BeforeValidator(_from_probability, json_schema_input_type=Probability | _LossKinds)]


class Reordering(BaseModel):
    """A share of the messages is held back, so that later ones overtake them."""

    model_config = _OPTIONS
    probability: Probability = Field(description="probability that a message is held back")
    delay: PositiveDuration = Field(description="longest time that it is held back; uniform from zero")


class NetworkConfig(BaseModel):
    """What every link of the network does to messages.

    `routing`: a message to a node that is no neighbour goes hop by hop along a shortest path, or is rejected.
    """

    model_config = _OPTIONS
    latency: Latency = Field(
        default=ConstantLatency(value=1_000_000), description="time on the way, on top of what the topology measures"
    )
    link_latency: Latency | None = Field(
        default=None, description="further time on the way, drawn once for each link and direction"
    )
    jitter: Duration = Field(default=0, description="uniform extra delay from zero to this")
    loss: Loss = Field(default=IndependentLoss(probability=0.0), description="messages that never arrive")
    duplication: Probability = Field(default=0.0, description="probability that a second copy is delivered")
    reordering: Reordering | None = Field(default=None, description="messages held back so that others overtake")
    corruption: Probability = Field(
        default=0.0, description="probability that a message arrives damaged, is found out by its checksum and dropped"
    )
    bandwidth: Bandwidth | None = Field(default=None, description="bits per second of each link and direction")
    queue: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="messages that wait for a link with bandwidth; more are dropped"
    )
    message_size: Size = Field(default=0, description="bytes of a message that does not state its size")
    ordered: bool = Field(default=False, description="no message overtakes another on the same link")
    routing: Literal["shortest-path", "reject"] = Field(
        default="shortest-path", description="what happens to messages between nodes that are no neighbours"
    )

    @model_validator(mode="after")
    def _consistent(self) -> NetworkConfig:
        if self.queue is not None and self.bandwidth is None:
            raise ValueError("queue needs a bandwidth: without one no message waits; set network.bandwidth")
        if self.ordered and self.reordering is not None:
            raise ValueError("ordered and reordering contradict each other; leave one of them out")
        return self

    @property
    def only_latency(self) -> bool:
        """Whether nothing but latency can happen on a link, however the rest is configured: the fast path."""
        return not (
            self.loss.ever
            or self.jitter
            or self.duplication
            or (self.reordering is not None and self.reordering.probability)
            or self.corruption
            or self.bandwidth is not None
            or self.ordered
        )
