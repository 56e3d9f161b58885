"""What a study came to, for people: a row for each cell, a column for each metric and check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Final

from scenarios.command_line.summary import shortest, shown_metric

if TYPE_CHECKING:
    from rich.table import Table

    from analysis.estimates import Estimate
    from scenarios.study.answer import Answer, Measured, Verdicts
    from scenarios.study.design import Design
    from scenarios.study.result import Study

MOST_REPRODUCED: Final = 10
"""Runs worth a look whose commands are printed."""


def print_study(studied: Study, reproduce: Sequence[tuple[str, str]]) -> None:
    """Print what a study came to on standard output; `reproduce` has why a run is worth a look, and its command."""
    from scenarios.command_line.tables import output

    console = output()
    console.print(answer_table(studied))
    for line in _about(studied):
        console.print(line, soft_wrap=True)
    for reason, command in reproduce[:MOST_REPRODUCED]:
        console.print(f"{reason}: {command}", soft_wrap=True)
    if len(reproduce) > MOST_REPRODUCED:
        console.print(f"and in {len(reproduce) - MOST_REPRODUCED} more cells")
    seconds = studied.timing["seconds"]
    rate = studied.timing["runs"] / max(seconds, 1e-9)
    console.print(f"{studied.table.num_rows:,} runs; took {seconds:,.1f} s, {rate:,.0f} runs/s")
    if studied.folder is not None:
        console.print(shortest(studied.folder), soft_wrap=True)


def answer_table(studied: Study) -> Table:
    """Return the table of a study."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for factor in studied.factors:
        table.add_column(factor, overflow="fold")
    table.add_column("runs", justify="right")
    for name in (*studied.metrics, *_telling_checks(studied)):
        table.add_column(name.replace("_", " "), overflow="fold")
    for answer in studied.answers:
        table.add_row(*map(str, answer.labels.values()), *_cells(answer, studied))
    return table


def _about(studied: Study) -> Iterator[str]:
    """Yield what has to be said of the table."""
    if studied.metrics:
        yield "medians with 95 % intervals, and means"
    if any(each.missing for answer in studied.answers for each in answer.metrics.values()):
        yield "a time that never came counts in the median as later than all others, and not in the mean"
    telling = _telling_checks(studied)
    same = [name for name in studied.checks if name not in telling]
    if same:
        yield f"holds in all runs: {', '.join(same)}"


def _telling_checks(studied: Study) -> list[str]:
    """Return the checks that do not hold in all runs."""
    found = [each for answer in studied.answers for each in answer.verdicts.items()]
    broken = {name for name, verdicts in found if verdicts.holds < verdicts.runs}
    return [name for name in studied.checks if name in broken]


def cell_table(design: Design) -> Table:
    """Return the cells of a study that is still to be run, with what runs in each."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in (*design.file.factors, "scenario", "protocol"):
        table.add_column(head, overflow="fold")
    for cell in design.cells:
        table.add_row(*map(str, cell.labels.values()), cell.scenario.name, cell.scenario.protocol.kind)
    return table


def _cells(answer: Answer, studied: Study) -> Iterator[str]:
    failed = f" ({answer.failed:,} failed)" if answer.failed else ""
    yield f"{answer.runs:,}{failed}"
    yield from (_measured(answer.metrics[name]) for name in studied.metrics)
    for name in _telling_checks(studied):
        yield _verdicts(answer.verdicts[name]) if name in answer.verdicts else "-"


def _measured(measured: Measured) -> str:
    """Return a metric as three lines at most: median, mean, and how many runs have no value."""
    lines = [_estimate(measured.median, measured.unit)] if measured.median is not None else ["none"]
    if measured.mean is not None:
        lines.append(f"mean {_value(measured.mean.value, measured.unit)}")
    if measured.missing:
        lines.append(f"{'never' if measured.unit == 'ns' else 'none'} in {measured.missing:,}")
    return "\n".join(lines)


def _verdicts(verdicts: Verdicts) -> str:
    counts = {"holds": verdicts.holds, "violated": verdicts.violated, "unknown": verdicts.unknown}
    told = [f"{name} in {count:,}" for name, count in counts.items() if count]
    share = verdicts.share_violated
    if verdicts.violated and share is not None:
        told.append(_estimate(share, "share"))
    return "\n".join(told)


def _estimate(estimate: Estimate, unit: str) -> str:
    """Return a value with its interval, in the unit that suits the value."""
    bounds = (estimate.low, estimate.high)
    value = _value(estimate.value, unit)
    if None in bounds:
        return value
    return f"{value} ({' to '.join(_without_repetition(value, [_value(each or 0.0, unit) for each in bounds]))})"


def _value(value: float, unit: str) -> str:
    return shown_metric(value, unit) if isfinite(value) else "never"


def _without_repetition(value: str, bounds: Iterable[str]) -> list[str]:
    """Return bounds without the unit where value and both bounds have the same."""
    texts = list(bounds)
    units = {text.partition(" ")[2] for text in (value, *texts)}
    return [text.partition(" ")[0] for text in texts] if len(units) == 1 else texts
