"""A schedule waits for records that something in the run makes; what makes none such is refused."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

import murmur
from faults.record_kinds import FAULT_RECORDS
from sim.node_life import LIFE_RECORDS
from sim.protocol import Protocol
from sim.protocols.attractor.duties.duty import Duty
from sim.protocols.gossip.gossip import Gossip
from sim.protocols.registry import PROTOCOLS
from sim.protocols.voter import Voter
from sim.simulation import Simulation
from sim.workloads.registry import WORKLOADS
from tests.unit.faults.fault_runs import Electing
from topologies.errors import InputError

SCENARIO: dict[str, Any] = {
    "name": "waiting",
    "duration": "2s",
    "topology": {"kind": "mesh", "nodes": 4},
    "protocol": {"kind": "gossip"},
    "workload": {"kind": "rumour"},
}


def with_crash(**when: str) -> dict[str, Any]:
    """The scenario with a crash that waits for records."""
    return {**SCENARIO, "faults": [{"kind": "crash", "target": 0, "when": when}]}


def recorded_in(files: list[Path]) -> set[str]:
    """The kinds that are written out where the code of these files makes a record."""
    calls = [node for file in files for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    made = [call.args[0] for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "record"]
    return {kind.value for kind in made if isinstance(kind, ast.Constant)}


def files_of(protocol: type[Protocol]) -> list[Path]:
    """The code of a protocol, of those that it is derived from, and of the duties that its agents may have."""
    modules = [Path(inspect.getfile(each)) for each in protocol.__mro__ if issubclass(each, Protocol)][:-1]
    if "duty" in protocol.Config.model_fields:
        modules.append(Path(inspect.getfile(Duty)))
    folders = [[module] if module.parent.name == "protocols" else module.parent.glob("*.py") for module in modules]
    return sorted({file for folder in folders for file in folder})


@pytest.mark.parametrize("kind", sorted(PROTOCOLS))
def test_a_protocol_says_which_records_it_makes(kind: str) -> None:
    """What each built-in protocol declares is what stands in its code."""
    protocol = PROTOCOLS[kind].protocol
    assert protocol.records is not None
    assert set(protocol.records) == recorded_in(files_of(protocol))
    assert len(set(protocol.records)) == len(protocol.records)


def test_workloads_say_which_records_they_make() -> None:
    """What all of them together declare is what stands in their code."""
    files = sorted(Path(inspect.getfile(WORKLOADS["register"].config)).parent.glob("*.py"))
    assert {kind for each in WORKLOADS.values() for kind in each.config.records} == recorded_in(files)


@pytest.mark.parametrize(
    ("when", "message", "field"),
    [
        ({"after": "informd"}, r"found 'informd', .* nothing in this run makes; .*did you mean 'informed'\?", "after"),
        ({"during": "crashd", "ended_by": "restarted"}, r"did you mean 'crashed'\?", "during"),
        ({"during": "crashed", "ended_by": "restart"}, r"did you mean 'restarted'\?", "ended_by"),
        ({"after": "delivered"}, "expected one of crashed, restarted", "after"),
        ({"after": "completed"}, "expected one of .*, refused", "after"),
        ({"after": "committed"}, "expected one of .*, announced, informed", "after"),
    ],
    ids=str,
)
def test_a_record_that_nothing_makes_is_refused(when: dict[str, str], message: str, field: str) -> None:
    """The error names the field, what there is, and the nearest; rows about messages are no such records."""
    with pytest.raises(InputError, match=message) as refused:
        murmur.run(with_crash(**when))
    assert refused.value.path == ("faults", 0, "when", field)


@pytest.mark.parametrize("kind", [*LIFE_RECORDS, *FAULT_RECORDS, "informed", "believes", "refused"])
def test_a_record_that_something_makes_is_waited_for(kind: str) -> None:
    """Records of protocol, workload, faults and lives are, whether they come or not."""
    murmur.run(with_crash(after=kind))


def test_a_protocol_that_does_not_say_is_taken_at_its_word() -> None:
    """One without a declaration, or derived from one that has it, may make records of any kind."""

    class Derived(Voter):
        """Votes."""

    fault = murmur.fault("crash", target=0, when={"after": "crowned"})
    for protocol in (Electing, Derived):
        Simulation(murmur.topology("mesh", nodes=3), protocol, faults=[fault])
    with pytest.raises(InputError, match="crowned"):
        Simulation(murmur.topology("mesh", nodes=3), Gossip, faults=[fault])


def test_a_workload_of_ones_own_may_record_anything() -> None:
    """A plan that does not say which records it makes is taken at its word."""

    class Herald:
        """Records a crowning."""

        def arm(self, simulation: Simulation) -> None:
            """Have it recorded after a second."""
            simulation.kernel.call_at(1_000_000_000, lambda _: simulation.record("crowned"), None)

    fault = murmur.fault("crash", target=0, when={"after": "crowned"})
    simulation = Simulation(murmur.topology("mesh", nodes=3), Gossip, workload=[Herald()], faults=[fault])
    rows = simulation.keep_records()
    simulation.run(2_000_000_000)
    assert [row.kind for row in rows if row.kind in ("crowned", "crashed")] == ["crowned", "crashed"]
