"""Every kind of scheduler by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.hardware.scheduler import Fifo, FifoConfig, Scheduler, SchedulerConfig


@dataclass(frozen=True, slots=True)
class SchedulerKind:
    """One kind: the model of its options, the class, and what it is in one line."""

    config: type[SchedulerConfig]
    scheduler: type[Scheduler]
    description: str


_KINDS: Final[tuple[tuple[type[SchedulerConfig], type[Scheduler], str], ...]] = (
    (FifoConfig, Fifo, "one queue for all cores, first in, first out"),
)

SCHEDULERS: Final[dict[str, SchedulerKind]] = {
    str(config.model_fields["kind"].default): SchedulerKind(config, scheduler, description)
    for config, scheduler, description in _KINDS
}
