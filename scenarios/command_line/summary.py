"""What a run came to, for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.run import Run


def print_summary(run: Run) -> None:
    """Print what a run came to on standard output."""
    from scenarios.command_line.tables import output, pair_table

    console = output()
    console.print(pair_table(_rows(run)))
    for verdict in run.verdicts:
        console.print(f"{verdict.verdict}: {verdict.check}: {verdict.reason}")
    if run.folder is not None:
        console.print(str(run.folder), soft_wrap=True)


def _rows(run: Run) -> Iterator[tuple[str, str]]:
    topology, balance = run.simulation.topology, run.balance
    yield "scenario", f"{run.scenario.name}: {run.summary['protocol']} on a {topology.kind} of {topology.nodes:,} nodes"
    yield "ended", f"at {seconds(run.ended)} ({run.ended_by})"
    yield "sent", f"{balance.sent + balance.duplicated:,} messages"
    for outcome, count in balance.outcomes.items():
        yield f"  {outcome}", f"{count:,}"
    for name, count in (("waiting", balance.waiting), ("in flight", balance.in_flight)):
        if count:
            yield f"  {name}", f"{count:,}"
    wall, rate = run.timing["seconds"], run.timing["events_per_second"]
    yield "took", f"{wall:,.2f} s, {rate:,.0f} events/s"
    yield "digest", run.digest


def seconds(nanoseconds: int) -> str:
    """Return a time for people: four significant digits and a unit."""
    for unit, size in (("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1_000)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:,.4g} {unit}"
    return f"{nanoseconds} ns"
