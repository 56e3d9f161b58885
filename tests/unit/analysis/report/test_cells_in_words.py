"""How reports name the cells of a study: one, some that have something in common, and all."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from analysis.report.blocks import Cell
from analysis.report.cell_words import cells_words
from analysis.report.facts import StudyFacts
from analysis.report.study_answer import label_cells
from analysis.report.study_verdicts import verdict_line
from analysis.study_view import StudyView

SYSTEMS = ("gossip", "raft", "coordinator")


def facts_of(design: Any = None, violated: tuple[int, ...] = ()) -> StudyFacts:
    """A study of three systems on rings of three sizes, a check of which is violated in some cells."""
    labels = [{"system": system, "nodes": nodes} for system, nodes in product(SYSTEMS, (8, 16, 32))]
    frame = pd.DataFrame([{**each, "cell": cell, "error": None} for cell, each in enumerate(labels)])
    counts = [{"holds": cell not in violated, "violated": cell in violated, "unknown": 0} for cell in range(9)]
    answers = [
        {"labels": each, "checks": {"linearizable": count}, "failed": 0, "runs": 1}
        for each, count in zip(labels, counts, strict=True)
    ]
    view = StudyView("made", frame, ("system", "nodes"), ())
    return StudyFacts(view, (), answers, 0, 1, True, None, design, "", "", {})


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([4], "raft, 16"),
        (range(9), "every cell"),
        ([0, 1, 2], "gossip, every value of nodes"),
        ([0, 1, 2, 6, 7, 8], "gossip and coordinator, every value of nodes"),
        ([1, 4, 7], "nodes 16, every system"),
        ([0, 4], "gossip, 8; raft, 16"),
        ([0, 1, 3, 4], "4 cells alike"),
    ],
)
def test_cells_are_named_by_what_they_have_in_common(cells: list[int], words: str) -> None:
    """All cells of some levels of a factor are told by these; others are named while they are few."""
    assert cells_words(facts_of(), cells) == words


def test_the_line_of_verdicts_says_which_cells_violate() -> None:
    """It names the cells, and says that there are no others."""
    told = verdict_line(facts_of(violated=(0, 1, 2))).text
    assert told == "Violated: linearizable in 3 of 9 runs (gossip, every value of nodes, and no other)."


def test_drawn_numbers_are_told_with_their_units() -> None:
    """A unit stands behind the number, and a whole number has no decimal point."""
    frame = pd.DataFrame({"loss (%)": [22.32, 5.0], "period (ms)": [1951.0, 2.0]})
    labels = dict(frame.iloc[0])
    view = StudyView("drawn", frame, tuple(labels), ())
    drawn: Any = SimpleNamespace(design={}, answers=[{"labels": labels}], view=view)
    assert StudyFacts.label(drawn, 0) == "loss 22.32\u00a0%, period 1951\u00a0ms"
    assert label_cells({"labels": labels}) == (Cell("22.32", 22.32), Cell("1951", 1951.0))
