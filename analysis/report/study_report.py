"""A report on a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.report import study_sections as sections
from analysis.report.blocks import Cell, Report, Section, sections_with_content
from analysis.report.facts import StudyFacts
from analysis.report.run_figures import Watch
from analysis.report.scenario_blocks import left_out_fold
from analysis.report.study_answer import answer, comparisons_of, question, results
from analysis.report.study_dependence import dependence_of
from analysis.report.study_figures import study_figures
from analysis.report.study_methods import methods_of_study
from analysis.report.study_outside import outside
from analysis.report.study_setup import setup
from analysis.report.study_verdicts import totals, verdicts
from analysis.report.words import count


def report_on_study(facts: StudyFacts, title: str | None, plots: Sequence[str] | None, watch: Watch) -> Report:
    """Return the report on a study, with the plots that are named, all that suit, or without pictures (None)."""
    comparisons, dependence = comparisons_of(facts), dependence_of(facts)
    drawn, left_out = ([], []) if plots is None else study_figures(facts.view, facts.view.metrics, plots, watch)
    if plots is None:
        facts = replace(facts, cells=[replace(cell, topology=None) for cell in facts.cells])
    parts = (
        question(facts),
        answer(facts, comparisons, dependence),
        Section("figures", "Figures", (*drawn, *left_out_fold(left_out))),
        verdicts(facts),
        results(facts, comparisons, dependence),
        outside(facts),
        setup(facts),
        sections.reproduction(facts),
        methods_of_study(facts, comparisons, dependence),
        sections.limits(facts, comparisons),
        sections.versions(facts),
    )
    return Report("study", title or facts.view.name, _badges(facts), sections_with_content(parts))


def _badges(facts: StudyFacts) -> tuple[Cell, ...]:
    sums = totals(facts).values()
    failed = sum(each["failed"] for each in facts.answers)
    broken = sum(bool(counts["violated"]) for counts in sums)
    marks = [Cell(f"{count(failed, 'run')} failed", tone="bad")] if failed else []
    if broken:
        marks.append(Cell(f"{count(broken, 'check')} violated", tone="bad"))
    elif any(counts["unknown"] for counts in sums):
        marks.append(Cell("some verdicts unknown", tone="unknown"))
    elif sums:
        marks.append(Cell(f"{count(len(sums), 'check')} hold{'s' * (len(sums) == 1)} everywhere", tone="good"))
    size = (count(len(facts.answers), "cell"), count(len(facts.view.frame), "run"), f"root seed {facts.seed}")
    return (*marks, *map(Cell, size), Cell(f"digest {sections.results_digest(facts)[:12]}"))
