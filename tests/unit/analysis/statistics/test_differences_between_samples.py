"""Differences of samples and of shares, paired and not, beside figures by hand and from the papers."""

from __future__ import annotations

from math import inf, nan

import pytest

from analysis.statistics import (
    benjamini_hochberg,
    difference_of_shares,
    holm,
    paired_difference,
    paired_difference_of_shares,
    paired_times,
    unpaired_difference,
)
from topologies.errors import InputError

BEFORE = [10.0, 12.0, 9.0, 14.0, 11.0, 13.0, 10.0, 12.0, 15.0, 9.0]
AFTER = [12.0, 13.0, 12.0, 15.0, 13.0, 14.0, 13.0, 13.0, 18.0, 11.0]


def test_a_paired_mean_has_the_paired_tests_figures() -> None:
    """The differences 2 1 3 1 2 1 3 1 3 2 have mean 1.9, standard deviation 0.876, and t = 6.86."""
    found = paired_difference(BEFORE, AFTER)
    assert found is not None
    assert found.value.value == pytest.approx(1.9)
    assert found.effect == pytest.approx(1.9 / 0.87560, rel=1e-4)
    assert found.test.statistic == pytest.approx(6.862, abs=1e-3)
    assert found.relative is not None
    assert found.relative.value == pytest.approx(1.9 / 11.5)
    assert found.value.low is not None
    assert 1.2 < found.value.low < 1.9
    assert found.pairs == 10
    assert found == paired_difference(BEFORE, AFTER)


def test_pairing_takes_away_what_runs_share() -> None:
    """The same values unpaired have a wider interval, and their larger p says that it may be chance."""
    paired, unpaired = paired_difference(BEFORE, AFTER), unpaired_difference(BEFORE, AFTER)
    assert paired is not None
    assert unpaired is not None
    assert unpaired.value.value == pytest.approx(paired.value.value)
    assert unpaired.test.p > 100 * paired.test.p
    assert unpaired.value.high is not None
    assert paired.value.high is not None
    assert unpaired.value.high > paired.value.high


def test_a_paired_median_and_the_sign_test_agree() -> None:
    """The interval of the median leaves 0 out just where the sign test gives p below 0.05."""
    for raised in range(21):
        second = [11.0 if place < raised else 9.0 - place / 100 for place in range(20)]
        found = paired_difference([10.0] * 20, second, "median")
        assert found is not None
        low, high = found.value.low, found.value.high
        assert low is not None
        assert high is not None
        assert (low > 0 or high < 0) == (found.test.p < 0.05)


def test_the_rank_biserial_correlation_weighs_by_size() -> None:
    """Of differences 1, 2, -3, 4 the ranks above 0 sum up to 7 of 10, so that it is 0.4."""
    found = paired_difference([0.0] * 4, [1.0, 2.0, -3.0, 4.0], "median")
    assert found is not None
    assert found.effect == pytest.approx(0.4)
    assert found.relative is None, "nothing is a part of 0"


def test_times_that_never_came_have_medians_but_no_means() -> None:
    """Never on one side is an infinite difference, never on both is none; the mean refuses them."""
    first, second = [1.0, 2.0, 3.0, inf, 5.0, 6.0, 7.0], [2.0, inf, inf, inf, inf, 7.0, inf]
    found = paired_difference(first, second, "median")
    assert found is not None
    assert found.value.value == inf
    with pytest.raises(InputError, match="never came"):
        paired_difference(first, second)
    with pytest.raises(InputError, match="as many, pair by pair"):
        paired_difference([1.0], [1.0, 2.0])
    with pytest.raises(InputError, match="expected one of mean, median"):
        paired_difference([1.0], [1.0], "mode")  # type: ignore[arg-type]


def test_pairs_without_a_value_are_left_out() -> None:
    """NaN on either side drops the pair, and nothing is said of no pairs."""
    found = paired_difference([1.0, nan, 3.0], [2.0, 2.0, nan])
    assert found is not None
    assert (found.pairs, found.value.value, found.value.low) == (1, 1.0, None)
    assert paired_difference([nan], [1.0]) is None
    assert unpaired_difference([], [1.0]) is None


def test_samples_that_do_not_vary_are_no_error() -> None:
    """Equal samples differ by exactly 0 with p = 1; a constant shift is beyond chance, by the sign test or by ranks."""
    same, shifted = paired_difference([3.0] * 8, [3.0] * 8), paired_difference([3.0] * 8, [4.0] * 8)
    assert same is not None
    assert shifted is not None
    assert (same.value.value, same.test.p, same.effect) == (0.0, 1.0, 0.0)
    assert (shifted.value.low, shifted.value.high, shifted.test.p, shifted.effect) == (1.0, 1.0, 2 / 2**8, inf)
    apart = unpaired_difference([3.0] * 8, [4.0] * 9)
    assert apart is not None
    assert (apart.effect, apart.test.p) == (1.0, 2 / 24310)
    assert apart.relative is not None
    assert apart.relative.low == apart.relative.high == pytest.approx(1 / 3)


def test_few_values_that_do_not_vary_are_not_sure() -> None:
    """Two or three whole numbers that rise by one alike may do so by chance: no interval, and p as of a coin."""
    for pairs, p in ((2, 0.5), (3, 0.25), (5, 1 / 16)):
        found = paired_difference([7.0] * pairs, [8.0] * pairs)
        assert found is not None
        assert (found.value.low, found.test.p) == (None, p)
    apart = unpaired_difference([7.0, 7.0], [8.0, 8.0])
    assert apart is not None
    assert (apart.value.low, apart.test.p) == (None, pytest.approx(1 / 3))


def test_a_part_that_is_the_same_in_all_pairs_has_bounds() -> None:
    """All values a tenth more are a tenth more, to the bit or to rounding, with an interval of no width."""
    first = [1.0, 2.0, 3.0, 5.0, 7.0, 11.0]
    found = paired_difference(first, [1.1 * value for value in first])
    assert found is not None
    assert found.relative is not None
    assert (found.relative.value, found.relative.low, found.relative.high) == pytest.approx((0.1, 0.1, 0.1))
    shifted = paired_difference(first, [value + 0.1 for value in first])
    assert shifted is not None
    assert (shifted.effect, shifted.test.p) == (inf, 1 / 32)


def test_ties_of_few_values_are_shared_out_in_all_ways() -> None:
    """Three ones beside three twos lie apart in 2 of 20 ways, for which the normal distribution has 2.5 %."""
    found = unpaired_difference([1.0] * 3, [2.0] * 3, "median")
    assert found is not None
    assert found.test.p == pytest.approx(0.1)
    alone = unpaired_difference([1.0], [1.0, 2.0, 3.0], "median")
    assert alone is not None
    assert alone.test.p > 0.3


def test_one_side_that_does_not_vary_is_compared_without_a_warning() -> None:
    """A constant beside values around it has Welch's t of the spread of the other side alone: 1.5 / (1 / √6 · 1.87)."""
    found = unpaired_difference([3.0] * 6, [2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    assert found is not None
    assert found.test.statistic == pytest.approx(1.5 / (1.870829 / 6**0.5))


def test_medians_that_came_on_neither_side_do_not_differ() -> None:
    """Where it never came in half of the runs on both sides the medians differ by nothing, whatever the ranks say."""
    found = unpaired_difference([inf] * 10, [1.0, 2.0, 3.0, 4.0] + [inf] * 6, "median")
    assert found is not None
    assert (found.value.value, found.effect) == (0.0, pytest.approx(-0.4))


def test_cliffs_delta_counts_pairs_of_values() -> None:
    """Of 3 × 3 pairs the second value is larger in 6, smaller in 2, equal in 1: delta is 4/9."""
    for statistic in ("mean", "median"):
        found = unpaired_difference([1.0, 3.0, 5.0], [2.0, 5.0, 6.0], statistic)  # type: ignore[arg-type]
        assert found is not None
        assert found.effect == pytest.approx(4 / 9)


def test_newcombes_interval_is_that_of_his_paper() -> None:
    """56 of 70 against 48 of 80 differ by 0.20, with the interval 0.0524 to 0.3339 (Newcombe 1998, table II, a)."""
    found = difference_of_shares(48, 80, 56, 70)
    assert found is not None
    assert found.value.value == pytest.approx(0.2)
    assert (found.value.low, found.value.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    none = difference_of_shares(0, 10, 0, 20)
    assert none is not None
    assert (none.value.low, none.value.high) == pytest.approx((-0.2775, 0.1611), abs=1e-4)
    assert (none.relative, none.test.p) == (None, 1.0)
    assert difference_of_shares(0, 0, 1, 1) is None


def test_paired_shares_are_tested_by_the_pairs_that_differ() -> None:
    """Nine gained and one lost of forty: p is that of nine heads or more, or one or fewer, in ten throws."""
    first = [True] * 11 + [False] * 29
    second = [False] + [True] * 19 + [False] * 20
    found = paired_difference_of_shares(first, second)
    assert found is not None
    assert found.value.value == pytest.approx(8 / 40)
    assert found.test.p == pytest.approx(22 / 1024)
    assert found.effect == pytest.approx(0.4)
    assert found.value.low is not None
    assert found.value.low > 0
    with pytest.raises(InputError, match="pair by pair"):
        paired_difference_of_shares([True], [])


def test_a_time_that_never_came_is_compared_where_the_other_came_first() -> None:
    """Whether a run that ended would have been first is known only where the other came before its end."""
    first = ([1.0, 9.0, 5.0, 9.0, 3.0, 4.0], [True, False, False, False, True, True])
    second = ([2.0, 5.0, 9.0, 9.0, 3.0, 9.0], [True, True, True, False, True, False])
    found = paired_times(first, second)
    assert found is not None
    assert (found.earlier, found.later, found.tied, found.unknown) == (1, 2, 1, 2)
    assert found.median is None
    assert found.until == 5
    assert found.restricted is not None
    assert found.restricted.value.value == pytest.approx((1 + 0 + 0 + 0 + 0 + 1) / 6)
    with pytest.raises(InputError, match="expected at most 5"):
        paired_times(first, second, until=6)
    assert paired_times(([], []), ([], [])) is None


def test_paired_times_that_can_all_be_compared_have_a_median() -> None:
    """A side that never came is infinitely later."""
    first = ([1.0, 2.0, 3.0], [True, True, True])
    second = ([2.0, 9.0, 9.0], [True, False, False])
    found = paired_times(first, second)
    assert found is not None
    assert found.median is not None
    assert found.median.value == inf
    assert found.share_earlier is not None
    assert found.share_earlier.value == 0


def test_holm_multiplies_the_smallest_p_most() -> None:
    """The example of Holm's procedure by hand: 4 × 0.005, 3 × 0.01, 2 × 0.03, then no smaller than before."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == benjamini_hochberg([]) == []


def test_benjamini_and_hochbergs_own_example() -> None:
    """Of the fifteen p of their paper (section 3.2), four are below 0.05 after correction, three by Holm."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert sum(each <= 0.05 for each in benjamini_hochberg(p)) == 4
    assert sum(each <= 0.05 for each in holm(p)) == 3
