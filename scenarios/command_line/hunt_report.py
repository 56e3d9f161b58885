"""What a hunt came to, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from scenarios.command_line.summary import shortest, shown_metric

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.hunting.compare import Side
    from scenarios.hunting.extremes import Extreme
    from scenarios.hunting.finding import Finding
    from scenarios.hunting.rate import Rate
    from scenarios.hunting.result import Hunt

MOST_SHOWN: Final = 20
"""Findings that are printed; all of them are in the summary."""


def print_hunt(hunted: Hunt, reproduce: Sequence[str]) -> None:
    """Print what a hunt came to on standard output; `reproduce` has the command for the first run of each finding."""
    from scenarios.command_line.tables import output, pair_table

    console = output()
    console.print(pair_table(_overview(hunted)))
    for finding, command in list(zip(hunted.findings, reproduce, strict=True))[:MOST_SHOWN]:
        for line in _told(hunted, finding, command):
            console.print(line, soft_wrap=True)
    if len(hunted.findings) > MOST_SHOWN:
        console.print(f"and {len(hunted.findings) - MOST_SHOWN} more kinds of violations")
    if not hunted.findings:
        bound = per_thousand(hunted.rate.high)
        console.print(f"nothing found: with a confidence of 95 %, fewer than {bound} of 1,000 runs violate a check")
    if hunted.folder is not None:
        console.print(shortest(hunted.folder), soft_wrap=True)


def _overview(hunted: Hunt) -> Iterator[tuple[str, str]]:
    scenario = hunted.scenario
    yield "scenario", f"{scenario.name}: {scenario.protocol.kind}"
    yield "runs", f"{hunted.runs:,}"
    for check, counts in hunted.verdicts.items():
        yield check, ", ".join(f"{verdict} in {count:,}" for verdict, count in counts.items())
    if hunted.failed:
        yield "ended in an error", f"{hunted.failed:,}"
    for extreme in hunted.extremes:
        yield extreme.name, _extreme(extreme)
    seconds = hunted.timing["seconds"]
    yield "took", f"{seconds:,.1f} s, {hunted.timing['runs'] / max(seconds, 1e-9):,.0f} runs/s"


def _extreme(extreme: Extreme) -> str:
    from analysis.metrics import METRICS

    unit = METRICS[extreme.metric].unit
    number = shown_metric(extreme.values[0] if unit == "ns" else int(extreme.values[0]), unit)
    return f"{extreme.metric} {number} with seed {extreme.seeds[0]}"


def _told(hunted: Hunt, finding: Finding, command: str) -> Iterator[str]:
    evidence = f" (shown by {', '.join(finding.signature.evidence)})" if finding.signature.evidence else ""
    yield f"violated  {finding.check}: {finding.reason}{evidence}"
    yield f"  in {rate_text(finding.rate)}"
    yield f"  first in run {finding.numbers[0]:,}: {command}"
    places = {**hunted.files, **hunted.kept}
    kept = [shortest(places[number]) for number in finding.numbers if number in places]
    if kept:
        yield f"  kept: {' '.join(kept)}"


def print_sides(sides: Sequence[Side], folder: Path) -> None:
    """Print on standard output how hunting in one way compares with another."""
    from rich.table import Table

    from scenarios.command_line.tables import output

    table = Table("mode", "found in", "per 1,000 (95 % interval)", "runs until found", "kinds", box=None)
    for side in sides:
        rate, middle = side.rate, side.median_until_found
        until = ", ".join("never" if first is None else f"{first:,}" for first in side.until_found)
        shown = until if len(side.hunts) == 1 else f"median {'never' if middle is None else f'{middle:,.4g}'} ({until})"
        bounds = f"{per_thousand(rate.low)} to {per_thousand(rate.high)}"
        share = f"{per_thousand(rate.share)} ({bounds})"
        table.add_row(side.mode, f"{rate.found:,} of {rate.runs:,} runs", share, shown, str(side.kinds))
    console = output()
    console.print(table)
    console.print(shortest(folder), soft_wrap=True)


def rate_text(rate: Rate) -> str:
    """Return a rate for people: counts, the rate per 1,000, and its interval."""
    bounds = f"{per_thousand(rate.low)} to {per_thousand(rate.high)}"
    return f"{rate.found:,} of {rate.runs:,} runs: {per_thousand(rate.share)} per 1,000 (95 % interval {bounds})"


def per_thousand(share: float) -> str:
    """Return a share as a number of 1,000 runs, with three digits."""
    number = 1000 * share
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
