"""Faults that reach into nodes whose disks fail: the tool goes on, and a node whose protocol cannot stops."""

from typing import Any

import pytest

import murmur
from faults.byzantine.amnesia import Amnesia
from faults.byzantine.twins import Twin
from faults.fault import Fault
from faults.node.crash import Restart
from faults.node.membership import Join
from faults.storage.failing_disk import DiskFull, ReadError
from faults.swarm.disrupt import Disrupt
from sim.protocol import Protocol
from sim.protocols.averaging import Averaging
from sim.protocols.sir import Sir
from sim.protocols.voter import Voter
from sim.records import Record
from sim.simulation import Simulation
from topologies.errors import InputError
from topologies.registry import build

SECOND = 1_000_000_000
FULL = DiskFull(target="all", at="1999ms", heal_after="5s")
UNREADABLE = ReadError(target="all", probability=1.0, at="1999ms", heal_after="5s")


def records(protocol: type[Protocol], *faults: Fault, until: int = 10 * SECOND) -> list[Record]:
    """The records of four nodes under these faults."""
    simulation = Simulation(build({"kind": "mesh", "nodes": 4}), protocol, faults=faults, seed=3)
    rows = simulation.keep_records()
    simulation.run(until).conclude()
    assert simulation.balance().sums
    return rows


@pytest.mark.parametrize("protocol", [Voter, Averaging, Sir], ids=lambda protocol: protocol.name())
def test_an_agent_that_cannot_write_its_scrambled_state_stops(protocol: type[Protocol]) -> None:
    """On a full disk each agent whose state changes says what failed, and crashes."""
    rows = records(protocol, FULL, Disrupt(target="all", at="2s"))
    stopped = [row.node for row in rows if row.kind == "storage-failed" and row.time == 2 * SECOND]
    assert stopped
    assert stopped == [row.node for row in rows if row.kind == "crashed" and row.time == 2 * SECOND]
    (strike,) = [row.fields for row in rows if row.kind == "fault" and row.fields["phase"] == "once"]
    assert strike["touched"] >= len(stopped)


@pytest.mark.parametrize("disk", [FULL, UNREADABLE], ids=lambda disk: disk.kind)
@pytest.mark.parametrize("liar", [Twin(target="all", at="2s"), Amnesia(target="all", at="2s", span="500ms")])
@pytest.mark.parametrize("protocol", [Voter, Averaging], ids=lambda protocol: protocol.name())
def test_disks_are_copied_past_their_faults(protocol: type[Protocol], liar: Fault, disk: Fault) -> None:
    """Twins and forgetful nodes are made from what is on the medium, whether or not a node could read or write it."""
    strikes = [row.fields for row in records(protocol, disk, liar) if row.kind == "fault" and row.time == 2 * SECOND]
    assert [strike["effect"] for strike in strikes] == [4]


@pytest.mark.parametrize("protocol", [Voter, Averaging], ids=lambda protocol: protocol.name())
def test_a_node_whose_first_write_failed_starts_anew(protocol: type[Protocol]) -> None:
    """Who joins while its disk is full stops before it holds anything; restarted, it begins as new ones do."""
    full = DiskFull(target=3, at="1s", heal_after="2s")
    rows = records(protocol, Join(target=3, at="2s"), full, Restart(target=3, at="4s"))
    assert [row.time for row in rows if row.kind == "storage-failed"] == [2 * SECOND]
    kind = "opinion" if protocol is Voter else "value"
    assert min(row.time for row in rows if row.kind == kind and row.node == 3) == 4 * SECOND


FAULTS: dict[str, Any] = {"kind": "random", "fewest": 3, "most": 25, "longest": "1s"}
LAYERS = ["node", "network", "partition", "clock", "storage", "core", "byzantine", "swarm"]


@pytest.mark.parametrize("seed", range(40))
def test_no_plan_of_any_layer_breaks_the_tool(seed: int) -> None:
    """Small systems of every protocol run under any plan, with every message accounted for, or the input is refused."""
    scenario = {
        "name": "small",
        "seed": seed,
        "duration": "2s",
        "topology": {"kind": ("mesh", "ring", "star", "line")[seed % 4], "nodes": 3 + seed % 3},
        "protocol": {"kind": ("voter", "averaging", "sir", "gossip")[seed // 4 % 4]},
        "network": {"duplication": 0.1, "loss": 0.05},
        "faults": {**FAULTS, "layers": LAYERS},
        "budget": ("unbounded", "minority")[seed // 16 % 2],
        "tie_break": ("fifo", "shuffled")[seed // 2 % 2],
        "liveness": {"at": "1500ms", "within": "500ms", "core": ("all", 0, "majority")[seed % 3]},
    }
    try:
        run = murmur.run(scenario)
    except InputError:
        return
    assert run.balance.sums
    assert len(run.faults) == len(run.scenario.fault_list)
