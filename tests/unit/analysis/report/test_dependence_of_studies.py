"""What a report says a metric depends on most, and when it says that the study does not tell."""

from __future__ import annotations

from math import nan

import pandas as pd
import pytest

from analysis.plots.sensitivity import COLUMNS, MAIN_EFFECT, TOTAL
from analysis.report.study_dependence import dependence_table, strongest

Row = tuple[str, float, float, float]


def totals(*rows: Row) -> pd.DataFrame:
    """Total indices with the bounds of their intervals."""
    found = [("", name, TOTAL, value, low, high, nan, nan, 32, 160) for name, value, low, high in rows]
    return pd.DataFrame(found, columns=list(COLUMNS))


def effects(*rows: tuple[str, float, float], points: int = 16) -> pd.DataFrame:
    """Main effects with their p."""
    found = [("", name, MAIN_EFFECT, share, nan, nan, 0.5, p, points, 48) for name, share, p in rows]
    return pd.DataFrame(found, columns=list(COLUMNS))


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (
            totals(("a", 0.7, 0.5, 0.9), ("b", 0.3, 0.2, 0.4)),
            "It depends most on a (total Sobol index: 70 % (50 to 90)",
        ),
        (
            totals(("a", 0.5, 0.3, 0.7), ("b", 0.4, 0.2, 0.6)),
            "It depends most on a or b: this study does not tell which.",
        ),
        (
            totals(("b", 0.4, 0.2, 0.6), ("a", 0.5, 0.3, 0.7), ("c", 0.35, 0.2, 0.5), ("d", 0.1, 0.0, 0.2)),
            "It depends most on a, b or c: this study",
        ),
        (
            totals(("a", 0.8, 0.1, 1.2), ("b", 0.3, 0.1, 0.5)),
            "intervals up to 110 % of the variance wide: 32 base points are too few; take 256.",
        ),
        (totals(("a", 0.9, nan, nan), ("b", 0.8, nan, nan)), "It depends most on a or b: this study"),
        (effects(("a", 0.6, 0.001), ("b", 0.5, 0.01), ("c", 0.1, 0.9)), "It depends most on a or b: this study"),
        (effects(("a", 0.6, 0.001), ("b", 0.2, 0.01)), "It depends most on a (share of the variance of ranks: 60 %)."),
    ],
)
def test_the_strongest_factor_is_named_where_the_study_tells(frame: pd.DataFrame, words: str) -> None:
    """A factor is called the strongest only where others lie below it; otherwise all that may be are named."""
    assert words in strongest(frame)


def test_nothing_is_said_where_no_effect_is_beyond_noise() -> None:
    """A large share by chance alone is no dependence."""
    assert strongest(effects(("a", 0.3, 0.2), ("b", 0.1, 0.9))) == ""


def test_the_table_says_over_how_many_points_and_where_they_are_too_few() -> None:
    """The note below the table has the points of main effects, and the metric whose intervals are too wide."""
    note = dependence_table({"messages": effects(("a", 0.6, 0.01)), "rounds": totals(("a", 0.8, 0.1, 1.2))}).note
    assert "over 16 points" in note
    assert "Rounds: Its Sobol indices have intervals up to 110 %" in note
