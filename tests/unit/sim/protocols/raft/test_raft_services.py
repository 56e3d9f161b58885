"""What Raft offers around the log: sessions, reads, members, snapshots and transfers (chapters 3, 4, 5 and 6)."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sim.network.separation import GroupSeparation
from sim.protocols.raft.config import RaftConfig
from sim.protocols.raft.configuration import Configuration
from sim.protocols.raft.messages import Appended, AppendEntries, InstallSnapshot, RequestVote, Vote
from sim.protocols.raft.raft import ELECTION, Raft
from sim.workloads.request import ChangeRequest, TransferRequest
from tests.unit.sim.protocols.raft.raft_server import (
    MILLISECOND,
    SECOND,
    Bench,
    answers,
    ask,
    cluster,
    due,
    hear,
    leader_of,
    read,
    running,
    server,
    servers,
    write,
)

# Clients (6.2).


def test_others_redirect_to_the_leader() -> None:
    """A follower names the leader it follows (6.2)."""
    simulation, leader, replies = running()
    follower = next(raft for raft in servers(simulation) if raft is not leader)
    ask(simulation, follower, write(1, 1))
    assert [(reply.outcome, reply.leader) for reply in replies] == [("redirect", leader.node.id)]


def test_proposal_times_out() -> None:
    """A leader without a majority tells its clients so after the proposal timeout."""
    simulation, leader, replies = running(proposal_timeout=2 * SECOND)
    for raft in servers(simulation):
        if raft is not leader:
            simulation.crash(raft.node.id)
    ask(simulation, leader, write(1, 1), 3 * SECOND)
    assert [reply.outcome for reply in replies] == ["timed-out"]


# Reads (6.4).


def leading(**options: Any) -> tuple[Raft, Bench]:
    """A server of five, leader of term 1, with its first entry committed."""
    raft, bench = server(**options)
    due(raft, bench, ELECTION)
    for voter in (1, 2):
        hear(raft, voter, Vote(1, granted=True))
    for follower in (1, 2):
        hear(raft, follower, Appended(1, True, 1, 0, 1, 1))
    assert raft.commit_index == 1
    bench.take()
    return raft, bench


def test_read_waits_for_a_round_of_heartbeats() -> None:
    """A read is answered when a majority has answered a broadcast that began after it was asked."""
    raft, bench = leading()
    raft.on_request(read(1, 1))
    rounds = {payload.round for _, payload in bench.take()}
    assert rounds == {2}
    hear(raft, 1, Appended(1, True, 1, 1, 0, 2))
    hear(raft, 2, Appended(1, True, 1, 1, 0, 1))
    assert bench.replies == []
    hear(raft, 2, Appended(1, True, 1, 1, 0, 2))
    assert [reply.outcome for reply in bench.replies] == ["ok"]


def test_read_waits_for_the_first_commit_of_the_term() -> None:
    """A new leader may not know what is committed before an entry of its own is (6.4)."""
    raft, bench = server()
    due(raft, bench, ELECTION)
    for voter in (1, 2):
        hear(raft, voter, Vote(1, granted=True))
    raft.on_request(read(1, 1))
    for follower in (1, 2):
        hear(raft, follower, Appended(1, True, 0, 0, 0, 1))
    assert bench.replies == []
    for follower in (1, 2):
        hear(raft, follower, Appended(1, True, 1, 0, 1, 1))
    for follower in (1, 2):
        hear(raft, follower, Appended(1, True, 1, 1, 0, raft.round))
    assert [reply.outcome for reply in bench.replies] == ["ok"]


def test_answer_to_an_earlier_term_confirms_no_read() -> None:
    """A heartbeat of term 1 that comes late, when its sender leads again, is no round of the later term (6.4)."""
    raft, bench = server()
    raft.term = 3
    due(raft, bench, ELECTION)
    for voter in (1, 2):
        hear(raft, voter, Vote(4, granted=True))
    for follower in (1, 2):
        hear(raft, follower, Appended(4, True, 1, 0, 1, 1))
    raft.on_request(read(1, 1))
    bench.take()
    for number in (1, 2):
        follower, its_bench = server(Bench(number))
        hear(follower, 0, AppendEntries(4, 0, 0, (), 0, 1))
        its_bench.take()
        hear(follower, 0, AppendEntries(1, 0, 0, (), 0, 169))
        hear(follower, 0, InstallSnapshot(1, 5, 1, Configuration((0, 1, 2)), 0, "", True, 169))
        for _, late in its_bench.take():
            assert late.term == 4
            hear(raft, number, late)
    assert bench.replies == []
    assert bench.take() == []
    for follower in (1, 2):
        hear(raft, follower, Appended(4, True, 1, 1, 0, raft.round))
    assert [reply.outcome for reply in bench.replies] == ["ok"]


def test_leader_answers_alone_under_its_lease() -> None:
    """For the least election timeout over the drift bound after a broadcast was sent, no one is asked (6.4.1)."""
    raft, bench = leading(reads="lease", drift_bound=1.25)
    elected = bench.elapsed
    bench.elapsed = elected + int(150 * MILLISECOND / 1.25) - 1
    raft.on_request(read(1, 1))
    assert [reply.outcome for reply in bench.replies] == ["ok"]
    bench.elapsed += 1
    raft.on_request(read(1, 2))
    assert len(bench.replies) == 1
    assert len(bench.take()) == 4


def test_lease_ends_when_another_is_told_to_take_over() -> None:
    """The successor's election does not wait for the lease (3.10): reads take a round again."""
    raft, bench = leading(reads="lease")
    raft.on_request(TransferRequest(9, 1, 1))
    raft.on_request(read(1, 1))
    assert [reply.outcome for reply in bench.replies] == ["refused"]
    due(raft, bench, "handover")
    raft.on_request(read(1, 2))
    assert [reply.outcome for reply in bench.replies] == ["refused", "refused"]
    assert raft.reading.waiting


def stale_reads(drift_bound: float, seed: int) -> int:
    """How often a leader with a slow clock answers with an old value, cut off, while others with fast clocks go on."""
    simulation = cluster(
        nodes=3,
        seed=seed,
        latency=MILLISECOND // 5,
        reads="lease",
        drift_bound=drift_bound,
        election_timeout=(100 * MILLISECOND, 110 * MILLISECOND),
        heartbeat=20 * MILLISECOND,
    )
    simulation.run(SECOND)
    old = leader_of(simulation)
    others = [raft for raft in servers(simulation) if raft is not old]
    old.node.own_clock().set_drift(SECOND, -100_000_000)
    for raft in others:
        raft.node.own_clock().set_drift(SECOND, 100_000_000)
    simulation.run(2 * SECOND)
    replies = answers(simulation)
    simulation.separate(GroupSeparation("cut", [[old.node.id]]))
    stale = 0
    for step in range(1, 400):
        simulation.run(2 * SECOND + step * MILLISECOND // 2)
        for raft in others:
            if raft.role == "leader":
                simulation.request(raft.node.id, write(1, step, "new"))
        if any(raft.role == "leader" and raft.machine.snapshot() for raft in others):
            before = len(replies)
            simulation.request(old.node.id, read(2, step))
            stale += any(reply.client == 2 and reply.outcome == "ok" for reply in replies[before:])
    return stale


def test_lease_is_safe_within_its_drift_bound() -> None:
    """With a bound of 1.1 / 0.9 on the ratio of clocks no stale read is possible; trusting the clocks there is."""
    assert [stale_reads(1.25, seed) for seed in range(10)] == [0] * 10
    assert sum(stale_reads(1.0, seed) > 0 for seed in range(10)) >= 5


# Members (chapter 4).


@pytest.mark.parametrize("membership", ["single-server", "joint"])
def test_members_change(membership: str) -> None:
    """Servers are added and removed, the leader at last, while clients go on; the removed one leads no longer."""
    simulation, leader, replies = running(nodes=6, servers=3, membership=membership)
    ask(simulation, leader, write(1, 1))
    ask(simulation, leader, ChangeRequest(9, 1, add=(3, 4)))
    assert leader.configuration.voters == (0, 1, 2, 3, 4)
    ask(simulation, leader, ChangeRequest(9, 2, add=(5,), remove=(leader.node.id,)), 2 * SECOND)
    successor = leader_of(simulation)
    assert successor is not leader
    assert leader.role == "non-member"
    assert successor.configuration.voters == tuple(node for node in range(6) if node != leader.node.id)
    ask(simulation, successor, write(1, 2, "w"))
    assert {reply.outcome for reply in replies} == {"ok"}
    holders = [raft for raft in servers(simulation) if raft.machine.snapshot() == {"x": "w"}]
    assert len(holders) >= 5


def test_new_leader_first_commits_its_own_entry() -> None:
    """A change is not begun before an entry of the leader's term is committed, but where that is ablated (2015)."""
    for ablate, begun in (((), False), (("leader-no-op",), True)):
        raft, bench = server(servers=4, ablate=ablate)
        due(raft, bench, ELECTION)
        for voter in (1, 2):
            hear(raft, voter, Vote(1, granted=True))
        raft.on_request(ChangeRequest(9, 1, remove=(3,)))
        assert (raft.configuration.voters == (0, 1, 2)) is begun


def test_learners_hear_and_do_not_vote() -> None:
    """A learner has the log, and its answer does not help to commit (4.2.1)."""
    simulation, leader, replies = running(nodes=4, learners=(3,))
    ask(simulation, leader, write(1, 1))
    assert servers(simulation)[3].machine.snapshot() == {"x": "v"}
    assert servers(simulation)[3].role == "learner"
    for raft in servers(simulation)[:3]:
        if raft is not leader:
            simulation.crash(raft.node.id)
    ask(simulation, leader, write(1, 2))
    assert len(replies) == 1


def test_server_without_its_disk_is_silent_until_it_is_added_anew() -> None:
    """It may have promised what it no longer knows: it votes and stores again after it was removed and added."""
    simulation, leader, replies = running(nodes=3)
    ask(simulation, leader, write(1, 1))
    lost = next(raft.node.id for raft in servers(simulation) if raft is not leader)
    simulation.crash(lost)
    simulation.nodes[lost].lose_disk()
    simulation.restart(lost)
    simulation.run(simulation.now + SECOND)
    assert servers(simulation)[lost].role == "non-member"
    assert servers(simulation)[lost].log.last_index == 0
    ask(simulation, leader, ChangeRequest(9, 1, remove=(lost,)))
    ask(simulation, leader, ChangeRequest(9, 2, add=(lost,)))
    assert servers(simulation)[lost].role == "follower"
    assert servers(simulation)[lost].machine.snapshot() == {"x": "v"}
    assert [reply.outcome for reply in replies] == ["ok"] * 3


# Snapshots (chapter 5).


def test_log_is_compacted_and_followers_catch_up_by_snapshot() -> None:
    """A server that missed entries which are gone takes over the snapshot, in pieces, and the log after it."""
    simulation, leader, _ = running(nodes=3, snapshot_every=50, snapshot_chunk=100)
    other = next(raft.node.id for raft in servers(simulation) if raft is not leader)
    simulation.crash(other)
    installed: list[Any] = []
    simulation.recorder.observe(["snapshot"], installed.append)
    for sequence in range(1, 130):
        simulation.request(leader.node.id, write(1, sequence, str(sequence), f"k{sequence % 7}"))
        simulation.run(simulation.now + 3 * MILLISECOND)
    assert leader.log.start >= 100
    simulation.restart(other)
    simulation.run(simulation.now + SECOND)
    lagging = servers(simulation)[other]
    assert lagging.machine.snapshot() == leader.machine.snapshot()
    assert any(record.node == other and record.fields["installed"] for record in installed)
    simulation.crash(other)
    simulation.restart(other)
    assert servers(simulation)[other].commit_index == lagging.log.start >= 100


# Transfer (3.10).


@pytest.mark.parametrize("seed", range(5))
def test_leadership_is_handed_over_without_a_timeout(seed: int) -> None:
    """The successor leads within a few round trips, far below the election timeout."""
    simulation, leader, replies = running(seed=seed)
    target = (leader.node.id + 1) % 5
    ask(simulation, leader, TransferRequest(9, 1, target), 10 * MILLISECOND)
    assert leader_of(simulation).node.id == target
    assert [reply.outcome for reply in replies] == ["ok"]


def test_transfer_to_a_dead_server_is_given_up() -> None:
    """The leader goes on after an election timeout, and meanwhile turns clients away."""
    simulation, leader, replies = running()
    target = (leader.node.id + 1) % 5
    simulation.crash(target)
    simulation.request(leader.node.id, TransferRequest(9, 1, target))
    ask(simulation, leader, write(1, 1), 500 * MILLISECOND)
    ask(simulation, leader, write(1, 1))
    assert [reply.outcome for reply in replies] == ["refused", "refused", "ok"]


# Options.


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"election_timeout": (2, 1)}, "the least comes first"),
        ({"heartbeat": 200 * MILLISECOND}, "make it a fraction"),
        ({"ablate": ("pre-vote",)}, "set pre_vote"),
        ({"ablate": ("lease-drift-bound",)}, "set reads: lease"),
        ({"ablate": ("session-table", "session-table")}, "a second time"),
    ],
)
def test_contradictory_options_are_refused(options: dict[str, Any], words: str) -> None:
    """Options that contradict each other say what to change."""
    with pytest.raises(ValidationError, match=words):
        RaftConfig(**options)


def test_sticky_leader_ignores_candidates() -> None:
    """A leader that hears a majority is a living leader for itself as well (4.2.3)."""
    raft, bench = leading(stickiness=True)
    bench.elapsed += MILLISECOND
    hear(raft, 3, RequestVote(9, 9, 9))
    assert (raft.role, raft.term) == ("leader", 1)
    bench.elapsed += 150 * MILLISECOND
    hear(raft, 3, RequestVote(9, 9, 9))
    assert (raft.role, raft.term) == ("follower", 9)


def test_heartbeats_keep_reads_of_a_single_server_going() -> None:
    """A cluster of one server elects itself, commits and reads alone."""
    simulation, leader, replies = running(nodes=1)
    ask(simulation, leader, write(1, 1))
    ask(simulation, leader, read(1, 2))
    assert [(reply.outcome, reply.value) for reply in replies] == [("ok", None), ("ok", "v")]


def test_removed_server_stands_until_its_removal_is_committed() -> None:
    """A server that the newest entry removes may be needed to commit it: it stands for election till then (4.2.2)."""
    raft, bench = leading(servers=2)
    hear(raft, 1, Appended(1, True, 1, 0, 1, 1))
    raft.on_request(ChangeRequest(9, 1, remove=(0,)))
    assert raft.configuration.voters == (1,)
    hear(raft, 1, Vote(2, granted=False))
    due(raft, bench, ELECTION)
    assert (raft.role, raft.term) == ("candidate", 3)
    hear(raft, 1, Vote(3, granted=True))
    assert raft.role == "leader"
