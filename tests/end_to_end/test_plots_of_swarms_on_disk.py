"""Plots of swarms that ran by the command line: which one is drawn, with which options, in which format."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

import murmur
from scenarios.command_line.main import main

SCENARIO = """\
name: pool
duration: 1s
seed: 4
topology: {kind: mesh, nodes: 6}
network: {latency: 1ms}
protocol: {kind: attractor, period: 200ms, energy: {capacity: 50}, duty: {kind: connect, size: 2}}
faults:
  - {kind: disrupt, target: {random: 40%}, at: 500ms}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of a small swarm with a pool."""
    place = tmp_path_factory.mktemp("swarms")
    (place / "pool.yaml").write_text(SCENARIO)
    kept = murmur.run(place / "pool.yaml", out=place / "kept").folder
    assert kept is not None
    return kept


@pytest.mark.parametrize(
    ("arguments", "picture"),
    [
        ([], "coherence.png"),
        (["--at", "100ms,900ms"], "phases.png"),
        (["--interval", "10ms"], "load-over-time.png"),
        (["--frames", "3"], "animation.gif"),
        (["animation", "--frames", "3", "--format", "svg"], "animation.svg"),
        (["phase-raster"], "phase-raster.png"),
        (["phase-map", "--at", "600ms"], "phase-map.png"),
        (["energy"], "energy.png"),
        (["basins"], "basins.png"),
    ],
)
def test_a_swarm_is_drawn(arguments: list[str], picture: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a word its coherence; an option chooses the plot that takes it; an animation is a GIF."""
    assert main(["plot", str(run), *arguments]) == 0
    assert capsys.readouterr().out.endswith(f"{picture}\n")
    assert (run / picture).is_file()


def test_python_draws_the_same(run: Path, tmp_path: Path) -> None:
    """`murmur.plot` takes the same options, numbers as numbers, and tells how far it has come."""
    told: list[tuple[int, int]] = []
    film = murmur.plot(run, "animation", tmp_path / "film.gif", frames=2, progress=lambda *done: told.append(done))
    assert told == [(1, 2), (2, 2)]
    with Image.open(film) as picture:
        assert picture.n_frames == 2  # type: ignore[attr-defined]
    several = murmur.plot([run], "load-over-time", tmp_path / "load.png", interval="10ms")
    assert main(["plot", str(run), "load-over-time", "--interval", "10ms", "--out", str(tmp_path / "typed.png")]) == 0
    assert several.read_bytes() == (tmp_path / "typed.png").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["coherence", "--format", "gif"], "the plot coherence has no format gif; it has png, svg"),
        (["animation", "--frames", "many"], "found 'many' frames; expected a number from 2 to 1000"),
        (["coherence", "--frames", "9"], "the plot coherence has no option frames; found '9': it is for animation"),
        (["spread", "--at", "1s"], "the plot spread has no option at; found '1s': it is for phases, phase-map"),
        (["animation", "--out", "film.avi"], "film.avi: found the ending '.avi'"),
        (["bifurcation"], "the plot bifurcation draws a study; expected the folder of one"),
    ],
)
def test_what_a_plot_does_not_take_is_one_message(
    arguments: list[str], message: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Formats and options of other plots, and plots of studies, end with 2."""
    assert main(["plot", str(run), *arguments]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("murmur: error: ")
    assert len(errors.splitlines()) == 1
    assert message in errors
