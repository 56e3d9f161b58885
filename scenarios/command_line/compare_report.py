"""What changed between two studies, for people: a row for each metric and check of each pair of cells."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any

from scenarios.command_line.summary import shown_metric
from scenarios.names import listed

if TYPE_CHECKING:
    from analysis.estimates import Estimate
    from analysis.study_comparison.change import Change
    from analysis.study_comparison.comparison import StudyComparison
    from analysis.study_comparison.judgement import Judgement


def print_changes(found: StudyComparison) -> None:
    """Print what changed on standard output."""
    from rich.table import Table

    from scenarios.command_line.tables import output

    console = output()
    with_cells = any(row.change.cell for row in found.rows)
    table = Table(box=None, padding=(0, 2, 0, 0))
    heads = (*(["cell"] if with_cells else []), "", "A", "B", "change (95 %)", "p", "verdict")
    for head in heads:
        table.add_column(head, overflow="fold", justify="left")
    quiet = _holding_everywhere(found)
    for row in found.rows:
        if row.change.name not in quiet:
            table.add_row(*([row.change.cell] if with_cells else []), *_told(row))
    console.print(f"A: {found.first}\nB: {found.second}", soft_wrap=True)
    console.print(table)
    for line in _about(found):
        console.print(line, soft_wrap=True)


def _holding_everywhere(found: StudyComparison) -> list[str]:
    """Return the checks that hold in all runs of both studies."""
    checks = [row.change for row in found.rows if row.change.sort == "check"]
    broken = {change.name for change in checks if change.first or change.second}
    return [name for name in dict.fromkeys(change.name for change in checks) if name not in broken]


def _told(row: Judgement) -> tuple[str, ...]:
    change = row.change
    p = "" if change.difference is None or change.same else _p(row.adjusted)
    verdict = row.verdict if row.bound is None else f"{row.verdict}; bound {row.bound}"
    name = change.name if change.sort != "check" else f"{change.name} not held"
    return (
        name.replace("_", " "),
        _value(change, change.first),
        _value(change, change.second),
        _changed(change),
        p,
        verdict,
    )


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _value(change: Change, value: float | None) -> str:
    if value is None:
        return "none"
    if change.sort != "metric":
        return f"{100 * value:.3g} %"
    return shown_metric(value, change.unit) if isfinite(value) else "never"


def _changed(change: Change) -> str:
    """Return the change with its interval: in parts of the first value where there is one, else in its unit."""
    found = change.difference
    if found is None:
        return "none"
    if change.same:
        return "none at all"
    if change.sort != "metric":
        return _in_hundredths(found.value, "points")
    if found.relative is not None and isfinite(found.relative.value):
        return _in_hundredths(found.relative, "%")
    bounds = [_value(change, bound) for bound in (found.value.low, found.value.high) if bound is not None]
    return _value(change, found.value.value) + (f" ({bounds[0]} to {bounds[1]})" if len(bounds) == 2 else "")


def _in_hundredths(estimate: Estimate, unit: str) -> str:
    text = f"{100 * estimate.value:+.3g} {unit}"
    if estimate.low is None or estimate.high is None:
        return text
    low, high = (f"{100 * bound:+.3g}" if isfinite(bound) else "any" for bound in (estimate.low, estimate.high))
    return f"{text} ({low} to {high})"


def _about(found: StudyComparison) -> Iterator[str]:
    """Yield what has to be said of the table, then what it comes to."""
    pairs = {row.change.pairs for row in found.rows}
    runs = sorted({count for row in found.rows for count in row.change.runs})
    how = "paired by seed" if 0 not in pairs else "paired where seeds match"
    if pairs == {0}:
        how = "unpaired, as their seeds differ (with the same seed in both studies fewer runs tell as much)"
    counts = f"{runs[0]:,}" if len(runs) == 1 else f"{runs[0]:,} to {runs[-1]:,}"
    yield f"{counts} runs of a cell, {how}; p corrected for all rows (Holm)"
    if quiet := _holding_everywhere(found):
        yield f"holds in all runs of both: {listed(quiet)}"
    if any(row.change.until is not None for row in found.rows):
        yield "times that never came count as the end of the shortest run without them"
    if found.identical:
        yield f"the runs are the same to the bit in {_cells(found.identical)}"
    for where, labels in ((found.first, found.only_first), (found.second, found.only_second)):
        if labels:
            yield f"only in {where}, and not compared: {listed(labels)}"
    if found.not_compared:
        yield f"not compared, as not both have it: {listed(found.not_compared)}"
    yield _outcome(found)


def _cells(labels: tuple[str, ...]) -> str:
    return "all cells that are compared" if labels == ("",) else listed(labels)


def _outcome(found: StudyComparison) -> str:
    worse = [row for row in found.rows if row.verdict == "worse"]
    if found.worse_by is None:
        if found.exit_code == 3:
            return "too few runs to tell anything"
        return (
            f"{len(worse)} of {len(found.rows)} got worse beyond noise" if worse else "nothing got worse beyond noise"
        )
    bound = f"{100 * found.worse_by:g} %"
    if found.exit_code == 1:
        return f"worse by more than {bound}: {listed([_name(row) for row in worse if row.bound == 'exceeded'])}"
    if not found.exit_code:
        return f"nothing got worse by more than {bound}"
    open_rows = [_name(row) for row in found.rows if row.bound in ("not excluded", "exceeded")]
    need = found.runs_needed
    remedy = f"about {need:,} runs of a cell would tell" if need else "more runs of a cell may tell"
    return f"cannot exclude that it is worse by more than {bound}: {listed(open_rows)}; {remedy}"


def _name(row: Judgement) -> str:
    return row.change.name + (f" of {row.change.cell}" if row.change.cell else "")


def finite(data: Any) -> Any:
    """Return plain data with text for numbers that JSON does not have."""
    if isinstance(data, dict):
        return {name: finite(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [finite(value) for value in data]
    return str(data) if isinstance(data, float) and not isfinite(data) else data
