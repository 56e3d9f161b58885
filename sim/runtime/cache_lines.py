"""What it costs that another core used a mailbox or a channel last: it has to come over, as a cache line does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.hardware.task import Thread

if TYPE_CHECKING:
    from sim.runtime.actor import Actor
    from sim.runtime.cell import Cell
    from sim.runtime.channel import Channel


def fetch(cell: Cell, target: Cell | Channel | None) -> int:
    """Work until the core of an actor has what another core used last, in nanoseconds; from now on it is there."""
    thread = cell.thread
    if target is None or not isinstance(thread, Thread) or thread.core is None:
        return 0
    last, target.line = target.line, thread.core
    return 0 if last is None or last is thread.core else thread.processor.transfer(last, thread.core)


def cost_of_channels(actor: Actor, channels: Sequence[Channel]) -> int:
    """Work of looking at channels and using one of them, in nanoseconds; none on a node without cores."""
    if not actor.runtime.costed:
        return 0
    return actor.runtime.costs.enqueue + sum([fetch(actor._cell, channel) for channel in channels])
