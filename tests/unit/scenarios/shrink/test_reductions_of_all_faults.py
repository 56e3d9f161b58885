"""Every kind of fault can be made smaller: reductions know its fields, and whatever they accept is a right scenario."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.canonical import data_checksum
from faults.drawing import Drawing
from faults.random_plan import draw_fault
from faults.registry import FAULTS
from scenarios.build import protocol_of
from scenarios.schema import Scenario, scenario_of
from scenarios.shrink import search as search_module
from scenarios.shrink.node_fields import node_fields
from scenarios.shrink.plain_data import leaves
from scenarios.shrink.search import Search
from scenarios.shrink.shrink import REDUCTIONS
from scenarios.shrink.trial import Setting, Trial
from scenarios.shrink.values import TIMES, round_values
from scenarios.shrink.wanted import SameViolation
from scenarios.violation import Signature
from scenarios.yaml_loader import load_text
from scenarios.yaml_writer import scenario_text
from sim.randomness import Streams
from sim.units import SECOND
from topologies.registry import build

ANY = SameViolation(Signature("liveness", (), ""))


def drawn(kind: str) -> list[dict[str, Any]]:
    """A few faults of a kind, as a random plan draws them; none where it has no random form."""
    topology = build({"kind": "mesh", "nodes": 9})
    stream = Streams(5).stream(kind)
    drawing = Drawing(stream, topology, protocol_of(whole([])), 3 * SECOND, 4)
    faults = [draw_fault(FAULTS[kind].config, drawing, SECOND, 9 * SECOND) for _ in range(4)]
    return [fault.model_dump(mode="json") for fault in faults if fault is not None]


def whole(faults: list[dict[str, Any]]) -> Scenario:
    """A scenario with these faults."""
    return scenario_of(
        {
            "name": "all",
            "duration": "20s",
            "topology": {"kind": "mesh", "nodes": 9},
            "network": {"loss": "1%"},
            "protocol": {"kind": "gossip"},
            "workload": {"kind": "updates", "rate": "3/s", "until": "8s"},
            "faults": faults,
            "liveness": {"at": "10s", "core": [0, 1, 7], "within": "5s"},
        }
    )


@pytest.mark.parametrize("kind", sorted(FAULTS))
@pytest.mark.parametrize("one_in", [1, 2, 5])
def test_whatever_is_taken_is_a_scenario_that_got_no_larger(
    kind: str, one_in: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For each kind of fault, and however many trials show what is wanted, the search ends at a right scenario."""
    faults = drawn(kind)
    if not faults:
        pytest.skip("has no random form")

    def chance(setting: Setting, data: Any) -> Trial:
        """Show what is wanted in a share of the scenarios, in all with a fault where one_in is 1."""
        tally = tuple(
            {"fault": fault["kind"], "strikes": 1, "touched": 1, "effect": 1, "targets": ()} for fault in data["faults"]
        )
        shows = bool(data["faults"]) and int(data_checksum(data)[:8], 16) % one_in == 0
        return Trial(shows, tally)

    monkeypatch.setattr(search_module, "try_out", chance)
    before = whole(faults)
    search = Search(Setting(ANY), before.canonical(), 10_000)
    for _ in range(2):
        for reduce in REDUCTIONS:
            reduce(search)
    after = search.setting.scenario(search.best)
    assert 1 <= len(after.faults) <= len(before.faults)
    assert after.duration <= before.duration
    assert (after.topology.node_count or 0) <= 9
    assert scenario_of(load_text(scenario_text(after), "after.yaml")).canonical() == after.canonical()
    assert search.ran < 10_000


def test_numbers_of_nodes_are_told_from_amounts() -> None:
    """Targets, sides, links and the core of the liveness phase are numbers of nodes; times and counts are not."""
    assert {"target", "groups", "isolate", "links", "one_way", "of", "source", "core", "nodes", "node"} <= node_fields()
    assert not node_fields() & {"", "at", "heal_after", "probability", "random", "rate", "keys", "every", "count"}


def test_leaves_are_what_is_not_at_its_default() -> None:
    """Durations come as text and as nanoseconds; what is at its default does not come."""
    fault = FAULTS["loss"].config.model_validate(
        {"at": "1500ms", "probability": 0.25, "links": {"of": [1, 2], "direction": "in"}}
    )
    found = {path: (plain, held) for path, plain, held in leaves(fault)}
    assert found[("at",)] == ("1.5s", 1_500_000_000)
    assert found[("probability",)] == (0.25, 0.25)
    assert found[("links", "of", 1)] == (2, 2)
    assert ("chance",) not in found
    assert "at" in TIMES


def test_round_values_ascend_and_are_below() -> None:
    """The values that are tried are 1, 2 and 5 times powers of ten, ascending, down to a thousandth."""
    assert list(round_values(7, 1)) == [1, 2, 5]
    assert list(round_values(2000, 1)) == [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    assert list(round_values(1, 1)) == []
    assert list(round_values(900_000)) == []
