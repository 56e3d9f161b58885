"""Which figures a report on a study has."""

import pandas as pd
import pytest

from analysis.report.study_figures import _planned, study_figures
from analysis.study_view import StudyView
from topologies.errors import InputError


def view_of(cells: int, metric: str = "messages") -> StudyView:
    """A study of one factor, with ten runs of each cell."""
    rows = [
        {
            "case": f"cell {cell}",
            "cell": cell,
            "replicate": n,
            "seed": n,
            "error": None,
            metric: float(10 * cell + n % 7),
        }
        for cell in range(cells)
        for n in range(10)
    ]
    frame = pd.DataFrame(rows).assign(ended_ns=1e9, censored=None)
    return StudyView("made", frame, ("case",), (metric,))


def names_of(cells: int) -> list[str]:
    """The figures of a study of so many cells."""
    return [figure.name for figure in study_figures(view_of(cells), ["messages"], (), lambda name: None)[0]]


def test_a_single_cell_has_no_plots_that_compare_cells() -> None:
    """It has how its runs are spread, and nothing along a factor that does not vary."""
    assert sorted(names_of(1)) == ["figure-box-messages", "figure-distribution-messages"]


def test_two_cells_are_compared() -> None:
    """Pairs of seeds are drawn, but no heat map over a single factor."""
    found = names_of(2)
    assert "figure-paired-messages" in found
    assert "figure-heat-map-messages" not in found


def test_a_metric_without_values_is_said_to_have_none() -> None:
    """Where plots are asked for by name and none can be drawn, the first reason is the error."""
    view = view_of(2)
    view.frame["messages"] = float("nan")
    with pytest.raises(InputError, match="no run of the study made has a value of messages"):
        study_figures(view, ["messages"], ["distribution"], lambda name: None)
    with pytest.raises(InputError, match="reports no metric to draw"):
        study_figures(view, [], ["distribution"], lambda name: None)


def test_each_metric_has_a_figure() -> None:
    """Of seven metrics the first has all plots, and the last one, too, is drawn before any other has a second."""
    view = view_of(2)
    others = [f"messages_per_{name}" for name in ("node", "operation")] + ["delivered", "lost", "dropped", "waiting"]
    for name in others:
        view.frame[name] = view.frame["messages"]
    planned = list(_planned(StudyView("made", view.frame, ("case",), ("messages", *others)), ["messages", *others], ()))
    further = [metric for _, metric in planned if metric not in ("messages", None)]
    assert further[: len(others)] == others
