"""Cells of a study in words: one by its label, several by what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from analysis.report.facts import StudyFacts
from analysis.report.words import listed

MOST_NAMED: Final = 3
"""Cells that have nothing in common beyond which they are counted, not named."""


def cells_words(facts: StudyFacts, cells: Iterable[int]) -> str:
    """Return cells in words: `gossip, mesh`, or `gossip and raft, every topology`, or `7 cells alike`."""
    chosen = frozenset(cells)
    every = range(len(facts.answers))
    if len(chosen) == len(every) > 1:
        return "every cell"
    if len(chosen) == 1:
        return facts.label(next(iter(chosen)))
    varied = facts.view.varied() if facts.design is None else []
    for factor in sorted(varied, key=lambda name: len(_levels(facts, name, chosen))):
        levels = _levels(facts, factor, chosen)
        if chosen == {cell for cell in every if facts.answers[cell]["labels"][factor] in levels}:
            numeric = facts.view.numeric()
            others = [f"value of {name}" if name in numeric else name for name in varied if name != factor]
            return f"{_levels_words(factor, levels, factor in numeric)}{f', every {listed(others)}' if others else ''}"
    if len(chosen) <= MOST_NAMED:
        return "; ".join(facts.label(cell) for cell in sorted(chosen))
    return f"{len(chosen):,} cells alike"


def _levels(facts: StudyFacts, factor: str, cells: Iterable[int]) -> list[object]:
    return list(dict.fromkeys(facts.answers[cell]["labels"][factor] for cell in sorted(cells)))


def _levels_words(factor: str, levels: Sequence[object], numeric: bool) -> str:
    return f"{factor} {listed(levels)}" if numeric else listed(levels)
