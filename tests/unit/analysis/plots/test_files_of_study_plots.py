"""Every plot of studies, from a study that is run to a file: the same bytes in any process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest

from analysis.plots.save import save
from analysis.plots.study_plots import STUDY_PLOTS
from tests.unit.analysis.plots.drawable_studies import study_for

ROOT = Path(__file__).parents[4]
IN_A_FRESH_PROCESS = """
import sys
from analysis.plots.save import save
from analysis.plots.study_plots import STUDY_PLOTS
from tests.unit.analysis.plots.drawable_studies import study_for
for name, plot in STUDY_PLOTS.items():
    figure = plot.draw(study_for(name).view())
    for ending in ("png", "svg") if name in sys.argv[2:] else ("svg",):
        save(figure, f"{sys.argv[1]}/{name}.{ending}")
"""
AS_PIXELS = ("heat-map", "trade-off", "violin")
"""Plots that are compared as PNG too: areas of colour, text among points, curves. All plots of runs are, elsewhere."""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which a fresh process with another hash seed has run the studies and drawn every plot."""
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "MPLBACKEND")}
    environment["PYTHONHASHSEED"] = "54321"
    subprocess.run(
        [sys.executable, "-c", IN_A_FRESH_PROCESS, folder, *AS_PIXELS], cwd=ROOT, env=environment, check=True
    )
    return folder


@pytest.mark.parametrize("name", list(STUDY_PLOTS))
def test_same_study_same_bytes(name: str, elsewhere: Path, tmp_path: Path) -> None:
    """A plot is the same file as from another process, as SVG and as PNG, whatever the user has set for matplotlib.

    An SVG is well-formed XML, needs no font from outside, and tells no date.
    """
    with matplotlib.rc_context({"font.size": 20, "lines.linewidth": 9, "axes.grid": True, "svg.hashsalt": None}):
        figure = STUDY_PLOTS[name].draw(study_for(name).view())
        for ending in ("png", "svg") if name in AS_PIXELS else ("svg",):
            here = save(figure, tmp_path / f"here.{ending}")
            assert here.read_bytes() == (elsewhere / f"{name}.{ending}").read_bytes()
    root = ElementTree.parse(elsewhere / f"{name}.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert not list(root.iter("{http://purl.org/dc/elements/1.1/}date"))
