"""Options of plots of runs: the same picture from the command line and Python, one message where one is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

import murmur
from scenarios.command_line.main import main

SCENARIO = """\
name: served
duration: 3s
seed: 4
topology: {kind: mesh, nodes: 3}
network: {latency: {kind: exponential, mean: 3ms}}
protocol: {kind: raft}
workload: {kind: register, clients: 3, rate: 40/s, keys: 2}
faults:
  - {kind: crash, target: leader, at: 1s, restart_after: 600ms}
detail: messages
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of Raft in which a leader is replaced."""
    place = tmp_path_factory.mktemp("plots")
    (place / "served.yaml").write_text(SCENARIO)
    kept = murmur.run(place / "served.yaml", out=place / "kept").folder
    assert kept is not None
    return kept


@pytest.mark.parametrize(
    ("kind", "option", "value", "other"),
    [("space-time", "around", "election:2", "election"), ("history", "key", "k1", "k0")],
)
def test_an_option_is_the_same_from_both_sides(
    kind: str, option: str, value: str, other: str, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command and `murmur.plot` draw the same bytes, which differ from those of another value."""
    typed = tmp_path / "typed.png"
    assert main(["plot", str(run), kind, f"--{option}", value, "--out", str(typed)]) == 0
    assert capsys.readouterr().out.endswith("typed.png\n")
    called = murmur.plot(run, kind, tmp_path / "called.png", **{option: value})  # type: ignore[arg-type]
    assert called.read_bytes() == typed.read_bytes()
    assert murmur.plot(run, kind, tmp_path / "other.png", **{option: other}).read_bytes() != typed.read_bytes()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["space-time", "--around", "election:7"], "election:7; the run had 2 elections that were won"),
        (["space-time", "--around", "crash"], "found 'crash' to draw around; expected election"),
        (["space-time", "--key", "k0"], "the plot space-time has no option key; found 'k0': it is for history"),
        (["history", "--key", "k2"], "found no operation on the key 'k2'; did you mean 'k"),
        (["history", "--around", "election"], "the plot history has no option around"),
        (["load", "--around", "election"], "the plot load has no option around; found 'election'"),
    ],
)
def test_wrong_options_are_one_message(
    arguments: list[str], message: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a run does not have, and what a plot does not take, ends with 2 and leaves no picture."""
    before = sorted(run.iterdir())
    assert main(["plot", str(run), *arguments]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("murmur: error: ")
    assert len(errors.splitlines()) == 1
    assert message in errors
    assert sorted(run.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "picture"),
    [([], "leaders.png"), (["--around", "election"], "space-time.png"), (["--key", "k1"], "history.png")],
)
def test_the_plot_that_suits_is_drawn_when_none_is_named(
    arguments: list[str], picture: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run of servers that have a leader shows who leads; an option chooses the plot that takes it."""
    assert main(["plot", str(run), *arguments]) == 0
    assert capsys.readouterr().out.endswith(f"{picture}\n")
    assert (run / picture).is_file()


def test_runs_without_a_leader_show_how_far_it_has_spread(tmp_path: Path) -> None:
    """Gossip has no leader, and several runs of Raft no one who leads them all."""
    gossip = murmur.run("gossip-mesh", out=tmp_path / "gossip")
    assert murmur.plot(gossip).name == "spread.png"
    both = [murmur.run("raft-transfer", seed=seed, out=tmp_path / f"raft-{seed}") for seed in (0, 1)]
    assert murmur.plot(both, out=tmp_path / "both.png").is_file()
