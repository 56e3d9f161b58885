"""How far a run had come, and when it held what it was to reach: the parts of a convergence result."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Final

RESOLUTION: Final = 1 / 4096
"""Least change of the fraction for which a step is kept; at most 4096 nodes give an exact curve."""


@dataclass(slots=True)
class Progress:
    """A curve in steps: from `times[i]`, in nanoseconds, on it is at `fractions[i]`; before the first step at 0."""

    times: array[int] = field(default_factory=lambda: array("q"))
    fractions: array[float] = field(default_factory=lambda: array("d"))
    _last: tuple[int, float] = (0, 0.0)

    def note(self, time: int, fraction: float) -> None:
        """Say where it is from `time` on; times must not go back."""
        self._last = (time, fraction)
        if self.times and self.times[-1] == time:
            self.fractions[-1] = fraction
            return
        before = self.fractions[-1] if self.fractions else 0.0
        if abs(fraction - before) >= RESOLUTION or (fraction != before and (fraction == 1 or before == 1)):
            self._step(time, fraction)

    def finish(self) -> Progress:
        """Keep where it ended, however small the last change was; gives itself."""
        time, fraction = self._last
        if fraction != (self.fractions[-1] if self.fractions else 0.0):
            self._step(time, fraction)
        return self

    def at(self, time: int) -> float:
        """Return where it was at a time in nanoseconds."""
        from bisect import bisect_right

        after = bisect_right(self.times, time)
        return self.fractions[after - 1] if after else 0.0

    def longest_standstill(self, end: int) -> int:
        """Return the longest time, up to `end`, in which it did not grow although it was below one, in nanoseconds."""
        longest, since, before = 0, 0, 0.0
        for time, fraction in zip(self.times, self.fractions, strict=True):
            if before < 1 and fraction > before:
                longest = max(longest, time - since)
            if before >= 1 or fraction > before:
                since = time
            before = fraction
        return max(longest, end - since) if before < 1 else longest

    def _step(self, time: int, fraction: float) -> None:
        self.times.append(time)
        self.fractions.append(fraction)


@dataclass(slots=True)
class Spans:
    """When something held: closed spans (from, to) in nanoseconds, and since when it holds now, None when it does not.

    What is lost and regained at the same instant was not lost, and what was held for no time was not held.
    """

    closed: list[tuple[int, int]] = field(default_factory=list)
    since: int | None = None

    def note(self, time: int, holds: bool) -> None:
        """Say whether it holds from `time` on."""
        if holds and self.since is None:
            if self.closed and self.closed[-1][1] == time:
                self.since = self.closed.pop()[0]
            else:
                self.since = time
        elif not holds and self.since is not None:
            if self.since < time:
                self.closed.append((self.since, time))
            self.since = None


@dataclass(frozen=True, slots=True)
class ConvergenceResult:
    """What became of a run's convergence. Times in nanoseconds; all are of the run up to its end.

    `converged_at`: since when it has held without a break; None where it did not hold at the end (censored).
    `first_converged_at`: when it held for the first time, None where never.
    `lost`: the spans (lost at, regained at) in between, regained None where it stayed lost.
    `residue`: share of the nodes that were never reached, over all items; None where reaching nodes is not the aim.
    `progress`: the curve of the fraction reached.
    """

    converged_at: int | None
    first_converged_at: int | None
    lost: tuple[tuple[int, int | None], ...]
    residue: float | None
    progress: Progress


def result_of(spans: Spans, residue: float | None, progress: Progress) -> ConvergenceResult:
    """Put together what was observed."""
    begins = [begin for begin, _ in spans.closed] + ([] if spans.since is None else [spans.since])
    ends = [end for _, end in spans.closed]
    regained: list[int | None] = [*begins[1:], None]
    return ConvergenceResult(
        converged_at=spans.since,
        first_converged_at=begins[0] if begins else None,
        lost=tuple(zip(ends, regained, strict=False)),
        residue=residue,
        progress=progress.finish(),
    )
