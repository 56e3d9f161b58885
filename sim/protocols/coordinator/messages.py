"""What coordinators and standbys send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.workloads.request import ClientRequest

Epoch = tuple[int, int]
"""(how many takeovers came before, who took over): the greater one is obeyed."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The coordinator of an epoch is there, and has carried out so many commands."""

    epoch: Epoch
    number: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A command that has been carried out, as the one of that number."""

    epoch: Epoch
    number: int
    request: ClientRequest


@dataclass(frozen=True, slots=True)
class StateWanted:
    """A standby has missed something."""


@dataclass(frozen=True, slots=True)
class State:
    """All that the coordinator holds."""

    epoch: Epoch
    snapshot: Any


PAYLOADS = (Heartbeat, Copy, StateWanted, State)
