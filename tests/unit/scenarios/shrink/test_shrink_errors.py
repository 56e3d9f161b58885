"""Shrinking a run whose protocol raises: the same error stays, and what matters for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import murmur
from tests.unit.scenarios.shrink.keepers import MODULE, decoys, plan, scenario
from topologies.errors import InputError


def assertive(faults: list[dict[str, Any]]) -> dict[str, Any]:
    """A scenario whose keepers raise where they have nothing."""
    return {**scenario(faults), "protocol": {"kind": f"{MODULE}:Assertive"}}


def test_the_cause_of_an_error_is_found_among_forty_faults(tmp_path: Path) -> None:
    """Two crashes are left, without either of which nothing is raised; the file raises what was told."""
    data = assertive(plan(1))
    done = murmur.shrink(data, plugins=[MODULE], out=tmp_path / "small", workers=2)
    assert sorted(fault.name or "" for fault in done.scenario.faults) == ["cause-1", "cause-2"]
    assert done.scenario.topology.node_count == 2
    assert (done.run, done.records, done.folder) == (None, (), None)
    assert done.error is not None
    assert "raised AssertionError: node 0 was asked" in done.error
    assert "as node 0 handled Ask from node 1" in done.error
    assert [path.name for path in (tmp_path / "small").iterdir()] == ["shrunk.yaml"]
    with pytest.raises(InputError) as raised:
        murmur.run(tmp_path / "small" / "shrunk.yaml", plugins=[MODULE])
    assert str(raised.value) == done.error
    assert json.loads(json.dumps(done.summary))["error"] == done.error
    for left_out in range(2):
        rest = tuple(fault for place, fault in enumerate(done.scenario.faults) if place != left_out)
        murmur.run(done.scenario.model_copy(update={"faults": rest}))


def test_an_error_is_not_what_a_check_or_a_condition_asks_for() -> None:
    """Where one of them is named, a run that raises is told as what it is."""
    for named in ({"check": "liveness"}, {"when": "messages > 10"}):
        with pytest.raises(InputError, match=r"the protocol .* raised AssertionError"):
            murmur.shrink(assertive(plan(1)), plugins=[MODULE], **named)


def test_where_nothing_is_raised_there_is_nothing_to_shrink() -> None:
    """Decoys alone raise nothing, and violate nothing."""
    from random import Random

    with pytest.raises(InputError, match="found no violated check"):
        murmur.shrink(assertive(decoys(5, Random(1))), plugins=[MODULE])


def test_the_run_of_another_scenario_does_not_stay_beside_an_error(tmp_path: Path) -> None:
    """A folder that holds a run is refused, for an error leaves none to take its place."""
    murmur.shrink(scenario(plan(1, 4)), plugins=[MODULE], out=tmp_path / "small", runs=3)
    before = (tmp_path / "small" / "shrunk.yaml").read_text()
    with pytest.raises(InputError, match="holds the run of another shrunk scenario; give another folder"):
        murmur.shrink(assertive(plan(1, 4)), plugins=[MODULE], out=tmp_path / "small")
    assert (tmp_path / "small" / "shrunk.yaml").read_text() == before
