"""Studies that are written down, for tests of their plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from typing import Any

import pandas as pd

from analysis.study_view import StudyView

Cell = tuple[Mapping[str, Any], Mapping[str, Sequence[float | None]]]
"""The factors of a cell, and the values of each metric, one for each seed; None where there is none."""


def study_of(cells: Sequence[Cell], name: str = "small", **changes: Any) -> StudyView:
    """A study of these cells, whose n-th runs share a seed and end at 100 s."""
    rows = [
        {
            **factors,
            "cell": number,
            "replicate": replicate,
            "seed": 1000 + replicate,
            "ended_ns": 100_000_000_000,
            "error": None,
            **{metric: nan if values[replicate] is None else values[replicate] for metric, values in metrics.items()},
        }
        for number, (factors, metrics) in enumerate(cells)
        for replicate in range(max(map(len, metrics.values())))
    ]
    factors, metrics = cells[0]
    columns = {"frame": pd.DataFrame(rows), "factors": tuple(factors), "metrics": tuple(metrics)}
    return StudyView(name, **{**columns, **changes})


def seconds(*values: float | None) -> list[float | None]:
    """Times in nanoseconds."""
    return [None if value is None else value * 1e9 for value in values]


def title_of(figure: Any) -> str:
    """The words above a figure, on one line."""
    return " ".join(figure.get_suptitle().split())


def legend_of(figure: Any) -> list[str]:
    """The words of a figure's legend, each on one line."""
    return [" ".join(text.get_text().split()) for legend in figure.legends for text in legend.get_texts()]
