"""What clients and the pool of connections send each other. `number` names a loan: a client draws it once for each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """A client asks for a connection."""

    number: int


@dataclass(frozen=True, slots=True)
class Lent:
    """The client has the connection."""

    number: int


@dataclass(frozen=True, slots=True)
class Returned:
    """The client does not need the connection any more."""

    number: int
