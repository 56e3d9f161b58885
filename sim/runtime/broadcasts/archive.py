"""All broadcasts that a node holds, and what it tells others of them, so that they can send what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim.runtime.broadcasts.cast import Cast


@dataclass(frozen=True, slots=True)
class Holding:
    """What a node holds of one origin: all up to `upto`, and some beyond."""

    origin: int
    upto: int
    beyond: tuple[int, ...] = ()


class Archive:
    """Broadcasts by origin and number, each once."""

    __slots__ = ("_beyond", "_casts", "_upto")

    def __init__(self) -> None:
        self._casts: dict[int, dict[int, Cast]] = {}
        self._upto: dict[int, int] = {}
        self._beyond: dict[int, set[int]] = {}

    def __contains__(self, identity: tuple[int, int]) -> bool:
        origin, number = identity
        return number in self._casts.get(origin, ())

    def __len__(self) -> int:
        return sum(map(len, self._casts.values()))

    def add(self, cast: Cast) -> bool:
        """Keep a broadcast; whether it is new."""
        own = self._casts.setdefault(cast.origin, {})
        if cast.number in own:
            return False
        own[cast.number] = cast
        beyond = self._beyond.setdefault(cast.origin, set())
        beyond.add(cast.number)
        upto = self._upto.get(cast.origin, 0)
        while upto + 1 in beyond:
            upto += 1
            beyond.remove(upto)
        self._upto[cast.origin] = upto
        return True

    def holdings(self) -> tuple[Holding, ...]:
        """What is held, by origin."""
        return tuple(
            Holding(origin, self._upto[origin], tuple(sorted(self._beyond[origin]))) for origin in sorted(self._casts)
        )

    def lacks(self, holdings: Iterable[Holding]) -> bool:
        """Whether another that holds this has anything that is not here."""
        for holding in holdings:
            own, upto = self._casts.get(holding.origin, {}), self._upto.get(holding.origin, 0)
            if holding.upto > upto and any(number not in own for number in range(upto + 1, holding.upto + 1)):
                return True
            if any(number not in own for number in holding.beyond):
                return True
        return False

    def lacked_by(self, holdings: Iterable[Holding], most: int) -> list[Cast]:
        """At most so many broadcasts that are here and not among these, the earliest of each origin first."""
        known: Mapping[int, Holding] = {holding.origin: holding for holding in holdings}
        lacking: list[Cast] = []
        for origin in sorted(self._casts):
            holding = known.get(origin, Holding(origin, 0))
            if holding.upto >= self._upto[origin] and not self._beyond[origin]:
                continue
            own, has = self._casts[origin], set(holding.beyond)
            lacking += [own[number] for number in sorted(own) if number > holding.upto and number not in has]
        return lacking[:most]
