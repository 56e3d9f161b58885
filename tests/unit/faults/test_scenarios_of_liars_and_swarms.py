"""The built-in scenarios of liars and of disturbed swarms show what they say."""

from __future__ import annotations

import pytest

from faults.registry import FAULTS
from scenarios import library
from scenarios.run import run

KINDS = [name for name, kind in FAULTS.items() if kind.config.layer in ("byzantine", "swarm")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_scenario_of_a_fault_shows_it(kind: str) -> None:
    """All checks hold, the fault touches something, and without it nodes record and messages say something else."""
    scenario = library.load(f"fault-{kind}", ["detail=messages"])
    struck, spared = run(scenario), run(scenario.model_copy(update={"faults": ()}))
    (fault,) = struck.faults
    assert struck.exit_code == 0
    assert fault["fault"] == kind
    assert fault["effect"] > 0
    assert fault["touched"] > 0
    sides = [
        [(row.time, row.node, row.fields) for row in run.records if row.kind != "fault"] for run in (struck, spared)
    ]
    assert sides[0] != sides[1]


def test_equivocation_is_found_by_the_check_of_inventions() -> None:
    """A node that says what nobody wrote is caught by `no-invention`; with an honest one the check holds."""
    check = ["checks=[no-invention]"]
    assert run("fault-equivocation", overrides=check).exit_code == 1
    assert run("fault-equivocation", overrides=[*check, "faults[0].chance=0"]).exit_code == 0


def test_a_liar_moves_the_mean_that_all_agree_on() -> None:
    """The values were drawn from 0 to 1; what all hold in the end is far outside, and without the liar within."""
    ends = [run("fault-lying", overrides=[f"faults[0].chance={chance}"]).simulation.nodes for chance in (0, 1)]
    honest, misled = [[node.protocol.value for node in nodes] for nodes in ends]
    assert 0 < min(honest) <= max(honest) < 1
    assert min(abs(value) for value in misled) > 100
