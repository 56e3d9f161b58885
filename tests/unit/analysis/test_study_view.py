"""A study as tables, plots and reports see it."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.study_view import StudyView, chosen_factor, chosen_metric, times_of
from topologies.errors import InputError

FRAME = pd.DataFrame(
    {
        "kind": ["ring", "ring", "star", "star"],
        "nodes": [8, 8, 8, 8],
        "fault": [True, True, False, False],
        "cell": [0, 0, 1, 1],
        "ended_ns": [9, 9, 9, 8],
        "error": [None, "no", None, None],
        "converged_at": [4.0, None, None, 2.0],
    }
)
VIEW = StudyView("small", FRAME, ("kind", "nodes", "fault"), ("converged_at",))


def test_runs_that_failed_are_not_whole() -> None:
    """Rows with an error are left out of what is whole, and of each cell."""
    assert VIEW.whole().index.tolist() == [0, 2, 3]
    assert [(cell, len(rows)) for cell, rows in VIEW.cells()] == [(0, 1), (1, 2)]


def test_a_label_has_what_varies() -> None:
    """A cell is called by the factors that tell it from the others, or by those that are asked for."""
    assert VIEW.varied() == ["kind", "fault"]
    assert VIEW.label(1) == "star, False"
    assert VIEW.label(1, ["nodes"]) == "8"


def test_booleans_are_no_numbers() -> None:
    """A factor is numeric where all its values are numbers."""
    assert VIEW.numeric() == ["nodes"]


def test_times_that_did_not_come_are_censored_at_the_end() -> None:
    """A time that did not come is that of the end of its run, and not observed."""
    assert times_of(VIEW.whole(), "converged_at") == ([4.0, 9.0, 2.0], [True, False, True])


def test_times_since_something_are_censored_at_the_longest_that_came() -> None:
    """Of a time that is not from the beginning, one that did not come is later than all that did."""
    rows = FRAME.rename(columns={"converged_at": "election_time"})
    assert times_of(rows[rows["error"].isna()], "election_time") == ([4.0, 4.0, 2.0], [True, False, True])


def test_a_metric_without_values_is_refused() -> None:
    """A metric that no run has is refused, with those that there are."""
    assert chosen_metric(VIEW, None) == "converged_at"
    with pytest.raises(InputError, match="reports converged_at"):
        chosen_metric(VIEW, "messages")


def test_a_factor_is_named_by_its_path_its_end_or_without_its_unit() -> None:
    """`protocol.period (ms)` may be called so, or `period (ms)`, or `period`; what fits several is refused."""
    factors = ["protocol.period (ms)", "loss (%)", "system.kind", "fault.kind"]
    study = StudyView("small", pd.DataFrame(), factors, [])
    for named in ("protocol.period (ms)", "protocol.period", "period (ms)", "period"):
        assert chosen_factor(study, named) == "protocol.period (ms)"
    assert chosen_factor(study, "loss") == "loss (%)"
    with pytest.raises(InputError, match=r"may be system\.kind or fault\.kind; give the whole path"):
        chosen_factor(study, "kind")
    with pytest.raises(InputError, match="did you mean 'loss"):
        chosen_factor(study, "los")
