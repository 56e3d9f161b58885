"""The hardware of nodes as a scenario describes it: cores, speeds and distances, the scheduler, what work costs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, SerializeAsAny, model_validator

from sim.hardware.cost import Cost, CostSampler, cost_sampler
from sim.hardware.memory.config import MemoryConfig
from sim.hardware.memory.records import MEMORY_RECORDS
from sim.hardware.priorities import Priorities
from sim.hardware.processor import Processor
from sim.hardware.scaling import Scaling, ScalingConfig
from sim.hardware.scheduler import FifoConfig, SchedulerConfig
from sim.hardware.schedulers.registry import SCHEDULERS
from sim.hardware.shared.costs import SharedCosts
from sim.hardware.transfer import Transfer
from sim.message import Message
from sim.network.latency import ConstantLatency
from sim.units import shown
from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.hardware.memory.memory import Memory
    from sim.hardware.task import Task
    from sim.kernel import Kernel
    from sim.randomness import Stream

MOST_CORES: Final = 4_096
TRACE_RECORDS: Final = ("cores", "ran", "stole", "parked", "woke", "core-stopped", "core-went-on", "runs", "waits")
"""Kinds of the records that traces of cores and schedulers are made of."""
_OPTIONS: Final = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)
_UNITS: Final = {"THz": 10**12, "GHz": 10**9, "MHz": 10**6, "kHz": 10**3, "Hz": 1}


def parse_frequency(value: Any) -> int:
    """Return cycles per second from text such as 3GHz, or from a whole number; raises InputError."""
    if isinstance(value, int) and not isinstance(value, bool) and 1_000 <= value <= 10**12:
        return value
    text = value.strip() if isinstance(value, str) else ""
    for unit, factor in _UNITS.items():
        if text.endswith(unit):
            try:
                cycles = Decimal(text.removesuffix(unit)) * factor
                if 1_000 <= cycles <= 10**12 and cycles == int(cycles):
                    return int(cycles)
            except InvalidOperation:
                pass
            break
    raise InputError(f"found {shown(value)}; expected a frequency from 1kHz to 1THz, such as 3GHz")


def format_frequency(cycles: int) -> str:
    """Return the shortest exact text of a frequency, such as 2.4GHz, which `parse_frequency` reads as the same."""
    unit, factor = next((unit, factor) for unit, factor in _UNITS.items() if cycles >= factor)
    exact = f"{Decimal(cycles) / factor:f}"
    return f"{exact.rstrip('0').rstrip('.') if '.' in exact else exact}{unit}"


Frequency = Annotated[
    int,
    BeforeValidator(parse_frequency, json_schema_input_type=int | str),
    PlainSerializer(format_frequency, return_type=str, when_used="json"),
]
"""Cycles per second; accepts text such as 3GHz."""


def scheduler_config(value: Any) -> Any:
    """Return the options of a scheduler from the block that names its kind, or its kind alone; raises InputError."""
    if isinstance(value, SchedulerConfig):
        return value
    block = {"kind": value} if isinstance(value, str) else value
    if not isinstance(block, Mapping) or "kind" not in block:
        raise InputError(f"found {shown(value)}; expected a scheduler, such as {{kind: fifo}}")
    kind = block["kind"]
    if kind not in SCHEDULERS:
        near = get_close_matches(str(kind), SCHEDULERS, 1)
        known = f"did you mean {near[0]}?" if near else "known: " + ", ".join(SCHEDULERS)
        raise InputError(f"unknown scheduler {shown(kind)}; {known}", ("kind",))
    return SCHEDULERS[kind].config.model_validate(dict(block))


class Costs(BaseModel):
    """How much work a node has with what it handles; what is not named costs nothing."""

    model_config = _OPTIONS
    message: Cost = Field(default=ConstantLatency(value=0), description="each message that arrives")
    timer: Cost = Field(default=ConstantLatency(value=0), description="each timer that is due")
    request: Cost = Field(default=ConstantLatency(value=0), description="each request of the workload")
    by_message: Mapping[str, Cost] = Field(
        default={}, description="messages of these kinds instead, such as AppendEntries: 20us"
    )


class HardwareConfig(BaseModel):
    """The cores of nodes. Work is in nanoseconds at full speed; a core of speed 0.5 takes twice as long."""

    model_config = _OPTIONS
    cores: int = Field(default=1, ge=1, le=MOST_CORES, description="cores of each node")
    sockets: int = Field(default=1, ge=1, description="the cores are split evenly over so many sockets, in order")
    frequency: Frequency = Field(default=3_000_000_000, description="cycles per second at full speed, such as 3GHz")
    speeds: tuple[Annotated[float, Field(ge=0.000_001, le=1_000)], ...] | None = Field(
        default=None, strict=False, description="speed of each core; 1, full speed, when left out"
    )
    scaling: ScalingConfig | None = Field(default=None, description="cores slow down while there is little to do")
    transfer: Transfer = Field(default=Transfer(), description="what it costs that a task moves to another core")
    scheduler: Annotated[
        SerializeAsAny[SchedulerConfig],
        BeforeValidator(scheduler_config, json_schema_input_type=dict[str, Any] | str),
    ] = Field(default=FifoConfig(), description="which task a core runs next")
    costs: Costs = Field(default=Costs(), description="how much work it is to handle what comes")
    priorities: Priorities | None = Field(
        default=None, description="how urgent what comes is, for schedulers with priorities; all alike when left out"
    )
    shared: SharedCosts = Field(
        default=SharedCosts(), description="how much work it is for a thread to use what it shares with others"
    )
    memory: MemoryConfig | None = Field(
        default=None, description="the pool that agents of the node take memory from; none is counted when left out"
    )
    nodes: tuple[Annotated[int, Field(ge=0)], ...] | None = Field(
        default=None, strict=False, description="the nodes that have it; all when left out"
    )
    trace: bool = Field(default=False, description="whether each stint of a task on a core is recorded")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.speeds is not None and len(self.speeds) != self.cores:
            found = f"found {len(self.speeds)} speeds for {self.cores} cores"
            raise InputError(f"{found}; expected one for each core", ("speeds",))
        if self.sockets > self.cores:
            found = f"found {self.sockets} sockets for {self.cores} cores"
            raise InputError(f"{found}; expected at most one for each core", ("sockets",))
        heeds = self.scheduler.kind == "priority" or getattr(self.scheduler, "priorities", False)
        if self.priorities is not None and not heeds:
            found = f"found priorities, which the scheduler {self.scheduler.kind} does not look at"
            raise InputError(
                f"{found}; choose {{kind: priority}}, or work-stealing with its priorities", ("priorities",)
            )
        return self

    def demand_messages(self, payloads: tuple[type, ...] | None) -> None:
        """Raise InputError where it speaks of messages that the protocol does not send; None: it does not say."""
        known = [payload.__name__ for payload in payloads or ()]
        named = [("costs", kind) for kind in self.costs.by_message]
        named += [("priorities", kind) for kind in (self.priorities.by_message if self.priorities else ())]
        unknown = [(block, kind) for block, kind in named if kind not in known]
        if payloads is not None and unknown:
            block, kind = unknown[0]
            near = get_close_matches(kind, known, 1)
            remedy = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(known)}"
            remedy = remedy if known else "it sends none"
            found = f"found {shown(kind)}, which the protocol does not send; {remedy}"
            raise InputError(found, (block, "by_message", kind))

    @property
    def records(self) -> tuple[str, ...]:
        """The kinds of records that it makes."""
        return (*(TRACE_RECORDS if self.trace else ()), *(MEMORY_RECORDS if self.memory is not None else ()))

    def build(self, kernel: Kernel, costs: Stream, scheduling: Stream, record: Callable[..., None]) -> Processor:
        """Return a processor; it draws costs from one stream, and its scheduler's choices from the other."""
        processor = Processor(kernel, self.speeds or (1.0,) * self.cores, self.sockets)
        processor.frequency = self.frequency
        processor.transfers = self.transfer
        processor.shared = self.shared
        processor.lasting = True
        processor.cost_of = self._cost_of(costs)
        processor.priority_of = None if self.priorities is None else self.priorities.chooser()
        processor.scheduler = SCHEDULERS[self.scheduler.kind].scheduler(processor, self.scheduler, scheduling)
        if self.scaling is not None:
            processor.scaling = Scaling(processor, self.scaling)
        if self.trace:
            processor.record = record
        return processor

    def build_memory(self, processor: Processor, record: Callable[..., None]) -> Memory | None:
        """Return the memory of a node, whose garbage collections stop the processor; None where none is described."""
        from sim.hardware.memory.memory import Memory

        kernel = processor.kernel
        return None if self.memory is None else Memory(self.memory, lambda: kernel._now, record, processor.wait)

    def _cost_of(self, stream: Stream) -> Callable[[Task], int]:
        samplers: dict[str, CostSampler] = {
            sort: cost_sampler(getattr(self.costs, sort), self.frequency) for sort in ("message", "timer", "request")
        }
        kinds = {kind: cost_sampler(cost, self.frequency) for kind, cost in self.costs.by_message.items()}

        def cost(task: Task) -> int:
            if task.sort == "message":
                message: Message = task.argument
                return kinds.get(message.kind, samplers["message"])(stream, message.size)
            sample = samplers.get(task.sort)
            return 0 if sample is None else sample(stream, 0)

        return cost
