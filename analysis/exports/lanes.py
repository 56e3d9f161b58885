"""Lanes for what overlaps in time, where a form wants what is on one track to nest."""

from __future__ import annotations

from collections.abc import Hashable


class Lanes:
    """Puts spans on the first lane of their place that is free; spans come in the order of their begins, or of ends."""

    def __init__(self) -> None:
        self._until: dict[Hashable, list[int]] = {}

    def lane(self, place: Hashable, begin: int, end: int) -> int:
        """Return the number of the lane, from 0, on which a span from `begin` to `end` (ns) touches no other."""
        ends = self._until.setdefault(place, [])
        found = next((lane for lane, until in enumerate(ends) if until <= begin), len(ends))
        ends[found : found + 1] = [end]
        return found
