"""What samples of runs say: estimates with 95 % intervals, comparisons, fits, and how far each can be trusted.

The public functions of the modules of this package, in one place; users have it as `murmur.statistics`. scipy and
pandas are loaded when a function first needs them.
"""

from analysis.estimates import CONFIDENCE, Estimate, mean_of, median_of, quantile_of, share_of
from analysis.statistics.bootstrap import bca_mean, bca_median, bca_quantile
from analysis.statistics.differences import Difference, paired_difference, sign_test, unpaired_difference
from analysis.statistics.multiple import benjamini_hochberg, holm
from analysis.statistics.paired_times import PairedTimes, paired_times
from analysis.statistics.proportions import share_exact, share_wilson
from analysis.statistics.rare_events import rule_of_three, runs_needed, runs_to_see, upper_bound
from analysis.statistics.scaling import Fit, scaling_fits
from analysis.statistics.screening import MainEffect, main_effects
from analysis.statistics.sensitivity import SobolIndices, sobol_of
from analysis.statistics.share_differences import difference_of_shares, paired_difference_of_shares
from analysis.statistics.significance import Test
from analysis.statistics.steady_state import batch_means, warm_up_of
from analysis.statistics.survival import (
    PairwiseTest,
    Survival,
    logrank,
    pairwise_logrank,
    restricted_mean,
    survival_of,
)

__all__ = [
    "CONFIDENCE",
    "Difference",
    "Estimate",
    "Fit",
    "MainEffect",
    "PairedTimes",
    "PairwiseTest",
    "SobolIndices",
    "Survival",
    "Test",
    "batch_means",
    "bca_mean",
    "bca_median",
    "bca_quantile",
    "benjamini_hochberg",
    "difference_of_shares",
    "holm",
    "logrank",
    "main_effects",
    "mean_of",
    "median_of",
    "paired_difference",
    "paired_difference_of_shares",
    "paired_times",
    "pairwise_logrank",
    "quantile_of",
    "restricted_mean",
    "rule_of_three",
    "runs_needed",
    "runs_to_see",
    "scaling_fits",
    "share_exact",
    "share_of",
    "share_wilson",
    "sign_test",
    "sobol_of",
    "survival_of",
    "unpaired_difference",
    "upper_bound",
    "warm_up_of",
]
