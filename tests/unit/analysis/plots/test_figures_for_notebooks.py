"""`murmur.plots`: what notebooks draw with."""

from __future__ import annotations

import inspect
import subprocess
import sys

import murmur
from analysis.plots.study_plots import STUDY_PLOTS
from tests.unit.analysis.plots.small_studies import seconds, study_of

WITHOUT_FRAME = {"bifurcation", "basins", "throughput", "state-costs"}
"""Plots that are of one kind of system, and drawn from its laws."""


def test_each_plot_has_a_frame_and_a_drawing() -> None:
    """Of each plot there is NAME_frame, which takes a study, and draw_NAME, which takes a frame and a metric."""
    for name in STUDY_PLOTS.keys() - WITHOUT_FRAME:
        words = name.replace("-", "_")
        assert next(iter(inspect.signature(getattr(murmur.plots, f"{words}_frame")).parameters)) == "study"
        assert list(inspect.signature(getattr(murmur.plots, f"draw_{words}")).parameters)[:2] == ["frame", "metric"]
    assert not [name for name in murmur.plots.__all__ if not hasattr(murmur.plots, name)]


def test_part_of_a_frame_is_drawn() -> None:
    """A frame of which rows are taken away is drawn without them, by the names that it is drawn with as a whole."""
    view = study_of(
        [({"kind": kind, "nodes": n}, {"converged_at": seconds(n, n + 1)}) for kind in "ab" for n in (1, 2, 4)]
    )
    frame = murmur.plots.scaling_frame(view)
    figure = murmur.plots.draw_scaling(frame[frame["line"] == "b"], "converged_at", "Nodes", "Only b")
    assert figure.get_suptitle().startswith("Only b")
    assert [words.get_text()[:2] for words in figure.legends[0].get_texts()][-1] == "b:"


def test_nothing_is_imported_before_it_is_used() -> None:
    """`import murmur` has neither matplotlib nor pandas, until murmur.plots is named."""
    code = "import sys, murmur; assert 'plots' in dir(murmur); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"matplotlib", "seaborn", "pandas", "analysis.plots"} & set(run.stdout.split())
