"""Every kind of scheduler by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.hardware.scheduler import Fifo, FifoConfig, Scheduler, SchedulerConfig
from sim.hardware.schedulers.predictive import Predictive, PredictiveConfig
from sim.hardware.schedulers.priority import Priority, PriorityConfig
from sim.hardware.schedulers.processor_sharing import ProcessorSharing, ProcessorSharingConfig
from sim.hardware.schedulers.shortest_remaining import ShortestRemaining, ShortestRemainingConfig
from sim.hardware.schedulers.work_stealing import WorkStealing
from sim.hardware.schedulers.work_stealing_config import WorkStealingConfig


@dataclass(frozen=True, slots=True)
class SchedulerKind:
    """One kind: the model of its options, the class, and what it is in one line."""

    config: type[SchedulerConfig]
    scheduler: type[Scheduler]
    description: str


_KINDS: Final[tuple[tuple[type[SchedulerConfig], type[Scheduler], str], ...]] = (
    (FifoConfig, Fifo, "one queue for all cores, first in, first out"),
    (PriorityConfig, Priority, "one queue for all cores, the most urgent task first, pre-emptive or not"),
    (ProcessorSharingConfig, ProcessorSharing, "all tasks at once, each with an equal share of the cores"),
    (ShortestRemainingConfig, ShortestRemaining, "the task with the least work left first, pre-emptive"),
    (
        PredictiveConfig,
        Predictive,
        "work stealing that forecasts the load of cores by how long tasks ran before",
    ),
    (WorkStealingConfig, WorkStealing, "a queue for each core; a core without work steals from others"),
)

SCHEDULERS: Final[dict[str, SchedulerKind]] = {
    str(config.model_fields["kind"].default): SchedulerKind(config, scheduler, description)
    for config, scheduler, description in _KINDS
}
