"""Figures in files: the same bytes each time, valid, whole or absent."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest
from matplotlib.figure import Figure
from PIL import Image

from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView
from analysis.plots.save import save
from topologies.errors import InputError

ROOT = Path(__file__).parents[4]
IN_A_FRESH_PROCESS = """
import sys
from tests.unit.analysis.plots.rumour_runs import FAULTS, rumour_run
from analysis.plots.registry import PLOTS
from analysis.plots.save import save
from tests.unit.analysis.plots.consensus_runs import CONSENSUS_PLOTS, served_run
from tests.unit.analysis.plots.hardware_runs import CORE_PLOTS, MAILBOX_PLOTS, pressed_run, traced_run
from tests.unit.analysis.plots.swarm_runs import SWARM_PLOTS, swarm_run
broken = rumour_run({"kind": "mesh", "nodes": 8}, faults=FAULTS)
runs = dict.fromkeys(CONSENSUS_PLOTS, served_run()) | dict.fromkeys(SWARM_PLOTS, swarm_run())
runs |= dict.fromkeys(CORE_PLOTS, traced_run()) | dict.fromkeys(MAILBOX_PLOTS, pressed_run())
for name, plot in PLOTS.items():
    figure = plot.draw([runs.get(name, broken)])
    for ending in ("png", "svg"):
        save(figure, f"{sys.argv[1]}/{name}.{ending}")
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which a fresh process without a display, with another hash seed, has drawn every plot."""
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "MPLBACKEND")}
    environment["PYTHONHASHSEED"] = "12345"
    subprocess.run([sys.executable, "-c", IN_A_FRESH_PROCESS, folder], cwd=ROOT, env=environment, check=True)
    return folder


@pytest.mark.parametrize("name", list(PLOTS))
def test_same_run_same_bytes(name: str, drawable: Callable[[str], RunView], elsewhere: Path, tmp_path: Path) -> None:
    """A plot is the same file as from another process, as PNG and SVG, whatever the user has set for matplotlib."""
    with matplotlib.rc_context({"font.size": 20, "lines.linewidth": 9, "axes.grid": True, "svg.hashsalt": None}):
        figure = PLOTS[name].draw([drawable(name)])
        for ending in ("png", "svg"):
            here = save(figure, tmp_path / f"here.{ending}")
            assert here.read_bytes() == (elsewhere / f"{name}.{ending}").read_bytes()
        assert matplotlib.rcParams["font.size"] == 20


@pytest.mark.parametrize("name", list(PLOTS))
def test_svg_is_valid_and_complete(name: str, elsewhere: Path) -> None:
    """An SVG is well-formed XML, needs no font from outside, and tells no date."""
    root = ElementTree.parse(elsewhere / f"{name}.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert not list(root.iter("{http://purl.org/dc/elements/1.1/}date"))


def test_png_has_300_dots_per_inch(broken: RunView, tmp_path: Path) -> None:
    """A PNG of a width of 85 mm has 85 / 25.4 × 300 pixels across, and says how large it is on paper."""
    path = save(PLOTS["spread"].draw([broken], width=85), tmp_path / "plot.png")
    with Image.open(path) as picture:
        assert picture.width == int(85 / 25.4 * 300)
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert "Software" not in picture.info


@pytest.mark.parametrize("name", ["plot.pdf", "plot", "plot.png.txt"])
def test_other_formats_are_refused(name: str, tmp_path: Path) -> None:
    """A file name that ends neither in .png nor in .svg is refused with both named, and nothing is written."""
    with pytest.raises(InputError, match=r"expected a file that ends in \.png or \.svg"):
        save(Figure(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_an_input_error(tmp_path: Path) -> None:
    """A folder that does not exist, or is a file, is the user's mistake and is named."""
    (tmp_path / "file").touch()
    for folder in ("nowhere", "file"):
        with pytest.raises(InputError, match=f"{folder}.*cannot be written"):
            save(Figure(), tmp_path / folder / "plot.png")


def test_a_failed_save_leaves_the_earlier_file(
    broken: RunView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When writing fails half-way, the file that was there is as it was, and no other is left."""
    path = tmp_path / "plot.svg"
    path.write_text("earlier")
    figure = PLOTS["spread"].draw([broken])

    def fail(file: object, **options: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    monkeypatch.setattr(figure, "savefig", fail)
    with pytest.raises(KeyboardInterrupt):
        save(figure, path)
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("plot.svg", "earlier")]


def test_the_list_of_plots_is_light() -> None:
    """The names and descriptions of plots are there without matplotlib, seaborn, pandas or networkx."""
    code = "import sys, analysis.plots.registry as r; assert r.PLOTS; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"matplotlib", "seaborn", "pandas", "networkx", "numpy"} & set(run.stdout.split())
