"""The messages of gossip. Equal ones are shared objects, so that a contact costs no payload of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.protocols.gossip.entry import Entry, Stamp


@dataclass(frozen=True, slots=True, eq=False)
class Push:
    """Rumours that the caller spreads."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PushPull:
    """Rumours that the caller spreads, with the question for others."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pull:
    """The question for rumours."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Rumours in answer to that question."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Feedback:
    """Which of the rumours that were told, by a call or in an answer, were news."""

    entries: tuple[Entry, ...]
    news: tuple[bool, ...]
    to_answer: bool


@dataclass(frozen=True, slots=True, eq=False)
class Refusal:
    """The one called has answered as many calls in this period as it may."""

    reconciling: bool


@dataclass(frozen=True, slots=True, eq=False)
class Digest:
    """The stamp of each key that the caller of an anti-entropy exchange holds."""

    stamps: dict[str, Stamp]


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """The reply to a digest: entries that are newer here, and keys of which the other's entry is newer."""

    entries: tuple[Entry, ...]
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Delta:
    """The entries that were wanted."""

    entries: tuple[Entry, ...]


PULL: Final = Pull()
PAYLOADS: Final = (Push, PushPull, Pull, Answer, Feedback, Refusal, Digest, Difference, Delta)
REFUSALS: Final = (Refusal(reconciling=False), Refusal(reconciling=True))
