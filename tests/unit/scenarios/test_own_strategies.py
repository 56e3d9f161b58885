"""Strategies of one's own in scenarios: named or given, and found again from what a run has written."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from scenarios.explain.explain import explain
from scenarios.replay import replay
from scenarios.run import run
from scenarios.schema import scenario_of
from scenarios.shrink.shrink import shrink
from topologies.errors import InputError

OWN = """
import murmur


class Steps(murmur.Strategy):
    kind: str = "steps"
    sizes: tuple[float, ...] = (0.1, 0.2)

    def decide(self, own, heard, goal, energy):
        return murmur.Adjustment(phase=self.sizes[own.agent % len(self.sizes)] * heard.mean_sine)


class Alarmed(Steps):
    kind: str = "own_steps:Alarmed"

    def decide(self, own, heard, goal, energy):
        if 0 < len(heard) < 3:
            raise KeyError("few")
        return super().decide(own, heard, goal, energy)


class Undecided(murmur.Strategy):
    kind: str = "own_steps:Undecided"
"""
ALLOWED = ["own_steps"]


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module with strategies that can be imported."""
    (tmp_path / "own_steps.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "own_steps", raising=False)


def scenario(strategy: object) -> dict[str, object]:
    """A short run of four agents."""
    protocol = {"kind": "attractor", "period": "200ms", "strategy": strategy}
    return {"name": "own", "duration": "300ms", "topology": {"kind": "mesh", "nodes": 4}, "protocol": protocol}


def test_a_list_in_a_file_stands_for_a_tuple() -> None:
    """Options of any type that JSON can hold can be written in a scenario, and read again from its canonical form."""
    loaded = scenario_of(scenario({"kind": "own_steps:Steps", "sizes": [0.3]}), ALLOWED)
    assert loaded.protocol.strategy.sizes == (0.3,)  # type: ignore[attr-defined]
    assert scenario_of(json.loads(json.dumps(loaded.canonical())), ALLOWED) == loaded


@pytest.mark.parametrize(
    ("given", "told"),
    [("Steps", r"found the class Steps; expected an object of it, such as Steps\(\)"), (None, "{kind: attract}")],
)
def test_what_is_no_strategy_is_refused_with_a_remedy(given: str | None, told: str) -> None:
    """A class is no object of it, and a name alone no block."""
    import own_steps  # type: ignore[import-not-found]

    with pytest.raises(InputError, match=told):
        scenario_of(scenario(getattr(own_steps, given) if given else "attract"), ALLOWED)


def test_a_strategy_that_was_given_itself_is_found_again(tmp_path: Path) -> None:
    """Its run is written under the name of its class, whatever it calls itself, so that it can be replayed."""
    import own_steps

    done = run(scenario(own_steps.Steps(sizes=(0.4, 0.5))), tmp_path / "run")
    assert done.exit_code == 0
    assert replay(tmp_path / "run", plugins=ALLOWED).same


def test_a_strategy_without_a_decision_is_refused() -> None:
    """That is told before anything runs, whether it is named or given."""
    import own_steps

    for strategy in ({"kind": "own_steps:Undecided"}, own_steps.Undecided()):
        with pytest.raises(InputError, match="give Undecided a method decide"):
            scenario_of(scenario(strategy), ALLOWED)


def test_wrong_options_are_named() -> None:
    """Unknown fields and wrong values are named with what is known."""
    with pytest.raises(InputError, match="unknown field 'size'; Steps has kind, sizes"):
        scenario_of(scenario({"kind": "own_steps:Steps", "size": 1}), ALLOWED)
    with pytest.raises(InputError, match="found 'x'"):
        scenario_of(scenario({"kind": "own_steps:Steps", "sizes": ["x"]}), ALLOWED)


CRASH = {"kind": "crash", "target": 0, "at": "150ms"}
LOSS = {"kind": "loss", "probability": "1%", "at": "10ms", "heal_after": "1ms"}


def test_a_run_with_a_strategy_of_ones_own_is_explained() -> None:
    """What is run again without a fault may load the module that the run itself was allowed to."""
    explained = explain({**scenario({"kind": "own_steps:Steps"}), "faults": [CRASH]}, plugins=ALLOWED)
    assert len(explained.summary["faults"]) == 1


def test_an_error_of_a_strategy_is_shrunk() -> None:
    """The scenario becomes as small as the error lets it: without the fault that has nothing to do with it."""
    done = shrink({**scenario({"kind": "own_steps:Alarmed"}), "faults": [LOSS]}, plugins=ALLOWED, runs=30)
    assert done.scenario.faults == ()
    assert done.error is not None
    assert "own_steps:Alarmed raised KeyError: 'few'" in done.error
