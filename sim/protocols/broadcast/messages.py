"""What nodes send for broadcasts."""

from __future__ import annotations

from dataclasses import dataclass

from sim.runtime.broadcasts.archive import Holding
from sim.runtime.broadcasts.cast import Cast


@dataclass(frozen=True, slots=True)
class Pass:
    """A broadcast on its way."""

    cast: Cast


@dataclass(frozen=True, slots=True)
class Compare:
    """All that the sender holds; `answer`: what it lacks was sent already, and only the other may lack something."""

    holdings: tuple[Holding, ...]
    answer: bool = False


@dataclass(frozen=True, slots=True)
class Supply:
    """Broadcasts that the other has said to lack."""

    casts: tuple[Cast, ...]


PAYLOADS = (Pass, Compare, Supply)
