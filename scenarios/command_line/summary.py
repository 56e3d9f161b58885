"""What a run came to, for people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analysis.shown_value import seconds, shown_metric

if TYPE_CHECKING:
    from scenarios.run import Run

__all__ = ["TOLD_BY_BALANCE", "print_summary", "seconds", "shortest", "shown_metric"]

TOLD_BY_BALANCE: Final = frozenset(
    {"messages", "delivered", "lost", "dropped", "dropped_by_cause", "in_flight", "waiting", "duplicated"}
)
"""Metrics that the balance of the messages shows already."""


def print_summary(run: Run) -> None:
    """Print what a run came to on standard output."""
    from scenarios.command_line.tables import output, pair_table

    console = output()
    console.print(pair_table([*_what(run), *_metrics(run), *_messages(run), *_machine(run)]))
    console.print(f"digest {run.digest}", soft_wrap=True)
    for verdict in run.verdicts:
        console.print(f"{verdict.verdict:9} {verdict.check}: {verdict.reason}", soft_wrap=True)
    if run.folder is not None:
        console.print(shortest(run.folder), soft_wrap=True)


def _what(run: Run) -> Iterator[tuple[str, str]]:
    from scenarios.command_line.fault_lines import fault_lines

    summary = run.summary
    nodes = f"{summary['nodes']:,} node{'s' if summary['nodes'] != 1 else ''}"
    yield "scenario", f"{run.scenario.name}: {summary['protocol']} on {nodes} ({summary['topology']})"
    for number, line in enumerate(fault_lines(run)):
        yield "" if number else "faults", line
    yield "ended", f"at {seconds(run.ended)} ({run.ended_by})"


def _metrics(run: Run) -> Iterator[tuple[str, str]]:
    from analysis.metrics import METRICS

    for name, value in run.metrics.items():
        if name not in TOLD_BY_BALANCE and not name.endswith("_by_kind"):
            yield name.replace("_", " "), shown_metric(value, METRICS[name].unit)


def _messages(run: Run) -> Iterator[tuple[str, str]]:
    balance = run.balance
    copies = f" and {balance.duplicated:,} second copies" if balance.duplicated else ""
    yield "messages sent", f"{balance.sent:,}{copies}"
    ends = {**balance.outcomes, "waiting at nodes": balance.waiting, "in flight": balance.in_flight}
    for outcome, count in ends.items():
        if count:
            yield f"  {outcome}", f"{count:,}"


def _machine(run: Run) -> Iterator[tuple[str, str]]:
    yield "took", f"{run.timing['seconds']:,.2f} s, {run.timing['events_per_second']:,.0f} events/s"


def shortest(path: Path) -> str:
    """Return a path as it is from here, where that is shorter."""
    try:
        return min(os.path.relpath(path), str(path), key=len)
    except ValueError:  # on another drive
        return str(path)
