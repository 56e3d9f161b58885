"""Each command of a client is carried out once, also where sessions expire (dissertation, section 6.3)."""

from __future__ import annotations

from sim.protocols.raft.messages import Appended, AppendEntries, Vote
from sim.protocols.raft.raft import ELECTION
from sim.protocols.raft.sessions import EXPIRED, UNKNOWN, Sessions
from sim.workloads.operation import Operation
from sim.workloads.request import ClientRequest
from tests.unit.sim.protocols.raft.raft_server import (
    SECOND,
    Bench,
    ask,
    due,
    entry,
    hear,
    leader_of,
    read,
    running,
    server,
    write,
)


def test_command_is_carried_out_once() -> None:
    """A retry of an append, also by way of another leader, gives the first result and appends nothing."""
    simulation, leader, replies = running()
    request = ClientRequest(1, 1, 1, Operation("append", "x", "a"))
    ask(simulation, leader, request)
    ask(simulation, leader, request)
    simulation.crash(leader.node.id)
    simulation.run(simulation.now + SECOND)
    ask(simulation, leader_of(simulation), request)
    ask(simulation, leader_of(simulation), read(2, 1))
    assert [reply.value for reply in replies] == [None, None, None, "a"]


def test_without_sessions_a_retry_counts_twice() -> None:
    """Where sessions are off, or the table is ablated, each entry of the log is carried out."""
    for options in ({"sessions": False}, {"ablate": ("session-table",)}):
        simulation, leader, replies = running(**options)
        request = ClientRequest(1, 1, 1, Operation("append", "x", "a"))
        ask(simulation, leader, request)
        ask(simulation, leader, request)
        ask(simulation, leader, read(2, 1))
        assert replies[-1].value == "a,a"


def test_results_are_kept_until_the_client_has_them() -> None:
    """Results below the oldest number without an answer are forgotten, and their commands never carried out again."""
    sessions = Sessions()
    for sequence in (1, 2, 3):
        sessions.keep(ClientRequest(1, sequence, 1, Operation("get", "x")), sequence)
    assert sessions.result(ClientRequest(1, 2, 1, Operation("get", "x"))) == 2
    sessions.keep(ClientRequest(1, 4, 3, Operation("get", "x")), 4)
    assert sessions.result(ClientRequest(1, 2, 1, Operation("get", "x"))) is EXPIRED
    assert sessions.result(ClientRequest(1, 3, 3, Operation("get", "x"))) == 3
    assert sessions.result(ClientRequest(1, 5, 3, Operation("get", "x"))) is UNKNOWN


def test_longest_unused_session_expires() -> None:
    """With a limit the session goes whose last command is oldest; its client is told that nobody knows."""
    sessions = Sessions(limit=2)
    for client in (1, 2, 1, 3):
        sessions.keep(ClientRequest(client, 5, 5, Operation("get", "x")), client)
    assert sessions.result(ClientRequest(2, 6, 6, Operation("get", "x"))) is EXPIRED
    assert sessions.result(ClientRequest(1, 6, 6, Operation("get", "x"))) is UNKNOWN


def test_sessions_survive_a_snapshot() -> None:
    """The table is part of the replicated state."""
    sessions, other = Sessions(), Sessions()
    sessions.keep(ClientRequest(1, 4, 4, Operation("cas", "x")), True)
    sessions.keep(ClientRequest(2, 1, 1, Operation("balances", "")), (1, 2))
    other.restore(sessions.snapshot())
    assert other.result(ClientRequest(1, 4, 4, Operation("cas", "x"))) is True
    assert other.result(ClientRequest(2, 1, 1, Operation("balances", ""))) == (1, 2)
    assert other.result(ClientRequest(1, 3, 1, Operation("cas", "x"))) is EXPIRED


def test_forgotten_first_command_is_not_carried_out_again() -> None:
    """A retry of the first command of a session that expired meanwhile is recognised, also after a snapshot."""
    sessions, restored = Sessions(limit=2), Sessions(limit=2)
    first = ClientRequest(1, 1, 1, Operation("append", "x", "a"))
    for client in (1, 2, 3):
        sessions.keep(ClientRequest(client, 1, 1, first.operation), None)
    restored.restore(sessions.snapshot())
    assert sessions.result(first) is restored.result(first) is EXPIRED
    assert restored.snapshot() == sessions.snapshot()


def test_leader_that_has_applied_nothing_yet_takes_no_session_for_expired() -> None:
    """After a restart the table is only there once the log is committed again: till then a command goes to the log."""
    raft, bench = server(session_limit=2)
    hear(raft, 1, AppendEntries(1, 0, 0, (entry(1),), 1, 1))
    again, after = server(Bench(storage=bench.storage), session_limit=2)
    due(again, after, ELECTION)
    for voter in (1, 2):
        hear(again, voter, Vote(2, granted=True))
    assert again.commit_index == 0
    again.on_request(write(1, 2))
    for follower in (1, 2):
        hear(again, follower, Appended(2, True, 3, 0, 2, 1))
    assert [reply.outcome for reply in after.replies] == ["ok"]
