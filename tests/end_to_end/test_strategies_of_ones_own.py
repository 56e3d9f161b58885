"""A strategy of the user's own, by the command: allowed or refused, kept, replayed, and blamed for what it does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.command_line.main import main

STRATEGIES = """
import murmur

class Halfway(murmur.Strategy):
    kind: str = "own_strategies:Halfway"
    share: float = 0.5

    def decide(self, own, heard, goal, energy):
        return murmur.Adjustment(self.share * heard.mean_sine)

class Raises(Halfway):
    def decide(self, own, heard, goal, energy):
        return murmur.Adjustment(1 / 0 if own.agent == 3 else 0.0)

class NotANumber(Halfway):
    def decide(self, own, heard, goal, energy):
        return murmur.Adjustment(float("nan"))

class Infinite(Halfway):
    def decide(self, own, heard, goal, energy):
        return murmur.Adjustment(0.0, float("-inf"))

class NoStrategy:
    pass
"""
SWARM = """
name: swarm
duration: 2s
topology: {kind: mesh, nodes: 10}
protocol: {kind: attractor, period: 200ms, strategy: {kind: "own_strategies:Halfway"}}
checks: [converged]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stand in a folder with a swarm and the module that it names."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "own_strategies.py").write_text(STRATEGIES)
    (tmp_path / "swarm.yaml").write_text(SWARM)
    yield
    sys.modules.pop("own_strategies", None)


def test_a_strategy_runs_is_kept_and_is_replayed(capsys: pytest.CaptureFixture[str]) -> None:
    """With its module allowed it brings the swarm together; the run holds its options, and replays to its digest."""
    flags = ["--plugin", "own_strategies"]
    assert main(["run", "swarm.yaml", *flags, "--set", "protocol.strategy.share=0.25", "--out", "kept"]) == 0
    assert '"share": 0.25' in Path("kept/manifest.json").read_text(encoding="utf-8")
    assert main(["replay", "kept", *flags]) == 0
    assert main(["check", "swarm.yaml", "--determinism", *flags]) == 0
    assert "the same" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ([], "swarm.yaml:5: protocol.strategy: found 'own_strategies:Halfway', which would run code of the module"),
        (["share=x"], "protocol.strategy.share: found 'x'"),
        (["shrae=1"], "protocol.strategy.shrae: unknown field 'shrae'; Halfway has kind, share"),
        (["kind=own_strategies:Half"], "own_strategies holds no such class; did you mean 'Halfway'?"),
        (["kind=own_strategies:NoStrategy"], "not a subclass of Strategy; derive it from murmur.Strategy"),
        (["kind=own_strategies:Raises"], "the strategy own_strategies:Raises raised ZeroDivisionError"),
        (["kind=own_strategies:Raises"], ", as agent 3 decided at "),
        (["kind=own_strategies:NotANumber"], "NotANumber asked for Adjustment(phase=nan"),
        (["kind=own_strategies:Infinite"], "Infinite asked for Adjustment(phase=0.0, frequency=-inf"),
    ],
)
def test_what_goes_wrong_is_told_in_one_message(
    flags: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, no traceback and nothing written, whoever is to blame."""
    given = ["--plugin", "own_strategies"] if flags else []
    for flag in flags:
        given += ["--set", f"protocol.strategy.{flag}"]
    assert main(["run", "swarm.yaml", *given, "--out", "kept"]) == 2
    errors = capsys.readouterr().err
    assert told in errors
    assert "Traceback" not in errors
    assert not Path("kept").exists()
