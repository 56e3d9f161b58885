"""The question of a study, and its answer: in sentences, then in a table for each metric."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import isfinite, nan
from typing import Any

from analysis.metrics import known_metric
from analysis.report.blocks import Block, Bullets, Cell, Column, Fold, Paragraph, Section, Table
from analysis.report.cell_words import cells_words
from analysis.report.facts import StudyFacts
from analysis.report.study_comparisons import Comparison, compared, runs_to_differ
from analysis.report.study_dependence import Dependence, dependence_table, strongest
from analysis.report.study_estimates import (
    DASH,
    RELATIVE,
    Axis,
    all_numbers,
    axis_of,
    difference_cell,
    estimate_cell,
    numbers_of,
    p_words,
    value_words,
)
from analysis.report.study_verdicts import held_cell, telling_checks, verdict_line, verdict_sentences
from analysis.report.words import count, listed, metric_words

MOST_ROWS = 40
"""Cells beyond which tables are folded."""
MOST_BARS = 3
"""Metrics beyond which a table is too wide for bars."""

Comparisons = Mapping[str, Mapping[int, Comparison]]


def question(facts: StudyFacts) -> Section:
    """What the study asks, and by what it asks it."""
    view = facts.view
    words = view.description.strip() or "The study does not say: give its file a description."
    sampled = facts.design["factors"] if facts.design else {}
    varied = [f"{name} ({sampled.get(name) or listed(levels(facts, name))})" for name in view.varied()]
    by = f" They differ in {listed(varied, 20)}." if varied else ""
    runs = count(len(view.frame), "run")
    cells = count(len(facts.answers), "cell")
    return Section("question", "Question", (Paragraph(words), Paragraph(f"{cells}, {runs} in all.{by}")))


def levels(facts: StudyFacts, factor: str) -> list[Any]:
    """Return the values of a factor, in order."""
    return list(dict.fromkeys(answer["labels"][factor] for answer in facts.answers))


def comparisons_of(facts: StudyFacts) -> Comparisons:
    """Return for each metric how cells differ from the first one."""
    return {metric: compared(facts.view, metric, facts.common) for metric in facts.view.metrics}


def answer(facts: StudyFacts, comparisons: Comparisons, dependence: Dependence) -> Section:
    """What it came to in a few sentences, and the medians of all cells."""
    points = [*_points(facts, comparisons, dependence), *verdict_sentences(facts)]
    blocks: list[Block] = [verdict_line(facts), Bullets(tuple(points))]
    if dependence and len(facts.answers) > MOST_ROWS:
        blocks.append(dependence_table(dependence))
    elif facts.view.metrics or telling_checks(facts):
        blocks.append(_medians(facts, comparisons))
    return Section("answer", "Answer in brief", tuple(blocks))


def _points(facts: StudyFacts, comparisons: Comparisons, dependence: Dependence) -> Iterator[str]:
    for metric in facts.view.metrics:
        found = [
            (numbers[0], number)
            for number, each in enumerate(facts.answers)
            if (numbers := numbers_of(each["metrics"][metric], "median")) is not None
        ]
        if not found:
            yield f"{metric_words(metric)}: no run has a value."
            continue
        least, most = min(found)[0], max(found)[0]
        told = f"{metric_words(metric)}: {_in_cells(facts, metric, least, found)}"
        if least != most:
            ratio = most / least if least > 0 and isfinite(most) else nan
            times = f", {ratio:,.0f} times as much" if ratio >= 100 else f", {ratio:.3g} times as much"
            times = times if ratio >= 1.2 else ""
            told += f" is the lowest median, {_in_cells(facts, metric, most, found)} the highest{times}"
        elif len(found) > 1:
            told = f"{metric_words(metric)}: {value_words(least, _unit(facts, metric))} is the median of "
            told += "every cell" if len(found) == len(facts.answers) else "every cell that has a value"
        sentences = (f"{told}.", _beyond_noise(facts, comparisons[metric]), _depends(dependence, metric))
        yield " ".join(filter(None, sentences))


def _unit(facts: StudyFacts, metric: str) -> str:
    return str(facts.answers[0]["metrics"][metric]["unit"])


def _in_cells(facts: StudyFacts, metric: str, value: float, found: Iterable[tuple[float, int]]) -> str:
    """Return a median with the cells that have it."""
    words = cells_words(facts, [cell for each, cell in found if each == value]) if len(facts.answers) > 1 else ""
    return value_words(value, _unit(facts, metric)) + (f" ({words})" if words else "")


def _beyond_noise(facts: StudyFacts, comparisons: Mapping[int, Comparison]) -> str:
    if not comparisons:
        return ""
    beyond = [each for each in comparisons.values() if each.beyond_noise]
    if not beyond and _too_few(facts, len(comparisons)):
        return ""
    return f"{len(beyond)} of {len(comparisons)} others differ from {facts.label(0)} beyond noise."


def _depends(dependence: Dependence, metric: str) -> str:
    return strongest(dependence[metric]) if metric in dependence else ""


def _medians(facts: StudyFacts, comparisons: Comparisons) -> Table:
    """Return a row for each cell with the median of each metric, marked where it differs beyond noise."""
    metrics = facts.view.metrics
    axes = {metric: axis_of(all_numbers(facts.answers, metric, "median")) for metric in metrics}
    telling = telling_checks(facts)
    alike = len({each["runs"] for each in facts.answers}) == 1
    rows = []
    for number, each in enumerate(facts.answers):
        told = [_marked(each["metrics"][metric], axes[metric], comparisons[metric].get(number)) for metric in metrics]
        held = [held_cell(each["checks"].get(name)) for name in telling]
        runs = () if alike else (Cell(f"{each['runs']:,}", float(each["runs"])),)
        rows.append((*label_cells(each), *told, *held, *runs))
    barred = len(metrics) <= MOST_BARS
    heads = tuple(Column(metric_words(name), True, _log(axes[name]) if barred else "") for name in metrics)
    checks = tuple(Column(f"{name} holds in", True) for name in telling)
    columns = (*label_columns(facts), *heads, *checks, *(() if alike else (Column("runs", True),)))
    caption = "What the cells came to"
    if alike:
        caption += f", with {count(facts.answers[0]['runs'], 'run')} each" if len(rows) > 1 else ""
    note = "Medians, with 95 % intervals from six runs on."
    if any(comparisons.values()):
        note += _mark_words(facts, comparisons)
    if len(metrics) > MOST_BARS:
        rows = [tuple(replace(cell, bar=None) for cell in row) for row in rows]
    return Table("table-medians", caption, columns, tuple(rows), note)


def _mark_words(facts: StudyFacts, comparisons: Comparisons) -> str:
    """Return what the mark in the table of medians says, and where there are too few runs for it to stand anywhere."""
    test = "the sign test of runs of the same seed" if facts.common else "the Mann-Whitney test"
    told = f" ≠ differs from the first cell, {facts.label(0)}, beyond noise: 5 % over all cells, by {test} and Holm."
    few = _too_few(facts, max(map(len, comparisons.values())))
    marked = any(each.beyond_noise for beside in comparisons.values() for each in beside.values())
    return f" {few}" if few and not marked else told


def _too_few(facts: StudyFacts, comparisons: int) -> str:
    """Return how many runs it takes to tell a difference from noise, where there are fewer; otherwise nothing."""
    needed = runs_to_differ(comparisons, facts.common)
    fewest = min(each["runs"] for each in facts.answers)
    if fewest >= needed:
        return ""
    return f"{count(fewest, 'run')} in a cell are too few to tell a difference from noise: {needed} are the least."


def _marked(measured: Mapping[str, Any], axis: Axis, comparison: Comparison | None) -> Cell:
    cell = estimate_cell(measured, "median", axis)
    if comparison is None or not comparison.beyond_noise:
        return cell
    return Cell(f"{cell.text} ≠", cell.sort, cell.tone, cell.bar, cell.detail)


def _log(axis: Axis) -> str:
    return "log axis" if axis.logarithmic else ""


def label_columns(facts: StudyFacts) -> tuple[Column, ...]:
    """Return a column for each factor; one for the number of the cell where nothing is varied."""
    return tuple(map(Column, facts.view.factors)) or (Column("cell"),)


def label_cells(answer: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Return what tells a cell from the others, numbers to be sorted as such."""
    labels = answer["labels"].values()
    return tuple(map(_label_cell, labels)) or (Cell("the only one"),)


def _label_cell(label: Any) -> Cell:
    if isinstance(label, float):
        return Cell(f"{label:.12g}", label)
    return Cell(str(label), float(label) if isinstance(label, int) else None)


def results(facts: StudyFacts, comparisons: Comparisons, dependence: Dependence) -> Section:
    """A table for each metric, with all that is known of it, and what it depends on."""
    tables = [_metric_table(facts, metric, comparisons[metric]) for metric in facts.view.metrics]
    if len(facts.answers) <= MOST_ROWS:
        factors = (dependence_table(dependence),) if dependence else ()
        return Section("results", "Results in full", (*tables, *factors))
    medians = [_medians(facts, comparisons)] if dependence else []
    folds = (Fold(f"{table.caption}: all {len(table.rows):,} cells", (table,)) for table in [*medians, *tables])
    return Section("results", "Results in full", tuple(folds))


def _metric_table(facts: StudyFacts, metric: str, comparisons: Mapping[int, Comparison]) -> Table:
    first = facts.label(0) if comparisons else ""
    unit = _unit(facts, metric)
    relative = [] if _is_share(unit) else [Column("relative", True)]
    gone = "never" if known_metric(metric).may_never_come else "no value"
    heads = [Column("median", True), Column("mean", True)]
    if comparisons:
        heads += [Column(f"more than {first}", True), *relative, Column("p, by Holm", True)]
    known = {each["metrics"][metric]["known"] for each in facts.answers}
    counted = len(known) > 1 or any(each["metrics"][metric]["missing"] for each in facts.answers)
    heads += [Column("values", True), Column(gone, True)] if counted else []
    rows = []
    for number, each in enumerate(facts.answers):
        measured = each["metrics"][metric]
        counts = (Cell(f"{measured[name]:,}", float(measured[name])) for name in ("known", "missing"))
        estimates = (estimate_cell(measured, "median"), estimate_cell(measured, "mean"))
        beside = _beside_first(comparisons.get(number), unit) if comparisons else ()
        rows.append((*label_cells(each), *estimates, *beside, *(counts if counted else ())))
    note = f"{known_metric(metric).description[:1].upper()}{known_metric(metric).description[1:]}."
    columns = (*label_columns(facts), *heads)
    return Table(f"table-{_anchor(metric)}", metric_words(metric), columns, tuple(rows), note + _method(facts, metric))


def _method(facts: StudyFacts, metric: str) -> str:
    note = " Medians and means, with 95 % intervals from six runs on."
    if known_metric(metric).may_never_come:
        note += " A time that never came counts in the median as later than all others, and not in the mean."
    if len(facts.answers) > 1:
        note += (
            " Differences are the medians of those of runs of the same seed; p is that of the sign test."
            if facts.common
            else " Differences are those of medians, without pairs; p is that of the Mann-Whitney test."
        )
        if known_metric(metric).may_never_come:
            note += " Where a time did not always come, they are of the times up to the first end of a run without it."
    return note


def _beside_first(comparison: Comparison | None, unit: str) -> Iterator[Cell]:
    """Yield by how much a cell differs from the first one, of what is no share in parts of it too, and p."""
    blank = Cell(DASH, nan)
    yield blank if comparison is None else difference_cell(comparison.difference, unit)
    if not _is_share(unit):
        relative = None if comparison is None else comparison.relative
        yield blank if relative is None or not isfinite(relative.value) else difference_cell(relative, RELATIVE)
    yield blank if comparison is None else Cell(p_words(comparison.adjusted), comparison.adjusted)


def _is_share(unit: str) -> bool:
    return unit.startswith("share")


def _anchor(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
