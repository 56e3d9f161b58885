"""The built-in scenarios of faults of nodes and of partitions show what they say."""

from __future__ import annotations

from typing import Any

import pytest

from faults.registry import FAULTS
from scenarios import library
from scenarios.run import run

MINE = {name: kind for name, kind in FAULTS.items() if kind.config.layer in ("node", "partition")}
SHOWN = [name for name in library.names() if name.startswith(tuple(f"fault-{kind}" for kind in (*MINE, "heal")))]
WITHOUT_TOUCH = {"heal", "restart"}
"""Faults that end others, and touch nothing themselves."""


def fault_kinds(name: str) -> set[str]:
    """The kinds of faults of a scenario."""
    return {fault.kind for fault in library.load(name).fault_list}


def test_every_fault_of_these_layers_has_a_scenario() -> None:
    """Each kind has the scenario `fault-<kind>`, which has that fault in it."""
    assert all(kind in fault_kinds(f"fault-{kind}") for kind in (*MINE, "heal"))


@pytest.mark.parametrize("name", SHOWN)
def test_a_scenario_of_a_fault_shows_it(name: str) -> None:
    """All checks hold, every fault strikes, changes something and is over before the end, and it touches something."""
    found = run(name)
    assert found.exit_code == 0
    for fault in found.faults:
        assert fault["strikes"] > 0
        assert fault["effect"] > 0
        assert fault["touched"] > 0 or fault["fault"] in WITHOUT_TOUCH or _ended_by_another(fault, found.faults)
    assert not found.simulation.network.disturbed


def _ended_by_another(fault: dict[str, Any], faults: list[dict[str, Any]]) -> bool:
    """Whether a later resume counts what a pause has kept waiting."""
    return fault["fault"] == "pause" and any(other["fault"] == "resume" and other["touched"] for other in faults)


@pytest.mark.parametrize("name", SHOWN)
def test_a_scenario_without_its_faults_is_another_run(name: str) -> None:
    """What the faults do shows in the digest."""
    scenario = library.load(name)
    assert run(scenario).digest != run(scenario.model_copy(update={"faults": ()})).digest
