"""Correction of p for how many comparisons were made: what one of them finds by chance, many find surely."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p corrected so that the chance of even one false finding among all of them is bounded.

    Assumes nothing of how the tests depend on each other (Holm, "A simple sequentially rejective multiple test
    procedure", Scandinavian Journal of Statistics 6, 1979).
    """
    adjusted, least = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = least
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return p corrected so that the expected share of false ones among the findings is bounded.

    Assumes tests that are independent (Benjamini and Hochberg, "Controlling the false discovery rate", Journal of the
    Royal Statistical Society B 57, 1995), or depend on each other positively (Benjamini and Yekutieli, "The control of
    the false discovery rate in multiple testing under dependency", Annals of Statistics 29, 2001).
    """
    from scipy.stats import false_discovery_control

    return [float(p) for p in false_discovery_control(list(p_values))] if p_values else []
