"""What analysers, risk managers and the execution engine tell each other. Orders are numbered as the ticks that they
come of, so that one that comes again is known whoever sends it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proposal:
    """An analyser would trade so much of an instrument because of a tick of that time, in ns of the market."""

    number: int
    instrument: int
    quantity: int
    ticked_at: int


@dataclass(frozen=True, slots=True)
class Order:
    """The risk manager of an epoch wants it carried out."""

    epoch: int
    number: int
    instrument: int
    quantity: int
    ticked_at: int


@dataclass(frozen=True, slots=True)
class Executed:
    """An order was carried out."""

    number: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """An order will never be carried out."""

    number: int


@dataclass(frozen=True, slots=True)
class Outdated:
    """An order was of an earlier epoch than this one, and came to nothing."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Fence:
    """A risk manager takes over: no order of an earlier epoch is to be taken any more."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """The positions of all instruments, of which only orders of this epoch can make others."""

    epoch: int
    positions: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The risk manager of an epoch is at work."""

    epoch: int
