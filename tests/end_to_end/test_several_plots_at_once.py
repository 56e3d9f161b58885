"""Several kinds of plots of one study in one go, from the command line and from Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import murmur
from scenarios.command_line.main import main

STUDY = """
name: small
scenario: gossip-mesh
sweep: {topology.nodes: [4, 8]}
seeds: 2
metrics: [converged_at, messages_per_node]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study of two cells."""
    place = tmp_path_factory.mktemp("several")
    (place / "small.yaml").write_text(STUDY)
    murmur.study(place / "small.yaml", out=place / "study", workers=1)
    return place / "study"


def test_kinds_that_are_named_are_drawn_in_their_order(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each picture is called by its kind, in the folder that is named and made; what is named must be drawn."""
    pictures = tmp_path / "new" / "pictures"
    typed = ["state-costs", "distribution", "--out", str(pictures), "--format", "svg"]
    assert main(["plot", str(folder), *typed]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [Path(line).name for line in lines] == ["state-costs.svg", "distribution.svg"]
    assert sorted(path.name for path in pictures.iterdir()) == ["distribution.svg", "state-costs.svg"]
    assert main(["plot", str(folder), "distribution", "bifurcation", "--out", str(tmp_path)]) == 2
    assert "draw a study of swarms" in capsys.readouterr().err


def test_all_that_suit_are_drawn_and_the_others_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With `all`, pictures go to the folder of the study, and each kind that does not suit is said with the reason."""
    assert main(["plot", str(folder), "all"]) == 0
    told = capsys.readouterr()
    assert (folder / "distribution.png").is_file()
    assert "distribution.png" in told.out
    assert "bifurcation" not in told.out
    assert "left out bifurcation: no run of the study small has a value of coherence_mean" in told.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["all", "--by", "nods"], "found the factor 'nods'; the study small has topology.nodes; did you mean 'nodes'?"),
        (["all", "--metric", "convergd_at"], "did you mean converged_at?"),
        (["all", "--out", "x.png"], "x.png: found a file for several pictures; name a folder"),
        (["distribution", "--x", "nodes"], "the plot distribution has no option x"),
        (["distrbution", "basins"], "no plot called 'distrbution'; did you mean 'distribution'?"),
    ],
)
def test_what_is_misspelt_is_one_message(
    arguments: list[str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong metric or factor is refused, and does not leave out in silence the plots that it was for."""
    assert main(["plot", str(folder), *arguments]) == 2
    errors = capsys.readouterr().err
    assert len(errors.splitlines()) == 1
    assert message in errors
