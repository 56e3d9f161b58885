"""Elections follow sections 3.4, 3.6.1, 3.8 and 9.6 of the dissertation."""

from __future__ import annotations

import pytest

from sim.network.latency import ConstantLatency
from sim.protocols.raft.messages import AppendEntries, RequestVote, TimeoutNow, Vote
from sim.protocols.raft.raft import ELECTION
from tests.unit.sim.protocols.raft.raft_server import (
    MILLISECOND,
    SECOND,
    Bench,
    cluster,
    due,
    entry,
    hear,
    leader_of,
    server,
    servers,
)

ASKED = RequestVote(term=1, last_index=0, last_term=0)


def granted(bench: Bench) -> list[bool]:
    """What the votes said that were sent."""
    return [payload.granted for _, payload in bench.take() if isinstance(payload, Vote)]


def test_timeout_begins_an_election() -> None:
    """A server that hears no leader for an election timeout asks everyone for a vote in the next term (3.4)."""
    raft, bench = server()
    assert 150 * MILLISECOND <= bench.timers[ELECTION] <= 300 * MILLISECOND
    due(raft, bench, ELECTION)
    assert (raft.role, raft.term, raft.voted_for) == ("candidate", 1, 0)
    assert [destination for destination, _ in bench.take()] == [1, 2, 3, 4]


def test_heartbeats_put_the_election_off() -> None:
    """The timeout counts from when the leader was last heard."""
    raft, bench = server()
    bench.elapsed = 100 * MILLISECOND
    hear(raft, 1, AppendEntries(1, 0, 0, (), 0, 1))
    due(raft, bench, ELECTION)
    assert raft.role == "follower"
    assert bench.timers[ELECTION] == 100 * MILLISECOND + raft.timeout


def test_one_vote_in_a_term() -> None:
    """The first candidate of a term gets the vote, no other does, and the first gets it again (3.4)."""
    raft, bench = server()
    hear(raft, 1, ASKED)
    hear(raft, 2, ASKED)
    hear(raft, 1, ASKED)
    assert granted(bench) == [True, False, True]


def test_vote_survives_a_crash() -> None:
    """A vote is on the disk before it is given: after a restart no other candidate of the term gets it (3.8)."""
    raft, bench = server()
    hear(raft, 1, ASKED)
    again, after = server(Bench(storage=bench.storage))
    hear(again, 2, ASKED)
    assert granted(after) == [False]


def test_ablated_vote_is_forgotten_in_a_crash() -> None:
    """Without vote persistence a server votes twice in a term."""
    raft, bench = server(ablate=("vote-persistence",))
    hear(raft, 1, ASKED)
    again, after = server(Bench(storage=bench.storage), ablate=("vote-persistence",))
    hear(again, 2, ASKED)
    assert granted(after) == [True]


@pytest.mark.parametrize(
    ("last_term", "last_index", "grants"), [(2, 2, True), (2, 1, False), (1, 9, False), (3, 1, True), (2, 3, True)]
)
def test_vote_goes_to_logs_that_are_up_to_date(last_term: int, last_index: int, grants: bool) -> None:
    """The later last term wins, and of the same the longer log; equal ones are good enough (3.6.1)."""
    raft, bench = server()
    hear(raft, 1, AppendEntries(2, 0, 0, (entry(1), entry(2)), 0, 1))
    bench.take()
    hear(raft, 2, RequestVote(5, last_index, last_term))
    assert granted(bench) == [grants]


def test_majority_makes_a_leader() -> None:
    """Three votes of five, one's own among them, make a leader, which tells everyone at once."""
    raft, bench = server()
    due(raft, bench, ELECTION)
    hear(raft, 1, Vote(1, granted=True))
    assert raft.role == "candidate"
    bench.take()
    hear(raft, 2, Vote(1, granted=True))
    assert raft.role == "leader"
    assert {destination for destination, _ in bench.take()} == {1, 2, 3, 4}


def test_voters_that_do_not_answer_are_asked_again() -> None:
    """Who has not answered within a heartbeat's time is asked once more, the others are not (3.1)."""
    raft, bench = server()
    due(raft, bench, ELECTION)
    hear(raft, 3, Vote(1, granted=False))
    bench.take()
    due(raft, bench, "ask")
    assert [destination for destination, _ in bench.take()] == [1, 2, 4]


def test_newer_term_deposes() -> None:
    """Whoever hears of a newer term becomes a follower in it (3.3)."""
    raft, bench = server()
    due(raft, bench, ELECTION)
    hear(raft, 1, Vote(7, granted=False))
    assert (raft.role, raft.term, raft.voted_for) == ("follower", 7, None)


def test_candidate_waits_for_its_disk() -> None:
    """No one is asked before the candidate's own vote is durable (3.8)."""
    raft, bench = server(sync_candidacy=ConstantLatency(value=3 * MILLISECOND))
    due(raft, bench, ELECTION)
    assert bench.take() == []
    due(raft, bench, "sync")
    assert len(bench.take()) == 4


def test_voter_waits_for_its_disk() -> None:
    """A vote is not given before it is durable, nor after a newer term has begun meanwhile (3.8)."""
    raft, bench = server(sync=ConstantLatency(value=3 * MILLISECOND))
    hear(raft, 1, ASKED)
    assert granted(bench) == []
    hear(raft, 2, RequestVote(2, 0, 0))
    due(raft, bench, "sync")
    due(raft, bench, "sync")
    assert [payload.term for _, payload in bench.take()] == [2]


def test_pre_vote_raises_no_term() -> None:
    """With pre-vote a server that no majority answers stays in its term (9.6)."""
    raft, bench = server(pre_vote=True)
    for _ in range(3):
        due(raft, bench, ELECTION)
    assert (raft.role, raft.term) == ("pre-candidate", 0)
    hear(raft, 1, Vote(1, granted=True, pre=True))
    hear(raft, 2, Vote(1, granted=True, pre=True))
    assert (raft.role, raft.term) == ("candidate", 1)


def test_pre_vote_is_denied_beside_a_leader() -> None:
    """A server that hears a leader would not vote; when it has not for the least timeout, it would (9.6)."""
    raft, bench = server(pre_vote=True)
    hear(raft, 1, AppendEntries(1, 0, 0, (), 0, 1))
    bench.take()
    hear(raft, 2, RequestVote(2, 0, 0, pre=True))
    bench.elapsed += 150 * MILLISECOND
    hear(raft, 2, RequestVote(2, 0, 0, pre=True))
    assert granted(bench) == [False, True]
    assert raft.term == 1


def test_sticky_servers_ignore_candidates_beside_a_leader() -> None:
    """With stickiness a RequestVote beside a leader is ignored, its term too, unless the leader hands over (4.2.3)."""
    raft, bench = server(stickiness=True)
    hear(raft, 1, AppendEntries(1, 0, 0, (), 0, 1))
    bench.take()
    hear(raft, 2, RequestVote(9, 0, 0))
    assert (raft.term, bench.take()) == (1, [])
    hear(raft, 2, RequestVote(2, 0, 0, transfer=True))
    assert granted(bench) == [True]


def test_sticky_server_waits_after_a_restart() -> None:
    """It may have heard a leader just before it crashed: leases rest on its waiting the least timeout again."""
    raft, bench = server(stickiness=True)
    hear(raft, 1, AppendEntries(1, 0, 0, (entry(1),), 0, 1))
    again, after = server(Bench(storage=bench.storage), stickiness=True)
    hear(again, 2, RequestVote(9, 5, 5))
    assert after.take() == []
    after.elapsed += 150 * MILLISECOND
    hear(again, 2, RequestVote(9, 5, 5))
    assert granted(after) == [True]


def test_told_to_take_over() -> None:
    """TimeoutNow begins an election at once, also with pre-vote (3.10)."""
    raft, bench = server(pre_vote=True)
    hear(raft, 1, AppendEntries(1, 0, 0, (), 0, 1))
    bench.take()
    hear(raft, 1, TimeoutNow(1))
    assert (raft.role, raft.term) == ("candidate", 2)
    assert all(payload.transfer for _, payload in bench.take())


@pytest.mark.parametrize("seed", range(10))
def test_clusters_elect_one_leader(seed: int) -> None:
    """Within a second of a quiet network everyone follows one leader, also after it has crashed."""
    simulation = cluster(seed=seed)
    simulation.run(SECOND)
    first = leader_of(simulation)
    assert {raft.leader for raft in servers(simulation)} == {first.node.id}
    simulation.crash(first.node.id)
    simulation.run(3 * SECOND)
    second = leader_of(simulation)
    assert second.term > first.term
    assert {raft.leader for raft in servers(simulation) if raft is not first} == {second.node.id}


def test_minority_elects_nobody() -> None:
    """Two of five servers cannot elect a leader."""
    simulation = cluster()
    for node in (0, 1, 2):
        simulation.crash(node)
    simulation.run(5 * SECOND)
    assert not any(raft.role == "leader" for raft in servers(simulation))


def test_leader_that_hears_no_majority_steps_down() -> None:
    """With check_quorum a leader resigns that has not heard a majority for an election timeout (6.2)."""
    simulation = cluster(check_quorum=True)
    simulation.run(SECOND)
    leader = leader_of(simulation)
    for node in range(5):
        if node != leader.node.id:
            simulation.crash(node)
    simulation.run(2 * SECOND)
    assert leader.role != "leader"
