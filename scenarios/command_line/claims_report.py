"""What claims came to, for people: a row for each setup of each claim, and what follows for the claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from scenarios.command_line.summary import shortest, shown_metric

if TYPE_CHECKING:
    from rich.table import Table

    from scenarios.claims.plan import Plan
    from scenarios.claims.result import Claims

HEADS: Final = ("claim", "setup", "claimed", "measured", "verdict")
Plain = Mapping[str, Any]
"""A claim, or one of its setups, as plain data."""


def print_claims(measured: Claims) -> None:
    """Print what claims came to on standard output."""
    from scenarios.command_line.tables import output

    console, plain = output(), measured.plain()
    console.print(claims_table(plain))
    for claim in plain["claims"]:
        console.print()
        console.print(f"{claim['id']}: {claim['text']} ({claim['source']})", soft_wrap=True)
        console.print(conclusion(claim), soft_wrap=True)
        for line in _troubles(claim):
            console.print(line, soft_wrap=True)
    console.print()
    seconds, now = measured.timing["seconds"], measured.timing["runs"]
    took = f"; took {seconds:,.1f} s" if now else ", all of which were there"
    console.print(f"{measured.runs:,} runs{took}; intervals of 95 %")
    if measured.folder is not None:
        console.print(shortest(measured.folder), soft_wrap=True)


def claims_table(plain: Plain) -> Table:
    """Return a row for each setup of each claim."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in HEADS:
        table.add_column(head, overflow="fold")
    for claim in plain["claims"]:
        for index, setup in enumerate(claim["setups"]):
            first = (claim["id"], claim["claimed"]) if index == 0 else ("", "")
            told = "\n".join((number_of(claim, setup), *_parts(claim, setup)))
            table.add_row(first[0], setup["name"], first[1], told, setup["verdict"])
    return table


def markdown_of(plain: Plain) -> str:
    """Return the same in Markdown, with a heading for each claim."""
    parts = []
    for claim in plain["claims"]:
        rows = [("setup", "measured", "verdict"), ("---", "---", "---")]
        for setup in claim["setups"]:
            told = "; ".join((number_of(claim, setup), *_parts(claim, setup)))
            rows.append((setup["name"], told, setup["verdict"]))
        grid = "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)
        about = f"Measured is the {claim['measured']}; claimed is {claim['claimed']}."
        lines = [f"**{claim['id']}**: {claim['text']} ({claim['source']}.) {about}\n", f"\n{grid}"]
        lines.append(f"\n{_sentence(conclusion(claim))}\n")
        parts.append("".join([*lines, *(f"{_sentence(line)}\n" for line in _troubles(claim))]))
    return "\n".join(parts)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def conclusion(claim: Plain) -> str:
    """Return what the setups say of a claim together."""
    told = {verdict: "; ".join(claim[verdict]) for verdict in ("holds", "fails", "undecided")}
    rest = f". Not told by {_runs_of_undecided(claim)}: {told['undecided']}" if told["undecided"] else ""
    if claim["verdict"] == "depends":
        turns = f". It turns on {claim['turns_on']}" if claim["turns_on"] else ""
        return f"depends. Holds in: {told['holds']}. Fails in: {told['fails']}{rest}{turns}"
    if claim["verdict"] != "undecided":
        where = f": {told[claim['verdict']]}" if rest else " all setups"
        return f"{claim['verdict']} in{where}{rest}"
    if all(setup["value"] is None for setup in claim["setups"]):
        return "undecided: no run has a value of what is measured"
    return f"undecided: not told by {_runs_of_undecided(claim)} of each setup"


def _runs_of_undecided(claim: Plain) -> str:
    runs = sorted({setup["runs"] for setup in claim["setups"] if setup["verdict"] == "undecided"})
    number = f"{runs[0]:,}" if len(runs) == 1 else f"{runs[0]:,} to {runs[-1]:,}"
    return f"{number} run{'s' * (runs[-1] != 1)}"


def number_of(claim: Plain, setup: Plain) -> str:
    """Return what was measured in a setup, with its interval, and of how many runs."""
    if setup["value"] is None:
        return f"no value ({_of_runs(setup)})"
    value = _value(setup["value"], claim["unit"])
    bounds = [_value(each, claim["unit"]) if each is not None else "?" for each in setup["interval"]]
    interval = f" ({' to '.join(_short(value, bounds))})" if bounds != ["?", "?"] else " (no interval)"
    return f"{value}{interval}, {_of_runs(setup)}"


def _of_runs(setup: Plain) -> str:
    runs = setup["runs"]
    failed = f", {setup['failed']:,} failed" if setup["failed"] else ""
    return f"{runs:,} run{'s' * (runs != 1)}{failed}"


def _short(value: str, bounds: list[str]) -> list[str]:
    """Return bounds without the unit where value and both bounds have the same."""
    units = {text.partition(" ")[2] for text in (value, *bounds)}
    return [text.partition(" ")[0] for text in bounds] if len(units) == 1 else bounds


def _value(value: float | str, unit: str) -> str:
    """Return a number in the unit that suits it; differences with their sign."""
    if isinstance(value, str):
        return value
    if unit == "difference":
        per_cent = f"{100 * value:+,.0f}" if abs(value) >= 10 else f"{100 * value:+.3g}"
        return f"{per_cent} %".replace("-", "−")
    return f"{value:,.3g}" if unit in ("ratio", "exponent") else shown_metric(value, unit)


def _parts(claim: Plain, setup: Plain) -> Iterator[str]:
    """Yield what a number is made of, and what may mislead about it."""
    parts = {name: _value(value, claim["unit_of_parts"]) for name, value in setup["parts"].items()}
    if parts.keys() == {"measured", "against"}:
        yield f"{parts['measured']} against {parts['against']}"
    elif parts:
        yield ", ".join(f"{value} at {int(size):,}" for size, value in parts.items())
    if setup["fits"]:
        told = (
            f"{_law(law, fit['exponent'])} misses by {100 * fit['misfit']:.2g} %" for law, fit in setup["fits"].items()
        )
        yield ", ".join(told)
    if setup["missing"]:
        yield f"no value in {setup['missing']:,}"
    if setup["needed"]:
        yield f"{setup['needed']:,} such runs would tell"


def _law(law: str, exponent: float) -> str:
    return f"{'(log N)' if law == 'log' else 'N'}^{exponent:.3g}"


def _troubles(claim: Plain) -> Iterator[str]:
    """Yield the errors of runs."""
    for setup in claim["setups"]:
        if setup["failed"]:
            yield f"{setup['failed']:,} of {setup['runs']:,} runs failed in {setup['name']}: {setup['error']}"


def planned(plan: Plan) -> dict[str, Any]:
    """Return what would be run, as plain data."""
    claims = [
        {
            "id": each.name,
            "text": each.claim.text,
            "claimed": each.claim.claimed.words(),
            "measured": each.claim.measure.words(),
            "setups": {
                setup: {"study": shown.study, "cells": len(shown.cells), "runs": plan.designs[shown.study].file.seeds}
                for setup, shown in each.setups.items()
            },
        }
        for each in plan.claims
    ]
    return {"table": plan.table.name, "seed": plan.table.seed, "runs": plan.runs, "claims": claims}


def plan_table(plan: Plan) -> Table:
    """Return the claims that are still to be measured, with their setups and the scenarios that run there."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("claim", "measured", "claimed", "setup", "scenarios", "runs"):
        table.add_column(head, overflow="fold")
    for each in plan.claims:
        first = (each.name, each.claim.measure.words(), each.claim.claimed.words())
        for setup, shown in each.setups.items():
            design = plan.designs[shown.study]
            names = dict.fromkeys(design.cells[cell].scenario.name for cell in shown.cells.values())
            table.add_row(*first, setup, ", ".join(names), f"{len(shown.cells)} x {design.file.seeds:,}")
            first = ("", "", "")
    return table
