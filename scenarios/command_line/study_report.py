"""What a study came to, for people: a row for each cell, a column for each metric and check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Final

from scenarios.command_line.summary import shortest, shown_metric
from scenarios.names import listed

if TYPE_CHECKING:
    from rich.table import Table

    from analysis.estimates import Estimate
    from scenarios.study.answer import Answer, Measured, Verdicts
    from scenarios.study.cells import Label
    from scenarios.study.design import Design
    from scenarios.study.result import Study

MOST_REPRODUCED: Final = 10
"""Runs worth a look whose commands are printed."""
WIDEST: Final = 3
"""Metrics or checks side by side in one table."""


def print_study(studied: Study, reproduce: Sequence[tuple[str, str]]) -> None:
    """Print what a study came to on standard output; `reproduce` has why a run is worth a look, and its command."""
    from scenarios.command_line.tables import output

    console = output()
    for table in answer_tables(studied):
        console.print(table)
    for line in _about(studied):
        console.print(line, soft_wrap=True)
    for reason, command in reproduce[:MOST_REPRODUCED]:
        console.print(f"{reason}: {command}", soft_wrap=True)
    if len(reproduce) > MOST_REPRODUCED:
        console.print(f"and in {len(reproduce) - MOST_REPRODUCED} more cells")
    console.print(_took(studied))
    if studied.folder is not None:
        console.print(shortest(studied.folder), soft_wrap=True)


def _took(studied: Study) -> str:
    """Return how many runs there are, and how long those took that were made now."""
    now, seconds, every = studied.timing["runs"], studied.timing["seconds"], studied.stored.count
    if not now:
        return f"{every:,} runs, all of which were there"
    of = "" if now == every else f", {now:,.0f} of them now"
    return f"{every:,} runs{of}; took {seconds:,.1f} s, {now / max(seconds, 1e-9):,.0f} runs/s"


def answer_tables(studied: Study) -> Iterator[Table]:
    """Yield the table of a study: in several parts where it has many columns, metrics apart from checks."""
    for sort in (studied.metrics, _telling_checks(studied)):
        parts = [sort[first : first + WIDEST] for first in range(0, len(sort), WIDEST)]
        yield from (_table(studied, part) for part in parts)
    if not studied.metrics and not _telling_checks(studied):
        yield _table(studied, ())


def _table(studied: Study, columns: Sequence[str]) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for factor in studied.factors:
        table.add_column(factor, overflow="fold")
    table.add_column("runs", justify="right")
    for name in columns:
        table.add_column(name.replace("_", " "), overflow="fold")
    for answer in studied.answers:
        apart = [f"{answer.failed:,} failed"] * (answer.failed > 0)
        apart += [f"{answer.censored:,} censored"] * (answer.censored > 0)
        apart += ["cap"] * (answer.stopped is not None and not answer.stopped.reached)
        told_apart = f" ({', '.join(apart)})" if apart else ""
        told = (_told(answer, name) for name in columns)
        table.add_row(*map(_label, answer.labels.values()), f"{answer.runs:,}{told_apart}", *told)
    return table


def _label(label: Label) -> str:
    return f"{label:.0f}" if isinstance(label, float) and label.is_integer() and abs(label) < 1e15 else str(label)


def _told(answer: Answer, name: str) -> str:
    """Return what a cell says of a metric or a check."""
    if name in answer.metrics:
        return _measured(answer.metrics[name])
    return _verdicts(answer.verdicts[name]) if name in answer.verdicts else "-"


def _about(studied: Study) -> Iterator[str]:
    """Yield what has to be said of the table."""
    if studied.metrics:
        medians = [each.median for answer in studied.answers for each in answer.metrics.values()]
        few = all(median is None or median.low is None for median in medians)
        yield f"medians{', of fewer than six runs without intervals,' if few else ' with 95 % intervals,'} and means"
    yield from _about_stopping(studied)
    yield from _about_never(studied)
    if any(answer.censored for answer in studied.answers):
        yield "a run that is censored was cut off by its limit of events: what had not come by then is not known of it"
    for name, keys in studied.keys_never_seen().items():
        yield f"no run has a value of {name}{f'; there are {listed(keys)}' if keys else ''}"
    telling = _telling_checks(studied)
    same = [name for name in studied.checks if name not in telling]
    if same:
        yield f"holds in all runs: {', '.join(same)}"
        yield from _about_rarity(studied, same)


def _about_never(studied: Study) -> Iterator[str]:
    """Yield how times count that never came."""
    told = [each for answer in studied.answers for each in answer.metrics.values() if each.missing]
    never = [each for each in told if each.may_never_come]
    cut = any(each.restricted is not None for each in never)
    left_out = any(each.restricted is None and each.mean is not None for each in never)
    means = (
        ", in a mean up to some time as that time" * cut
        + (", not in other means" if cut else ", not in the mean") * left_out
    )
    if never:
        yield f"a time that never came counts in the median as later than all others{means}"


def _about_rarity(studied: Study, checks: Sequence[str]) -> Iterator[str]:
    """Yield how rare it may be that one of these checks is violated, of which no run violates any."""
    held = [answer.verdicts[name] for answer in studied.answers for name in checks if name in answer.verdicts]
    fewest = min(held, key=lambda each: each.holds)
    if fewest.violated_at_most is not None:
        runs = f"{fewest.holds:,} run{'s' * (fewest.holds != 1)} of a cell"
        yield f"violated in 0 of {runs}: below {100 * fewest.violated_at_most:.3g} % of its runs (95 %)"


def _about_stopping(studied: Study) -> Iterator[str]:
    """Yield how the cells stopped that were run until an interval was narrow."""
    stop = studied.file.stop
    if stop is None:
        return
    words, looks = f"the {stop.statistic} of {stop.metric.replace('_', ' ')}", len(stop.looks)
    bound = f"{100 * stop.half_width:.3g} %"
    each = f"; it allows for {looks} looks, with {100 * stop.confidence:.4g} % at each" if looks > 1 else ""
    each = f"; it makes no allowance for {looks} looks" if looks > 1 and stop.correction == "none" else each
    yield f"stopped where half the interval of {words} was at most {bound} of it{each}"
    short = sum(not answer.stopped.reached for answer in studied.answers if answer.stopped is not None)
    if short:
        cells = f"{short:,} cell{'s' * (short != 1)}"
        yield f"{cells} stopped at the cap of {stop.at_most:,} runs with a wider interval"


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
        table.add_row(*map(_label, cell.labels.values()), cell.scenario.name, cell.scenario.protocol.kind)
    return table


def _measured(measured: Measured) -> str:
    """Return a metric as three lines at most: median, mean, and how many runs have no value."""
    lines = [_estimate(measured.median, measured.unit)] if measured.median is not None else ["none"]
    if measured.restricted is not None and measured.until is not None:
        until = _value(measured.until, measured.unit)
        lines.append(f"mean {_value(measured.restricted.value, measured.unit)} up to {until}")
    elif measured.mean is not None:
        lines.append(f"mean {_value(measured.mean.value, measured.unit)}")
    if measured.missing:
        lines.append(f"{'never' if measured.may_never_come else 'none'} in {measured.missing:,}")
    return "\n".join(lines)


def _verdicts(verdicts: Verdicts) -> str:
    counts = {"holds": verdicts.holds, "violated": verdicts.violated, "unknown": verdicts.unknown}
    told = [f"{name} in {count:,}" for name, count in counts.items() if count]
    share = verdicts.share_violated
    if verdicts.violated_at_most is not None:
        told.append(f"violated below {100 * verdicts.violated_at_most:.3g} %")
    if verdicts.violated and share is not None:
        told.append(_estimate(share, "share"))
    return ", ".join(told)


def _estimate(estimate: Estimate, unit: str) -> str:
    """Return a value with its interval, in the unit that suits the value."""
    bounds = (estimate.low, estimate.high)
    value = _value(estimate.value, unit)
    if None in bounds or not isfinite(estimate.low or 0.0):
        return value
    return f"{value} ({' to '.join(_without_repetition(value, [_value(each or 0.0, unit) for each in bounds]))})"


def _value(value: float, unit: str) -> str:
    return shown_metric(value, unit) if isfinite(value) else "never"


def _without_repetition(value: str, bounds: Iterable[str]) -> list[str]:
    """Return bounds without the unit where value and both bounds have the same."""
    texts = list(bounds)
    units = {text.partition(" ")[2] for text in (value, *texts)}
    return [text.partition(" ")[0] for text in texts] if len(units) == 1 else texts
