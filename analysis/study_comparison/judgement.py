"""What a difference between two cells amounts to: a verdict, and whether a bound on getting worse is kept.

Of each difference there is an interval and a p, corrected by Holm for all that are compared, so that the chance to call
even one of them better or worse where nothing changed is at most 5 %. A bound is kept where the interval of the
difference, at 95 %, does not reach beyond it (a test of non-inferiority; Piaggio and others,
"Reporting of noninferiority and equivalence randomized trials", JAMA 308, 2012). That all of them are kept needs no
correction.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, isfinite
from typing import Any, Final, Literal

from analysis.estimates import CONFIDENCE, Estimate
from analysis.study_comparison.change import Change, plain_change

Verdict = Literal["identical", "better", "worse", "differs", "no difference shown", "cannot tell"]
Bound = Literal["kept", "exceeded", "not excluded"]
MOST_SEEDS: Final = 100_000
"""Runs of a cell beyond which it is of no use to say how many would be needed."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A change with its corrected p, what it amounts to, and whether it keeps the bound, where one is asked for.

    `differs` is said of what is neither better nor worse by itself. `runs_needed` is about how many runs of a cell
    would decide about the bound, if differences went on as they are; None where that is decided, or nobody could.
    """

    change: Change
    adjusted: float
    verdict: Verdict
    bound: Bound | None
    runs_needed: int | None

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        told = {"p_adjusted": self.adjusted, "verdict": self.verdict, "bound": self.bound}
        return plain_change(self.change) | told | {"runs_needed": self.runs_needed}


def judged(change: Change, adjusted: float, worse_by: float | None) -> Judgement:
    """Return what a change amounts to; `worse_by` is the bound, as a part of the first value, of shares as points."""
    getting_worse = worsening(change)
    bound: Bound | None = None
    if worse_by is not None and getting_worse is not None:
        bound = _bound(change, getting_worse, worse_by)
    elif worse_by is not None and change.better is not None and change.first is not None:
        bound = "not excluded"  # what there was is not known any more
    needed = None
    if bound == "not excluded" and getting_worse is not None and worse_by is not None:
        needed = None if change.cut else _runs_needed(getting_worse, min(change.runs), _limit(change, worse_by))
    return Judgement(change, adjusted, _verdict(change, adjusted, bound), bound, needed)


def worsening(change: Change) -> Estimate | None:
    """Return by how much something got worse, below 0 where it got better: as a part of the first value where there is
    one, of shares of runs in points. None where neither is better, or nothing is known.
    """
    found = change.difference
    if found is None or change.better is None:
        return None
    estimate = found.value if change.sort != "metric" or found.relative is None else found.relative
    if change.better == "less":
        return estimate
    low, high = (None if bound is None else -bound for bound in (estimate.high, estimate.low))
    return Estimate(-estimate.value, low, high)


def _bound(change: Change, getting_worse: Estimate, worse_by: float) -> Bound:
    """Return what is known of a bound; one on a metric that was 0 or less is that it does not rise at all.

    None is kept by times that were cut where others came later: there the studies may differ by more.
    """
    limit = _limit(change, worse_by)
    if change.same or (change.sort != "metric" and getting_worse.value <= 0 and not change.second):
        return "kept"
    if getting_worse.low is None or getting_worse.high is None:
        return "not excluded"
    if getting_worse.high <= limit:
        return "not excluded" if change.cut else "kept"
    return "exceeded" if getting_worse.low > limit else "not excluded"


def _limit(change: Change, worse_by: float) -> float:
    """Return the bound of what `worsening` gives: 0 of a metric of which there was nothing to be a part of."""
    of_nothing = change.sort == "metric" and change.difference is not None and change.difference.relative is None
    return 0.0 if of_nothing else worse_by


def _verdict(change: Change, adjusted: float, bound: Bound | None) -> Verdict:
    """Return what a change amounts to, its direction being that of the test: Mann and Whitney's is not of medians."""
    if change.same:
        return "identical"
    found = change.difference
    if found is None:
        return "cannot tell"
    tells = found.effect if found.test.name == "Mann-Whitney" else found.value.value
    if adjusted < 1 - CONFIDENCE and tells != 0:
        if change.better is None:
            return "differs"
        return "worse" if (tells > 0) == (change.better == "less") else "better"
    if found.value.low is None or bound == "not excluded" or change.cut:
        return "cannot tell"
    return "no difference shown"


def _runs_needed(getting_worse: Estimate, runs: int, worse_by: float) -> int | None:
    """Return after how many runs the interval, which narrows with their square root, leaves the bound on one side."""
    value, low, high = getting_worse.value, getting_worse.low, getting_worse.high
    if low is None or high is None or not all(map(isfinite, (value, low, high))):
        return None
    half, room = (high - value, worse_by - value) if value < worse_by else (value - low, value - worse_by)
    needed = runs * (half / room) ** 2 if room else inf
    return ceil(needed) if needed <= MOST_SEEDS else None
