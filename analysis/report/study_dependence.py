"""On which factors of a study its metrics depend, and how far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan, nan
from typing import TYPE_CHECKING, Any, Final

from analysis.plots.sensitivity import MAIN_EFFECT, TOTAL, sensitivity_frame, too_few_points
from analysis.report.blocks import Cell, Column, Table
from analysis.report.facts import StudyFacts
from analysis.report.study_estimates import DASH, interval_words, p_words
from analysis.report.words import metric_words
from analysis.statistics.sensitivity import ENOUGH_POINTS
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

STRONG: Final = 0.1
"""Share of the variance from which on a factor is worth a sentence."""
SURE: Final = 0.05
"""Largest p, corrected for the number of factors, of a main effect that is."""

Dependence = Mapping[str, "pd.DataFrame"]


def dependence_of(facts: StudyFacts) -> Dependence:
    """Return for each metric how far it depends on each factor; nothing where fewer than two vary."""
    if len(facts.view.varied()) < 2:
        return {}
    found = {}
    for metric in facts.view.metrics:
        try:
            found[metric] = sensitivity_frame(facts.view, metric)
        except InputError:  # too many factors, or no run with a value
            continue
    return {metric: frame for metric, frame in found.items() if len(frame)}


def strongest(frame: pd.DataFrame) -> str:
    """Return in words on what a metric depends most, as far as the study tells; empty where on nothing much.

    A Sobol index is the largest where its interval lies above those of all others, a main effect where no other that is
    beyond noise has more than half of its share.
    """
    telling = frame[frame["index"].isin((TOTAL, MAIN_EFFECT))].sort_values("value", ascending=False, kind="stable")
    first = telling.iloc[0]
    if not first["value"] >= STRONG or first["p"] >= SURE:
        return _few(frame)
    rivals = telling.iloc[1:]
    if first["index"] == TOTAL:
        beside = rivals[~(rivals["high"] < first["low"])]
    else:
        beside = rivals[(rivals["p"] < SURE) & (rivals["value"] > first["value"] / 2)]
    what = "total Sobol index" if first["index"] == TOTAL else "share of the variance of ranks"
    if len(beside):
        *others, last = [str(first["factor"]), *map(str, beside["factor"])]
        return f"It depends most on {', '.join(others)} or {last}: this study does not tell which.{_few(frame, ' ')}"
    return f"It depends most on {first['factor']} ({what}: {_share(first).whole}).{_few(frame, ' ')}"


def _few(frame: pd.DataFrame, before: str = "") -> str:
    """Return that there are too few points for Sobol indices, where there are."""
    if not too_few_points(frame):
        return ""
    points, widest = int(frame["points"].max()), (frame["high"] - frame["low"]).max()
    return (
        f"{before}Its Sobol indices have intervals up to {widest:.0%} of the variance wide: {points:,} base points are "
        f"too few; take {max(ENOUGH_POINTS, 2 * points):,}."
    ).replace("%", " %")


def dependence_table(dependence: Dependence) -> Table:
    """Return a row for each metric, factor and index."""
    sobol = any((frame["index"] == TOTAL).any() for frame in dependence.values())
    main = any((frame["index"] == MAIN_EFFECT).any() for frame in dependence.values())
    columns = [Column("metric"), Column("factor"), Column("index"), Column("share", True)]
    columns += [Column("direction", True), Column("p, by Holm", True)] if main else []
    rows = tuple(tuple(_row(metric, row, main)) for metric, frame in dependence.items() for _, row in frame.iterrows())
    note = (
        "Sobol indices with 95 % intervals: first order, by itself; total, with all that it does with others."
        if sobol
        else ""
    )
    if main:
        over = sorted(
            {int(frame["points"].max()) for frame in dependence.values() if (frame["index"] == MAIN_EFFECT).any()} - {0}
        )
        test = f"by Spearman's correlation or Kruskal and Wallis over {over[-1]:,} points" if over else ""
        note += (
            " Main effects: the share of the variance of ranks that a factor explains by itself "
            f"({test or 'Kruskal and Wallis'}); direction: Spearman's correlation."
        )
    note += "".join(f" {metric_words(name)}: {_few(frame)}" for name, frame in dependence.items() if _few(frame))
    return Table("table-dependence", "What the metrics depend on", tuple(columns), rows, note.strip())


def _row(metric: str, row: pd.Series[Any], main: bool) -> Iterator[Cell]:
    yield from (Cell(metric_words(metric)), Cell(str(row["factor"])), Cell(str(row["index"])), _share(row))
    if main:
        direction, p = float(row["direction"]), float(row["p"])
        yield Cell(DASH, nan) if isnan(direction) else Cell(f"{direction:+.2f}", direction)
        yield Cell(DASH, nan) if isnan(p) else Cell(p_words(p), p)


def _share(row: pd.Series[Any]) -> Cell:
    low, high = (None if isnan(row[name]) else float(row[name]) for name in ("low", "high"))
    text, _, interval = interval_words(float(row["value"]), low, high, "share").partition(" (")
    return Cell(text, float(row["value"]), detail=interval.removesuffix(")"))
