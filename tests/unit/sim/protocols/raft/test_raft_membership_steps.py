"""Raft: changes of members take only steps that are safe, and every step is followed by the next."""

from __future__ import annotations

import pytest

from sim.protocols.raft.configuration import Configuration
from sim.protocols.raft.messages import Appended, AppendEntries, Entry, Vote
from sim.protocols.raft.raft import ELECTION
from sim.workloads.request import ChangeRequest
from tests.unit.sim.protocols.raft.raft_server import Bench, due, hear, server


def acknowledge(bench: Bench, raft: object, voters: tuple[int, ...]) -> None:
    """Have these voters store all that the leader has sent them so far."""
    for destination, payload in bench.take():
        if isinstance(payload, AppendEntries) and destination in voters:
            index = payload.previous_index + len(payload.entries)
            answer = Appended(payload.term, True, index, payload.previous_index, len(payload.entries), payload.round)
            hear(raft, destination, answer)  # type: ignore[arg-type]


@pytest.mark.parametrize("membership", ["single-server", "joint"])
def test_voters_are_made_learners_one_at_a_time(membership: str) -> None:
    """Two of five at once would leave {0, 1} a majority of the new voters, beside {2, 3, 4} of the old ones (4.1)."""
    raft, bench = server(membership=membership)
    due(raft, bench, ELECTION)
    for voter in (1, 2):
        hear(raft, voter, Vote(1, granted=True))
    acknowledge(bench, raft, (1, 2))
    raft.on_request(ChangeRequest(9, 1, learners=(3, 4)))
    assert raft.configuration == Configuration((0, 1, 2, 4), (3,))
    acknowledge(bench, raft, (1, 2))
    assert raft.configuration == Configuration((0, 1, 2), (3, 4))
    acknowledge(bench, raft, (1,))
    assert [reply.outcome for reply in bench.replies] == ["ok"]


def test_new_leader_leaves_a_joint_configuration_that_is_committed() -> None:
    """Its predecessor committed the joint configuration and was gone before anyone heard of the next one (4.3)."""
    raft, bench = server(membership="joint", servers=3)
    joint = Configuration((0, 1, 3), (), (0, 1, 2))
    hear(raft, 1, AppendEntries(1, 0, 0, (Entry(1, joint, "configuration"),), 1, 1))
    assert raft.commit_index == 1
    due(raft, bench, ELECTION)
    for voter in (1, 2, 3):
        hear(raft, voter, Vote(2, granted=True))
    bench.take()
    hear(raft, 1, Appended(2, True, 2, 1, 1, 1))
    hear(raft, 2, Appended(2, True, 2, 1, 1, 1))
    hear(raft, 3, Appended(2, True, 2, 1, 1, 1))
    assert raft.configuration == Configuration((0, 1, 3))
