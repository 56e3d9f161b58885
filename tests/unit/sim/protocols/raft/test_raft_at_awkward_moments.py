"""Raft where one of its parts meets another at a moment that plans of faults hardly reach."""

from __future__ import annotations

from typing import Any

from sim.protocols.raft.messages import (
    Appended,
    AppendEntries,
    InstallSnapshot,
    RequestVote,
    SnapshotInstalled,
    Vote,
)
from sim.protocols.raft.raft import ELECTION, HEARTBEAT, Raft
from sim.workloads.request import ChangeRequest, TransferRequest
from tests.unit.sim.protocols.raft.raft_server import MILLISECOND, Bench, due, hear, read, server, write


def leading(**options: Any) -> tuple[Raft, Bench]:
    """A leader of three voters, 0 to 2, and its node."""
    raft, bench = server(servers=3, **options)
    due(raft, bench, ELECTION)
    hear(raft, 1, Vote(1, granted=True))
    assert raft.role == "leader"
    return raft, bench


def compacted(**options: Any) -> tuple[Raft, Bench]:
    """A leader that has nothing in its log but a snapshot, which server 1 has stored too."""
    raft, bench = leading(snapshot_every=2, **options)
    raft.on_request(write(1, 1))
    hear(raft, 1, Appended(1, True, 2, 0, 2, 1))
    assert (raft.log.start, raft.log.last_index) == (2, 2)
    bench.take()
    return raft, bench


def install(raft: Raft, bench: Bench, number: int) -> None:
    """Have a server reject what does not fit its empty log, and install the snapshot that it is sent for it."""
    due(raft, bench, HEARTBEAT)
    hear(raft, number, Appended(1, False, 1, 2, 0, raft.round))
    piece = next(sent for to, sent in reversed(bench.take()) if to == number)
    assert isinstance(piece, InstallSnapshot)
    assert piece.done
    hear(raft, number, SnapshotInstalled(1, piece.index, 0, True, piece.round))


def test_newcomer_becomes_a_voter_with_the_snapshot_alone() -> None:
    """Where nothing is in the log after the snapshot, a newcomer that installed it has caught up (4.2.1)."""
    raft, bench = compacted()
    raft.on_request(ChangeRequest(9, 1, add=(3,)))
    install(raft, bench, 3)
    assert raft.configuration.voters == (0, 1, 2, 3)


def test_successor_takes_over_with_the_snapshot_alone() -> None:
    """A server that installed the snapshot is told to take over where nothing is in the log after it (3.10)."""
    raft, bench = compacted()
    raft.on_request(TransferRequest(9, 1, 2))
    install(raft, bench, 2)
    assert (2, "TimeoutNow") in [(to, type(sent).__name__) for to, sent in bench.take()]


def test_a_piece_of_a_snapshot_is_not_sent_again_for_each_entry() -> None:
    """A server that is being sent a snapshot gets one piece at a time, however many commands come meanwhile (5.3)."""
    raft, bench = compacted()
    due(raft, bench, HEARTBEAT)
    hear(raft, 2, Appended(1, False, 1, 2, 0, raft.round))
    bench.take()
    for sequence in range(2, 12):
        raft.on_request(write(1, sequence))
    assert [sent for to, sent in bench.take() if to == 2] == []
    due(raft, bench, HEARTBEAT)
    assert [type(sent) for to, sent in bench.take() if to == 2] == [InstallSnapshot]


def test_server_that_has_stored_nothing_waits_after_a_restart() -> None:
    """It may have answered a leader before it stored anything, whose lease rests on that (6.4.1)."""
    raft, bench = server(reads="lease", pre_vote=True)
    hear(raft, 1, AppendEntries(1, 7, 1, (), 7, 3))
    assert [type(sent) for _, sent in bench.take()] == [Appended]
    assert not len(bench.storage)
    again = Raft.on(bench, raft.config)  # type: ignore[arg-type]
    again.on_restart()
    hear(again, 2, RequestVote(2, 9, 1))
    assert bench.take() == []
    bench.elapsed += 150 * MILLISECOND
    hear(again, 2, RequestVote(2, 9, 1))
    assert [(to, sent.granted) for to, sent in bench.take()] == [(2, True)]


def test_single_voter_reads_while_its_learners_are_down() -> None:
    """A leader that is a majority by itself waits for nobody, before a read as before a commit."""
    raft, bench = server(servers=1, learners=(1,))
    due(raft, bench, ELECTION)
    assert raft.commit_index == 1
    raft.on_request(read(1, 1))
    assert [reply.outcome for reply in bench.replies] == ["ok"]


def test_late_answer_does_not_pass_for_one_to_this_election() -> None:
    """A voter whose answer to an earlier election comes now is still asked again in this one."""
    raft, bench = server()
    due(raft, bench, ELECTION)
    due(raft, bench, ELECTION)
    hear(raft, 1, Vote(1, granted=True))
    bench.take()
    due(raft, bench, "ask")
    assert [to for to, _ in bench.take()] == [1, 2, 3, 4]


def test_late_pre_vote_does_not_pass_for_a_vote() -> None:
    """A voter whose pre-vote comes late is still asked again for its vote."""
    raft, bench = server(pre_vote=True)
    due(raft, bench, ELECTION)
    for voter in (1, 2):
        hear(raft, voter, Vote(1, granted=True, pre=True))
    assert raft.role == "candidate"
    hear(raft, 3, Vote(1, granted=True, pre=True))
    bench.take()
    due(raft, bench, "ask")
    assert [to for to, _ in bench.take()] == [1, 2, 3, 4]
