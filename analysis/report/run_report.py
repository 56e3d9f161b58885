"""A report on one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.report import run_sections as sections
from analysis.report.blocks import Cell, Report, Section, sections_with_content
from analysis.report.facts import RunFacts
from analysis.report.methods import methods_of_run
from analysis.report.run_figures import Watch, run_figures
from analysis.report.scenario_blocks import left_out_fold
from analysis.report.words import count
from analysis.shown_value import seconds


def report_on_run(facts: RunFacts, title: str | None, plots: Sequence[str] | None, watch: Watch) -> Report:
    """Return the report on a run, with the plots that are named, all that suit, or without pictures (None)."""
    drawn, left_out = ([], []) if plots is None else run_figures(facts.run, plots, watch)
    if plots is None:
        facts = replace(facts, scenario=replace(facts.scenario, topology=None))
    parts = (
        sections.question(facts),
        sections.answer(facts),
        sections.verdicts(facts),
        Section("figures", "Figures", (*drawn, *left_out_fold(left_out))),
        sections.metrics(facts),
        sections.setup(facts),
        sections.reproduction(facts),
        methods_of_run(facts),
        sections.limits(facts),
        sections.versions(facts),
    )
    return Report("run", title or str(facts.summary["scenario"]), _badges(facts), sections_with_content(parts))


def _badges(facts: RunFacts) -> tuple[Cell, ...]:
    summary = facts.summary
    found = [each["verdict"] for each in summary["verdicts"]]
    counts = {name: found.count(name) for name in sections.ORDER if name in found}
    return (
        *(Cell(_verdicts(number, name), tone=sections.TONES[name]) for name, number in counts.items()),
        Cell(f"{summary['protocol']} on {count(summary['nodes'], 'node')} ({summary['topology']})"),
        Cell(f"{seconds(summary['ended_ns'])} simulated"),
        Cell(f"seed {summary['seed']}"),
        Cell(f"digest {summary['digest'][:12]}"),
    )


def _verdicts(number: int, verdict: str) -> str:
    """Return how many checks have a verdict: `6 checks hold`, `1 check violated`."""
    held = ("hold" if number > 1 else "holds") if verdict == "holds" else verdict
    return f"{count(number, 'check')} {held}"
