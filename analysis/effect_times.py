"""How long effects of actors took, and how many came in a second."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from analysis.client_operations import quantile_of

if TYPE_CHECKING:
    from sim.records import Record

SECOND: Final = 1_000_000_000


class EffectTimes:
    """Collects `timed` (effect, took in ns) of actors, by effect."""

    kinds = frozenset(("timed",))

    def __init__(self) -> None:
        self.times: dict[str, array[int]] = {}
        self._last: dict[str, int] = {}

    def observe(self, record: Record) -> None:
        """Take a record; one of another protocol that is called the same counts for nothing."""
        fields = record.fields
        if "effect" in fields and "took" in fields:
            effect = fields["effect"]
            self.times.setdefault(effect, array("q")).append(fields["took"])
            self._last[effect] = record.time

    def quantiles(self, share: float) -> dict[str, int]:
        """Return the least time, in nanoseconds, that a share of the times of each effect did not exceed."""
        found = {effect: quantile_of(times, share) for effect, times in sorted(self.times.items())}
        return {effect: time for effect, time in found.items() if time is not None}

    def rates(self) -> dict[str, float]:
        """Return how many came in a second, from the beginning of the run to the last of each effect."""
        timed = ((effect, len(times), self._last[effect]) for effect, times in sorted(self.times.items()))
        return {effect: number * SECOND / last for effect, number, last in timed if last}
