"""How long a swarm takes to come back to its goal after each strike of a fault."""

from __future__ import annotations

from bisect import bisect_right
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sim.records import Record


class Recovered(NamedTuple):
    """When a fault of this kind struck, in nanoseconds, and how long it took from then; None: it never came back."""

    fault: str
    at: int
    took: int | None


class Strikes:
    """Collects the strikes of faults; those that only end others count as well, for they change something too."""

    kinds = frozenset(("fault",))

    def __init__(self) -> None:
        self.struck: list[tuple[int, str]] = []

    def observe(self, record: Record) -> None:
        """Take a record of a fault."""
        if record.fields["phase"] not in ("end", "total"):
            self.struck.append((record.time, str(record.fields["fault"])))

    def recovered(self, held: list[tuple[int, int | None]]) -> list[Recovered]:
        """Return how long it took after each strike, by the spans in which a condition held, the last one maybe open.

        From the strike to the begin of the next span in which it holds; 0 where it held at the strike and on until the
        next strike at another time.
        """
        times = sorted({time for time, _ in self.struck})
        following = dict(zip(times, [*times[1:], None], strict=True))
        return [Recovered(fault, time, _took(time, following[time], held)) for time, fault in self.struck]


def _took(time: int, following: int | None, held: list[tuple[int, int | None]]) -> int | None:
    place = bisect_right([begin for begin, _ in held], time)
    if place:
        lost = held[place - 1][1]
        if lost is None or (lost > time and following is not None and lost > following):
            return 0
    return held[place][0] - time if place < len(held) else None


def median_of(recovered: list[Recovered]) -> float | None:
    """Return the median time, None where it never came: what never came is longer than all that did."""
    times = sorted(float("inf") if one.took is None else one.took for one in recovered)
    middle = median(times) if times else float("inf")
    return None if middle == float("inf") else middle


def longest_of(recovered: list[Recovered]) -> int | None:
    """Return the longest time, None where one never came."""
    times = [one.took for one in recovered]
    known = [time for time in times if time is not None]
    return max(known) if known and len(known) == len(times) else None


def longest_by_fault(recovered: list[Recovered]) -> dict[str, int]:
    """Return the longest time of each kind of fault, of those that came."""
    longest: dict[str, int] = {}
    for one in recovered:
        if one.took is not None:
            longest[one.fault] = max(longest.get(one.fault, 0), one.took)
    return dict(sorted(longest.items()))
