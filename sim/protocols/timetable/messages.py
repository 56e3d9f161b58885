"""What agents and a central scheduler send each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Here:
    """An agent is there, and ticks at this offset into each period, in nanoseconds; None: it has no slot yet."""

    offset: int | None


@dataclass(frozen=True, slots=True)
class Slot:
    """Tick at this offset into each period, in nanoseconds."""

    offset: int


PAYLOADS = (Here, Slot)
