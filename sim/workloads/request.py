"""What clients and administrators ask of a server, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.workloads.operation import Operation


@dataclass(frozen=True, slots=True)
class ClientRequest:
    """An operation that a client asks for, numbered within the client's session from 1 on.

    A retry has the number of the first attempt. `oldest` is the lowest number that the client has no answer for yet:
    what was answered before may be forgotten (Ongaro's dissertation, section 6.3).
    """

    client: int
    sequence: int
    oldest: int
    operation: Operation


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """An administrator asks for other members: nodes that shall vote, leave, or hear without a vote."""

    client: int
    sequence: int
    add: tuple[int, ...] = ()
    remove: tuple[int, ...] = ()
    learners: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """An administrator asks the leader to hand over to `target`; None: to whom it likes."""

    client: int
    sequence: int
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `outcome` is one of

    `ok`: done, with `value`; `redirect`: not done here, ask `leader` where it is known; `refused`: not done, and never
    will be by this attempt; `timed-out`: done or not, now or later; `session-expired`: nobody knows.
    """

    client: int
    sequence: int
    outcome: str
    value: Any = None
    leader: int | None = None
