"""What holders, authorities and the storage send."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """A holder's `number`-th question: to `acquire` a resource, to `renew` or to `release` the lease of that token."""

    number: int
    function: str
    resource: str
    token: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to that question: the token of the lease that is in force for the asker, None where there is none."""

    number: int
    token: int | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another authority is to be asked: `leader` where it is known."""

    number: int
    leader: int | None


@dataclass(frozen=True, slots=True)
class Write:
    """A use of a resource that reaches the storage, with the token of the lease that it rests on."""

    resource: str
    token: int
    number: int


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """The storage has seen a newer token."""

    resource: str
    token: int


PAYLOADS = (Ask, Answer, Elsewhere, Write, TurnedAway)
