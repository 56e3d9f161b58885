"""What fell outside: runs that failed, were cut off, never came there, or lie far from the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from analysis.metrics import known_metric
from analysis.report.blocks import Block, Bullets, Cell, Code, Column, Paragraph, Section, Table
from analysis.report.facts import StudyFacts
from analysis.report.study_verdicts import first_command, telling_checks
from analysis.report.words import listed, metric_words
from analysis.shown_value import shown_metric

if TYPE_CHECKING:
    import pandas as pd

FAR_OUT: Final = 3.0
"""Distances between the quartiles from which on a value lies far out (Tukey, "Exploratory Data Analysis", 1977)."""
FEWEST: Final = 8
"""Values below which none is called far out."""


def outside(facts: StudyFacts) -> Section:
    """A row for each cell and each reason why runs fell outside, with the first of them."""
    rows = [row for number, runs in facts.view.frame.groupby("cell") for row in _of_cell(facts, int(str(number)), runs)]
    blocks: list[Block] = []
    if rows:
        columns = (Column("cell"), Column("what"), Column("runs", True), Column("of", True), Column("first of them"))
        blocks.append(Table("table-outside", "Runs that fell outside", columns, tuple(rows), _NOTE))
    else:
        blocks.append(Paragraph("Every run ended, has a value of each metric, and lies near the others.", "good"))
    errors = sorted(set(facts.view.frame["error"].dropna()))
    blocks += [Code("\n".join(errors), "errors that runs ended in")] if errors else []
    notes = tuple(_notes(facts))
    blocks += [Bullets(notes)] if notes else []
    return Section("outside", "What fell outside", tuple(blocks))


def _notes(facts: StudyFacts) -> Iterator[str]:
    broken = telling_checks(facts)
    if broken:
        yield f"Runs that violate {listed(broken)}, or leave it unknown, are listed under Verdicts."
    capped = [number for number, each in enumerate(facts.answers) if not each.get("stopped", {}).get("reached", True)]
    if capped:
        names = listed([facts.label(number) or "the only cell" for number in capped])
        yield f"Stopped at the most seeds that the study allows, with an interval that is still too wide: {names}."


_NOTE: Final = (
    "Runs that failed count nowhere else. Far out: beyond three times the distance between the quartiles from the "
    "nearer one; these are kept in all estimates."
)


def _of_cell(facts: StudyFacts, cell: int, runs: pd.DataFrame) -> Iterator[tuple[Cell, ...]]:
    whole = runs[runs["error"].isna()]
    for what, rows, of in _reasons(facts, runs, whole):
        if len(rows):
            label = facts.label(cell) or "the only one"
            command = first_command(rows)
            counts = (Cell(f"{number:,}", float(number)) for number in (len(rows), of))
            yield (Cell(label), Cell(what), *counts, Cell(command, tone="command"))


def _reasons(facts: StudyFacts, runs: pd.DataFrame, whole: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame, int]]:
    yield "ended in an error", runs[runs["error"].notna()], len(runs)
    if "censored" in runs:
        for limit, rows in whole[whole["censored"].notna()].groupby("censored"):
            yield f"cut off: {limit}", rows, len(whole)
    for metric in facts.view.metrics:
        never = "never came" if known_metric(metric).may_never_come else "no value"
        yield f"{metric_words(metric)}: {never}", whole[whole[metric].isna()], len(whole)
        far, fences = _far_out(whole, metric)
        yield f"{metric_words(metric)}: far out, {fences}", far, len(whole)


def _far_out(whole: pd.DataFrame, metric: str) -> tuple[pd.DataFrame, str]:
    """Return the runs whose values lie far from the others, the farthest first, and what lies near."""
    values: Any = whole[metric].astype(float)
    known = values.dropna()
    if len(known) < FEWEST:
        return whole.iloc[:0], ""
    lower, upper = known.quantile(0.25), known.quantile(0.75)
    reach = FAR_OUT * (upper - lower)
    far = values[(values < lower - reach) | (values > upper + reach)]
    order = (far - known.median()).abs().sort_values(ascending=False, kind="stable").index
    if not reach:
        return whole.iloc[:0], ""
    unit = known_metric(metric).unit
    words = f"such as {shown_metric(float(far[order[0]]), unit)}" if len(far) else ""
    return whole.loc[order], words
