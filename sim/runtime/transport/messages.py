"""What runtimes send each other.

`mine` is the life of the sending runtime, `yours` the life of the other that it means: whoever is not in that life any
more takes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.runtime.reference import Reference


@dataclass(frozen=True, slots=True)
class ActorHello:
    """Which life are you in? The same with `answers` is the answer, with the question's own `nonce`."""

    mine: int
    nonce: int
    answers: bool


@dataclass(frozen=True, slots=True)
class ActorMessage:
    """A message to the actor `to`, as number `number` of those from this node to it."""

    mine: int
    yours: int
    to: str
    number: int
    sender: Reference
    payload: Any
    sent_at: int
    question: int | None
    capability: str | None


@dataclass(frozen=True, slots=True)
class ActorSignal:
    """A signal, as number `number` of those from this node: for the actor `to`, or about it, as `kind` says."""

    mine: int
    yours: int
    number: int
    kind: str
    to: str
    sender: Reference
    payload: Any
    sent_at: int
    question: int | None


@dataclass(frozen=True, slots=True)
class ActorAcknowledgement:
    """All before number `expected` has been taken; the numbers in `ahead` have arrived; `window` more are welcome.

    `to` is the actor, empty for signals; `number` is what has arrived just now, -1: nothing; `serial` numbers the
    acknowledgements, so that an old one is known.
    """

    mine: int
    yours: int
    to: str
    serial: int
    number: int
    expected: int
    window: int
    ahead: tuple[int, ...]


PAYLOADS = (ActorHello, ActorMessage, ActorSignal, ActorAcknowledgement)
