"""Raft: changes of members take only steps that are safe, and every step is followed by the next."""

from __future__ import annotations

from typing import Any

import pytest

from sim.protocols.raft.configuration import Configuration
from sim.protocols.raft.messages import Appended, AppendEntries, Entry, Vote
from sim.protocols.raft.raft import ELECTION, HEARTBEAT, Raft
from sim.protocols.raft.transfer import HANDOVER
from sim.workloads.request import ChangeRequest, TransferRequest
from tests.unit.sim.protocols.raft.raft_server import SECOND, Bench, due, hear, server


def acknowledge(bench: Bench, raft: Raft, voters: tuple[int, ...]) -> None:
    """Have these voters store all that the leader has sent them so far."""
    for destination, payload in bench.take():
        if isinstance(payload, AppendEntries) and destination in voters:
            index = payload.previous_index + len(payload.entries)
            answer = Appended(payload.term, True, index, payload.previous_index, len(payload.entries), payload.round)
            hear(raft, destination, answer)


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


def leading(**options: Any) -> tuple[Raft, Bench]:
    """The leader of three voters, whose first entry is committed."""
    raft, bench = server(servers=3, **options)
    due(raft, bench, ELECTION)
    hear(raft, 1, Vote(1, granted=True))
    acknowledge(bench, raft, (1, 2))
    return raft, bench


def test_newcomer_that_never_catches_up_is_given_up() -> None:
    """A change that waits for a server which is down ends at the proposal timeout, and the next one begins (4.2.1)."""
    raft, bench = leading(proposal_timeout=SECOND)
    raft.on_request(ChangeRequest(8, 1, add=(4,)))
    raft.on_request(ChangeRequest(9, 1, remove=(2,)))
    assert 4 in raft.progress
    bench.elapsed += SECOND
    due(raft, bench, HEARTBEAT)
    assert [(reply.client, reply.outcome) for reply in bench.replies] == [(8, "timed-out")]
    assert 4 not in raft.progress
    assert raft.configuration == Configuration((0, 1))


@pytest.mark.parametrize("membership", ["single-server", "joint"])
def test_change_of_which_a_part_is_in_force_is_finished(membership: str) -> None:
    """Two administrators add the same server; the one that also removes another is told when that is done too."""
    raft, bench = leading(membership=membership)
    raft.on_request(ChangeRequest(8, 1, add=(3,)))
    raft.on_request(ChangeRequest(9, 1, add=(3,), remove=(2,)))
    for _ in range(8):
        due(raft, bench, HEARTBEAT)
        acknowledge(bench, raft, (1, 2, 3))
    assert raft.configuration == Configuration((0, 1, 3))
    assert [(reply.client, reply.outcome) for reply in bench.replies] == [(8, "ok"), (9, "ok")]


def test_last_voter_is_not_removed() -> None:
    """A cluster without voters could never do anything again."""
    raft, bench = server(servers=1)
    due(raft, bench, ELECTION)
    for request in (ChangeRequest(8, 1, remove=(0,)), ChangeRequest(9, 1, learners=(0,))):
        raft.on_request(request)
    assert [reply.outcome for reply in bench.replies] == ["refused", "refused"]
    assert raft.role == "leader"


def test_leader_that_hands_over_begins_no_change() -> None:
    """The successor would be removed while it is to take over; the change goes on if it does not (3.10)."""
    raft, bench = leading()
    raft.on_request(TransferRequest(7, 1, 1))
    raft.on_request(ChangeRequest(8, 1, remove=(1,)))
    assert raft.configuration == Configuration((0, 1, 2))
    due(raft, bench, HANDOVER)
    assert raft.configuration == Configuration((0, 2))
    assert [(reply.client, reply.outcome) for reply in bench.replies] == [(7, "refused")]
