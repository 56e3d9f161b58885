"""What coordinators and standbys send. `epoch` numbers the coordinators: the greatest one is obeyed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.workloads.request import ClientRequest


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The coordinator of an epoch is there, and has carried out so many commands."""

    epoch: int
    number: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A command that has been carried out, as the one of that number."""

    epoch: int
    number: int
    request: ClientRequest


@dataclass(frozen=True, slots=True)
class StateWanted:
    """A standby has missed something."""


@dataclass(frozen=True, slots=True)
class State:
    """All that the coordinator holds."""

    epoch: int
    snapshot: Any


PAYLOADS = (Heartbeat, Copy, StateWanted, State)
