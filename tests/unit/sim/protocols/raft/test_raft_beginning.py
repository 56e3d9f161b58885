"""Runs of Raft that begin in a given state: with a leader that all have just heard, and with entries in the logs."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

import murmur
from sim.network.config import NetworkConfig
from sim.protocols.raft.config import RaftConfig
from sim.protocols.raft.raft import Raft
from sim.records import Record
from sim.simulation import Simulation
from tests.unit.sim.protocols.raft.raft_server import MILLISECOND, server
from topologies.errors import InputError
from topologies.registry import build

JUDGES = ["election-safety", "leader-append-only", "log-matching", "leader-completeness", "state-machine-safety"]


def cluster(seed: int = 0, **options: Any) -> tuple[Simulation, list[Record]]:
    """Five servers, each 1 ms from the others, and their records."""
    network = NetworkConfig(latency="1ms")
    simulation = Simulation(
        build({"kind": "mesh", "nodes": 5}), Raft, RaftConfig(**options), network=network, seed=seed
    )
    return simulation, simulation.keep_records()


def test_the_leader_leads_and_the_others_follow_from_the_start() -> None:
    """At time zero all have one leader of term 1, and no message is sent before its heartbeat is due."""
    simulation, rows = cluster(initial_leader=2, heartbeat=50 * MILLISECOND)
    simulation.run(50 * MILLISECOND - 1)
    last = {row.node: row.fields for row in rows if row.kind == "role"}
    assert len(last) == 5
    assert {(fields["term"], fields["leader"]) for fields in last.values()} == {(1, 2)}
    assert last[2]["role"] == "leader"
    assert simulation.balance().sent == 0
    simulation.run(2_000 * MILLISECOND)
    assert [row.node for row in rows if row.kind == "role" and row.fields["role"] == "leader"] == [2]


def test_the_leader_brings_the_other_logs_up_to_date() -> None:
    """Logs that were behind have its entries after some heartbeats, and all are committed."""
    simulation, rows = cluster(initial_leader=0, initial_entries=(5, 4, 3, 2, 0))
    simulation.run(1)
    began = {row.node: len(row.fields["terms"]) for row in rows if row.kind == "appended"}
    assert began == {0: 5, 1: 4, 2: 3, 3: 2}
    simulation.run(1_000 * MILLISECOND)
    assert [node.protocol.log.last_index for node in simulation.nodes] == [5] * 5
    assert [node.protocol.commit_index for node in simulation.nodes] == [5] * 5


@pytest.mark.parametrize("seed", range(10))
def test_only_a_server_with_one_of_the_longest_logs_is_elected(seed: int) -> None:
    """Without a leader, that of the first term after is one whose log three of five servers have no more than."""
    simulation, rows = cluster(seed, initial_entries=(0, 1, 2, 3, 4))
    simulation.run(5_000 * MILLISECOND)
    first = next(row for row in rows if row.kind == "role" and row.fields["role"] == "leader")
    assert first.node in (2, 3, 4)
    assert first.fields["term"] > 1


def test_what_a_server_begins_with_is_on_its_disk() -> None:
    """Restarted, it has the entries and the term, with its vote in it, and does not take office again."""
    raft, bench = server(initial_leader=0, initial_entries=(3,))
    assert raft.role == "leader"
    again = type(bench)(storage=bench.storage)
    again.generation = 1
    raft, _ = server(again, initial_leader=0, initial_entries=(3,))
    assert (raft.role, raft.term, raft.voted_for, raft.log.last_index) == ("follower", 1, 0, 3)


def test_a_run_that_begins_so_violates_nothing() -> None:
    """The judges find no fault with the state that it begins in, crashes of leaders and all."""
    run = murmur.run(
        {
            "name": "begun",
            "duration": "5s",
            "topology": {"kind": "mesh", "nodes": 5},
            "protocol": {"kind": "raft", "initial_leader": 0, "initial_entries": [5, 4, 3, 2, 1]},
            "workload": {"kind": "register", "rate": "20/s", "until": "4s"},
            "faults": [
                {"kind": "crash", "target": 0, "at": "20ms", "restart_after": "1s"},
                {"kind": "crash", "target": "leader", "at": "2s", "restart_after": "1s"},
            ],
            "checks": [*JUDGES, "linearizable"],
        }
    )
    assert {verdict.verdict for verdict in run.verdicts} == {"holds"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"initial_leader": 1, "initial_entries": (3, 2)}, "found 3 entries at a server, and 2 at the leader"),
        ({"initial_leader": 3, "initial_entries": (1,)}, "found 1 entries at a server, and 0 at the leader"),
        ({"initial_leader": 3, "servers": 3}, "found 3, which does not vote at the start; name a voter"),
        ({"initial_leader": 1, "learners": (1,)}, "found 1, which does not vote at the start; name a voter"),
        ({"learners": (4, 3, 4)}, "found 4 a second time; name each learner once"),
        ({"learners": (3, 1), "servers": 3}, "found 1, one of the first 3 nodes, which vote by servers; name later"),
    ],
)
def test_a_state_that_no_cluster_can_be_in_is_refused(options: dict[str, Any], message: str) -> None:
    """A leader has every entry of its term, and votes."""
    with pytest.raises(ValidationError, match=message):
        RaftConfig(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"servers": 4}, "protocol.servers: found 4; expected at most 3, the nodes of the topology"),
        ({"learners": [1, 3]}, "protocol.learners[1]: found node 3 in a topology of 3 nodes; expected a number from 0"),
        ({"initial_leader": 3}, "protocol.initial_leader: found node 3 in a topology of 3 nodes; expected a number"),
        ({"learners": [0, 1, 2]}, "protocol.learners: found no node that votes; leave one out"),
    ],
)
def test_members_beyond_the_last_node_are_refused(options: dict[str, Any], message: str) -> None:
    """Who is named is there, and somebody votes."""
    topology = {"kind": "mesh", "nodes": 3}
    scenario = {"name": "x", "duration": "1s", "topology": topology, "protocol": {"kind": "raft", **options}}
    with pytest.raises(InputError, match=re.escape(message)):
        murmur.run(scenario)
