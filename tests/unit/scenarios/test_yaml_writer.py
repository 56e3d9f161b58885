"""Scenarios written as files: what is written is read as an equal scenario, and people can read it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.library import load, names
from scenarios.schema import Scenario, scenario_of
from scenarios.yaml_loader import load_text
from scenarios.yaml_writer import scenario_text

SMALL: dict[str, Any] = {"name": "small", "duration": "5s", "topology": {"kind": "ring", "nodes": 5}}
GOSSIP: dict[str, Any] = {**SMALL, "protocol": {"kind": "gossip"}}


def read_back(scenario: Scenario) -> Scenario:
    """The scenario that is in its own text."""
    return scenario_of(load_text(scenario_text(scenario), "written.yaml"))


@pytest.mark.parametrize("name", names())
def test_built_in_scenarios_are_read_back_as_they_are(name: str) -> None:
    """Every built-in scenario survives being written and read."""
    scenario = load(name)
    assert read_back(scenario).canonical() == scenario.canonical()


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=60)
    | st.from_regex(r"[-+.0-9eoxn_:~]{1,8}", fullmatch=True)
)
def test_any_text_is_read_back_as_text(text: str) -> None:
    """A description that looks like a number, a null, a comment or a list stays what it is."""
    scenario = scenario_of({**GOSSIP, "description": text, "workload": {"kind": "rumour", "key": text or "x"}})
    assert read_back(scenario).canonical() == scenario.canonical()


@pytest.mark.parametrize("name", ["1e3", "0x1F", "null", "true", "0o17", "12"])
def test_a_name_that_looks_like_a_number_stays_text(name: str) -> None:
    """The name of a scenario is quoted where the reader would take it for a number."""
    assert read_back(scenario_of({**GOSSIP, "name": name})).name == name


def test_a_file_for_people() -> None:
    """Defaults are left out, durations have units, each fault is on one line, fields are in the schema's order."""
    faults = [
        {"kind": "partition", "name": "split", "at": "1500ms", "groups": [[0, 1]], "heal_after": "2s"},
        {"kind": "crash", "target": 3, "at": "2s"},
    ]
    scenario = scenario_of({"faults": faults, "checks": ["converged"], "seed": 7, **GOSSIP, "network": {"loss": "1%"}})
    assert scenario_text(scenario, "two\nlines") == (
        "# two\n"
        "# lines\n"
        "name: small\n"
        "duration: 5s\n"
        "seed: 7\n"
        "topology: {kind: ring, nodes: 5}\n"
        "network: {loss: {kind: independent, probability: 0.01}}\n"
        "protocol: {kind: gossip}\n"
        "faults:\n"
        "  - {kind: partition, name: split, at: 1.5s, heal_after: 2s, groups: [[0, 1]]}\n"
        "  - {kind: crash, at: 2s, target: 3}\n"
        "checks: [converged]\n"
    )
