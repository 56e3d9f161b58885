"""What agents say to one another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """The phase and speed of the sender (`sim.protocols.attractor.phase`) when its local clock showed `stamp`."""

    phase: int
    speed: int
    stamp: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """The sender passes phase zero, when its local clock shows `stamp`."""

    stamp: int
