"""What primaries and backups send. `view` numbers the primaries, and names them: view modulo the number of servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.workloads.request import ClientRequest


@dataclass(frozen=True, slots=True)
class Claim:
    """Asks for a grant of the lease in a view."""

    view: int


@dataclass(frozen=True, slots=True)
class Granted:
    """Grants it, and hands over what the grantor holds, with the view from which it has that."""

    view: int
    held: int
    snapshot: Any


@dataclass(frozen=True, slots=True)
class Renewal:
    """The primary asks for more time; it asked at `asked` on its clock, and has carried out so many commands."""

    view: int
    number: int
    asked: int


@dataclass(frozen=True, slots=True)
class Write:
    """A command, as the one of that number."""

    view: int
    number: int
    request: ClientRequest
    asked: int


@dataclass(frozen=True, slots=True)
class State:
    """All that the primary holds."""

    view: int
    snapshot: Any
    asked: int


@dataclass(frozen=True, slots=True)
class Held:
    """A backup holds so many commands of a view on its disk, -1: none of this view; `asked` of what it answers."""

    view: int
    number: int
    asked: int


@dataclass(frozen=True, slots=True)
class StateWanted:
    """A backup has missed something of a view."""

    view: int


PAYLOADS = (Claim, Granted, Renewal, Write, State, Held, StateWanted)
