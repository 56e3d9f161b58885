"""The last sections of a report on a study: how to make it again, what it does not say, versions and digests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.canonical import data_checksum
from analysis.metrics import known_metric
from analysis.report.blocks import Bullets, Code, Facts, Fold, Paragraph, Section
from analysis.report.facts import StudyFacts
from analysis.report.study_answer import Comparisons
from analysis.report.study_verdicts import run_command
from analysis.report.words import count, listed, metric_words

FEW: Final = 30
"""Runs of a cell below which intervals are wide."""


def reproduction(facts: StudyFacts) -> Section:
    """Commands that make the study again, one of its runs, and this page."""
    frame = facts.view.frame
    lead = Paragraph(
        "Commands are to be run in the folder of the study, where its study.yaml is; below each figure is the one that "
        "draws it. A run is decided by its scenario and its seed, to the bit."
    )
    codes = [Code(facts.again, "makes all of it again")]
    if len(frame):
        first = frame.iloc[0]
        codes.append(Code(run_command(int(first["cell"]), int(first["seed"])), "one of the runs: the first"))
    codes.append(Code("murmur report .", "writes this page again, the same bytes"))
    file = Code(facts.file, "study.yaml, with all that flags changed")
    return Section("reproduction", "How to make it again", (lead, *codes, Fold("The study's file", (file,))))


def limits(facts: StudyFacts, comparisons: Comparisons) -> Section:
    """What a study of this size and kind cannot say."""
    return Section("limits", "What it does not say", (Bullets(tuple(_limits(facts, comparisons))),))


def _limits(facts: StudyFacts, comparisons: Comparisons) -> Iterator[str]:
    fewest = min(answer["runs"] for answer in facts.answers)
    if fewest < 6:
        yield f"With {count(fewest, 'run')} in a cell there are no 95 % intervals of medians: six are the least."
    elif fewest < FEW:
        yield f"With {count(fewest, 'run')} in a cell intervals are wide, and know little of rare values."
    compared = [name for name, each in comparisons.items() if each]
    if compared:
        yield (
            "That a difference is not beyond noise does not show that there is none: its interval says how large it "
            "can be. Cells are compared with the first one, not with each other."
        )
    never = [metric_words(name).lower() for name in facts.view.metrics if known_metric(name).may_never_come]
    if never:
        yield f"Of {listed(never)}, only what came while a run lasted is seen; a longer run may see more."
    if facts.view.checks:
        yield (
            "A check that always holds here may be violated by runs that are not among these; murmur hunt looks for "
            "them on purpose."
        )
    yield (
        "It holds for these scenarios: latencies, losses, loads and faults are a model, not a measurement of a real "
        "system. Values that lie between those that were run are not known."
    )
    if facts.common:
        yield "All cells share their seeds, so that they differ by what was changed; bad luck hits all of them."


def versions(facts: StudyFacts) -> Section:
    """Versions, and a digest over the results."""
    pairs = [
        ("root seed", str(facts.seed)),
        ("digest of the results", results_digest(facts)),
        ("runs", f"{len(facts.view.frame):,}"),
        *((("Murmur" if name == "murmur" else name), version) for name, version in facts.versions.items()),
    ]
    note = Paragraph(
        "The digest is the BLAKE2b hash of the digests of all runs, in order, with cell, replicate, seed and error: "
        "equal digests are equal results, on any machine and any number of workers."
    )
    return Section("versions", "Versions and digests", (Facts(tuple(pairs)), note))


def results_digest(facts: StudyFacts) -> str:
    """Return a hash over the digests of all runs."""
    columns = [facts.view.frame[name].tolist() for name in ("cell", "replicate", "seed", "digest", "error")]
    return data_checksum([[None if value != value else value for value in row] for row in zip(*columns, strict=True)])
