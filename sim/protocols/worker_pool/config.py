"""The options of worker pools."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from sim.hardware.shared.layout import Layout
from sim.network.latency import ConstantLatency, Latency
from sim.protocol import ProtocolConfig
from sim.units import PositiveDuration, Probability
from topologies.errors import InputError


class WorkerPoolConfig(ProtocolConfig):
    """Options of a pool of workers; costs are work at full speed, in nanoseconds."""

    needs_cores: ClassVar[bool] = True

    kind: Literal["worker-pool"] = "worker-pool"
    agents: int = Field(default=1000, ge=1, le=10_000_000, description="agents of each node")
    workers: int = Field(default=4, ge=1, le=4096, description="threads that update them")
    steps: int = Field(default=10, ge=1, le=1_000_000_000, description="steps, in each of which every agent is updated")
    lasts: PositiveDuration | None = Field(
        default=None,
        description="time at which the pool is asked to shut down, at the end of the step that goes on then",
    )
    update: Latency = Field(default=ConstantLatency(value=1_000), description="work of one update of one agent")
    timeout: PositiveDuration | None = Field(
        default=None, description="work after which an update is given up, so that the agent stays as it was"
    )
    chunks: Literal["static", "dynamic", "guided", "stealing", "ordered"] = Field(
        default="static",
        description="how workers come by agents: an equal share each; the next chunk from a common counter; the same "
        "with chunks that get smaller; chunks of their own, then half of another's; or one worker takes all in "
        "ascending order, for tests",
    )
    chunk: int = Field(default=16, ge=1, description="agents of a chunk; the fewest where they get smaller")
    apply: Literal["at-barrier", "at-once"] = Field(
        default="at-barrier", description="when others see a new state: all together after the step, or at once"
    )
    serial: Latency = Field(
        default=ConstantLatency(value=0), description="work at the end of each step that one worker does alone"
    )
    exchange: bool = Field(
        default=False, description="whether each worker reads at the end of a step what each other one wrote"
    )
    lines: bool = Field(
        default=False, description="whether an update writes the agent's cache line, which other cores may hold"
    )
    neighbors: int = Field(default=8, ge=0, le=1024, description="neighbours of an agent, whose states it goes by")
    layout: Layout = Field(default=Layout(), description="where agents are in memory, and how much they take of it")
    rewire_every: PositiveDuration | None = Field(
        default=None,
        description="time between updates of who is whose neighbour, by read-copy-update; never if left out",
    )
    events: Probability = Field(default=0.0, description="chance that an update makes an event")
    listeners: int = Field(default=0, ge=0, le=4096, description="threads that hear of every event")
    buffer: int = Field(
        default=16, ge=0, le=1_000_000, description="batches that wait for a listener; more are dropped"
    )
    listen: Latency = Field(default=ConstantLatency(value=1_000), description="work of a listener with one event")
    flush_every: int = Field(
        default=1, ge=0, description="steps after which events are passed on as one batch; 0: each at once, by itself"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.events and not self.listeners:
            raise InputError("found events that nobody hears; say listeners: 1 or more", ("events",))
        if self.rewire_every is not None and not self.neighbors:
            raise InputError("found no neighbours to rewire; say neighbors: 1 or more", ("neighbors",))
        return self
