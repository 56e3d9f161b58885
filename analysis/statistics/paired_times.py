"""Times of the same seeds on two sides, either of which may never come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.estimates import Estimate, median_of, share_of
from analysis.statistics.differences import Difference, paired_difference, sign_test
from analysis.statistics.significance import Test
from topologies.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.statistics.survival import Times


@dataclass(frozen=True, slots=True)
class PairedTimes:
    """On which side it came first, pair by pair, and by how much.

    In `earlier` pairs it came earlier in the second, in `later` later, in `tied` at the same moment; in `unknown`
    pairs it cannot be said, as both runs ended before, or the one that ended might have had it first.
    `share_earlier` is the share of `earlier` among those that came apart. `median` is that of the differences, second
    minus first, infinite where it is not known when a side came; None where more than that is not known. `restricted`
    compares the times with those beyond `until` cut to it, so that all of them are known.
    """

    earlier: int
    later: int
    tied: int
    unknown: int
    share_earlier: Estimate | None
    median: Estimate | None
    restricted: Difference | None
    until: float
    test: Test

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        estimates = {"share_earlier": self.share_earlier, "median": self.median}
        return {
            **{name: getattr(self, name) for name in ("earlier", "later", "tied", "unknown", "until")},
            **{name: None if each is None else each.plain() for name, each in estimates.items()},
            "restricted": None if self.restricted is None else self.restricted.plain(),
            **self.test.plain(),
        }


def paired_times(first: Times, second: Times, until: float | None = None) -> PairedTimes | None:
    """Return whether, and by how much, a time comes earlier in a second lot of runs of the same seeds; None for none.

    Each is times and whether they came; one that did not is the end of its run. A pair tells as long as one of the
    two came before the other's run ended. Assumes independent pairs; that is all the share, the median (interval
    between order statistics) and the sign test need. The restricted difference is that of the mean times up to `until`,
    by default the first end of a run in which it had not come, and what `paired_difference` assumes. Raises InputError
    for lots that do not pair, and for a horizon beyond which a run ended.
    """
    import numpy as np

    one, one_came = np.asarray(first[0], dtype=float), np.asarray(first[1], dtype=bool)
    other, other_came = np.asarray(second[0], dtype=float), np.asarray(second[1], dtype=bool)
    if len(one) != len(other):
        raise InputError(f"found {len(one)} and {len(other)} runs; expected as many, pair by pair")
    if not len(one):
        return None
    signs = _signs(one, one_came, other, other_came)
    horizon = _horizon(np.concatenate([one[~one_came], other[~other_came]]), np.concatenate([one, other]), until)
    apart = signs[np.isfinite(signs) & (signs != 0)]
    differences = np.where(one_came & other_came, other - one, np.copysign(np.inf, signs))
    return PairedTimes(
        earlier=int((apart < 0).sum()),
        later=int((apart > 0).sum()),
        tied=int((signs == 0).sum()),
        unknown=int(np.isnan(signs).sum()),
        share_earlier=share_of(int((apart < 0).sum()), len(apart)),
        median=None if np.isnan(signs).any() else median_of(differences.tolist()),
        restricted=paired_difference(np.minimum(one, horizon).tolist(), np.minimum(other, horizon).tolist()),
        until=horizon,
        test=sign_test(apart),
    )


def _signs(one: NDArray[Any], one_came: NDArray[Any], other: NDArray[Any], other_came: NDArray[Any]) -> NDArray[Any]:
    """Return for each pair -1 where the second was earlier, 1 where later, 0 where neither; NaN where unknown."""
    import numpy as np

    both = np.where(other == one, 0.0, np.sign(other - one))
    only_first = np.where(other >= one, 1.0, np.nan)
    only_second = np.where(one >= other, -1.0, np.nan)
    return np.where(
        one_came & other_came, both, np.where(one_came, only_first, np.where(other_came, only_second, np.nan))
    )


def _horizon(ends: NDArray[Any], times: NDArray[Any], until: float | None) -> float:
    known = float(ends.min()) if ends.size else float(times.max())
    if until is None:
        return known
    if ends.size and until > known:
        raise InputError(f"until: found {until}; expected at most {known}, where the first run ended without it")
    return float(until)
