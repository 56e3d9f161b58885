"""Plots of studies that sweep threads or shares: what they draw and fit, and what they refuse."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.sweep import sweep_of
from analysis.plots.throughput import throughput_of
from analysis.scalability import Scalability
from analysis.study_view import StudyView
from topologies.errors import InputError

LAWS = {"mutex": Scalability(9e5, 0.2, 0.004), "channel": Scalability(6e5, 0.3)}
THREADS = (1, 2, 4, 8, 16)


def study(factor: str = "threads", numbers: tuple[Any, ...] = THREADS, seeds: int = 2, **changes: Any) -> StudyView:
    """A study whose throughputs are those of two laws, and whose time of an operation goes with them."""
    rows = []
    for cell, (kind, number) in enumerate((kind, number) for kind in LAWS for number in numbers):
        size = number if isinstance(number, int) else 2
        for seed in range(seeds):
            throughput = LAWS[kind].throughput(size) * (1 + 0.01 * seed)
            values = {"throughput": throughput, "latency_p50": size / throughput * 1e9}
            rows.append({"kind": kind, factor: number, "cell": cell, "error": None, **values})
    columns: dict[str, Any] = {
        "frame": pd.DataFrame(rows),
        "factors": ("kind", factor),
        "metrics": ("latency_p50", "throughput"),
    }
    return StudyView("threads", **{**columns, **changes})


def test_each_line_has_the_law_that_made_it() -> None:
    """Along the axis are the threads, a line has each structure, and the fit finds its law."""
    sweep = sweep_of(study(seeds=1), "throughput", None, (), "/s")
    assert (sweep.factor, sweep.metric, sweep.unit) == ("Threads", "throughput", "operations/s")
    plot = throughput_of(sweep)
    assert [line.label for line in sweep.lines] == list(LAWS)
    for line, fit in zip(sweep.lines, plot.fits, strict=True):
        assert fit is not None
        law = LAWS[line.label]
        assert fit.law.contention == pytest.approx(law.contention, abs=1e-6)
        assert fit.law.coherence == pytest.approx(law.coherence, abs=1e-6)
        assert {n: each.value for n, each in line.means.items()} == {n: law.throughput(n) for n in THREADS}


def test_throughput_is_drawn_with_its_laws() -> None:
    """Each structure has points and a fitted line; the one with a cost of coherence has Amdahl's law beside it."""
    figure = STUDY_PLOTS["throughput"].draw(study(), None, None)
    axes = figure.axes[0]
    assert axes.get_ylabel() == "Throughput (operations/s)"
    assert len([line for line in axes.lines if len(line.get_xdata()) > len(THREADS)]) == 2 + 1  # type: ignore[arg-type]
    (legend,) = figure.legends
    words = [text.get_text() for text in legend.get_texts()]
    assert words[0] == "universal scalability law, fitted"
    assert any(each.startswith("mutex: σ 0.2 (") and "peak at 14.1" in each.replace("\n", " ") for each in words)
    assert "2 runs at each point; means" in figure.get_suptitle()
    many = STUDY_PLOTS["throughput"].draw(study(seeds=6), None, None).get_suptitle()
    many = " ".join(many.split())
    assert "6 runs at each point; mean with an interval of 95 %" in many


def test_costs_are_drawn_against_threads_or_shares() -> None:
    """The first metric that is a time is drawn in its unit, and shares have an axis in percent."""
    axes = STUDY_PLOTS["state-costs"].draw(study(), None, None).axes[0]
    assert axes.get_ylabel() == "Latency p50 (µs)"
    assert [float(x) for x in axes.lines[0].get_xdata()] == list(THREADS)  # type: ignore[union-attr]
    by_share = STUDY_PLOTS["state-costs"].draw(study("reads", ("0%", "50%", "90%")), None, 85.0).axes[0]
    assert by_share.get_xlabel() == "Reads"
    assert [float(x) for x in by_share.lines[0].get_xdata()] == [0.0, 0.5, 0.9]  # type: ignore[union-attr]
    assert "100%" in [label.get_text() for label in by_share.get_xticklabels()] or by_share.get_xlim()[1] < 1


def test_a_line_of_two_sizes_has_no_law() -> None:
    """Two points are drawn without a law through them."""
    plot = throughput_of(sweep_of(study(numbers=(1, 4)), "throughput", None, (), "/s"))
    assert plot.fits == [None, None]
    assert STUDY_PLOTS["throughput"].draw(study(numbers=(1, 4)), None, None)


@pytest.mark.parametrize(
    ("changes", "metric", "message"),
    [
        ({"factors": ("kind",)}, None, "sweeps no number; the plot throughput needs one that does"),
        ({"metrics": ("latency_p50",)}, "converged_at", "no run of the study threads has a value of converged_at"),
        ({"metrics": ("residue",)}, None, "reports residue; the plot throughput needs a metric in /s"),
    ],
)
def test_studies_without_what_is_needed_are_refused(changes: dict[str, Any], metric: str | None, message: str) -> None:
    """A study without a number that is swept, or without such a metric, is refused with the remedy."""
    with pytest.raises(InputError, match=message):
        STUDY_PLOTS["throughput"].draw(study(**changes), metric, None)


def test_too_many_lines_are_refused() -> None:
    """More than eight sets of points are one too many to be told apart."""
    one = study()
    frame = pd.concat([one.frame.assign(kind=f"kind {n}", cell=one.frame["cell"] + 100 * n) for n in range(9)])
    with pytest.raises(InputError, match="at most 8 lines"):
        STUDY_PLOTS["throughput"].draw(StudyView("many", frame, one.factors, one.metrics), None, None)
