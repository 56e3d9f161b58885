"""Replication and commitment follow sections 3.5, 3.6.2 and 10.2 of the dissertation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.network.latency import ConstantLatency
from sim.protocols.raft.configuration import Configuration
from sim.protocols.raft.election import stand
from sim.protocols.raft.log import Log
from sim.protocols.raft.messages import Appended, AppendEntries, Entry, Vote
from sim.protocols.raft.raft import ELECTION, HEARTBEAT, Raft
from tests.unit.sim.protocols.raft.raft_server import (
    MILLISECOND,
    SECOND,
    Bench,
    answers,
    cluster,
    due,
    entry,
    hear,
    leader_of,
    server,
    servers,
    write,
)


def leading(**options: object) -> tuple[Raft, Bench]:
    """A server of five that has just been elected in term 1."""
    raft, bench = server(**options)
    due(raft, bench, ELECTION)
    hear(raft, 1, Vote(1, granted=True))
    hear(raft, 2, Vote(1, granted=True))
    assert raft.role == "leader"
    return raft, bench


def answered(bench: Bench) -> Appended:
    """The last answer to a leader."""
    payload = bench.take()[-1][1]
    assert isinstance(payload, Appended)
    return payload


def test_entries_must_fit() -> None:
    """Entries are taken where the one before them matches in index and term, else refused (3.5)."""
    raft, bench = server()
    hear(raft, 1, AppendEntries(1, 3, 1, (entry(1),), 0, 1))
    refusal = answered(bench)
    assert (refusal.success, refusal.index, refusal.tried) == (False, 1, 3)
    hear(raft, 1, AppendEntries(1, 0, 0, (entry(1), entry(1)), 0, 2))
    assert answered(bench).success
    assert raft.log.last_index == 2


def test_conflict_tells_of_the_whole_term() -> None:
    """Where terms differ, the answer names the follower's term there and its first index (3.5)."""
    raft, bench = server()
    hear(raft, 1, AppendEntries(2, 0, 0, (entry(1), entry(2), entry(2), entry(2)), 0, 1))
    bench.take()
    hear(raft, 2, AppendEntries(5, 4, 4, (entry(5),), 0, 1))
    refusal = answered(bench)
    assert (refusal.success, refusal.conflict_term, refusal.index) == (False, 2, 2)


def test_conflicting_entries_are_replaced() -> None:
    """An entry that conflicts goes with all after it; those that match stay, also when a message comes late (3.5)."""
    raft, bench = server()
    hear(raft, 1, AppendEntries(1, 0, 0, (entry(1, 0), entry(1, 1), entry(1, 2)), 0, 1))
    hear(raft, 2, AppendEntries(2, 1, 1, (entry(2, 9),), 0, 1))
    assert [each.name for each in raft.log.entries(1, raft.log.last_index)] == ["1.1", "1.10"]
    hear(raft, 2, AppendEntries(2, 0, 0, (entry(1, 0),), 0, 1))
    assert raft.log.last_index == 2
    assert [kind for kind, _ in bench.records].count("truncated") == 1


def test_log_survives_a_crash() -> None:
    """What was acknowledged is there after a restart, and what was removed is not (3.8)."""
    raft, bench = server()
    hear(raft, 1, AppendEntries(1, 0, 0, (entry(1, 0), entry(1, 1), entry(1, 2)), 0, 1))
    hear(raft, 2, AppendEntries(2, 1, 1, (entry(2, 9),), 0, 1))
    again, _ = server(Bench(storage=bench.storage))
    assert [each.name for each in again.log.entries(1, again.log.last_index)] == ["1.1", "1.10"]
    assert again.term == 2


def test_answers_wait_for_the_disk() -> None:
    """Entries are acknowledged when they are durable; a heartbeat meanwhile claims no more than that (3.8)."""
    raft, bench = server(sync=ConstantLatency(value=5 * MILLISECOND))
    hear(raft, 1, AppendEntries(1, 0, 0, (entry(1),), 0, 1))
    assert bench.take() == []
    due(raft, bench, "sync")
    assert answered(bench).index == 1
    hear(raft, 1, AppendEntries(1, 1, 1, (entry(1, 1),), 0, 2))
    hear(raft, 1, AppendEntries(1, 2, 1, (), 0, 3))
    assert answered(bench).index == 1


def test_writes_that_wait_are_synced_together() -> None:
    """While the disk is busy others queue, and all of them share the next sync (10.2.1)."""
    raft, bench = server(sync=ConstantLatency(value=5 * MILLISECOND))
    for index in range(4):
        hear(raft, 1, AppendEntries(1, index, index and 1, (entry(1, index),), 0, 1))
    due(raft, bench, "sync")
    assert len(bench.take()) == 1
    due(raft, bench, "sync")
    assert len(bench.take()) == 3


def test_leader_skips_a_whole_conflicting_term() -> None:
    """One refusal takes the leader's next index before the follower's conflicting term (3.5)."""
    raft, bench = server()
    hear(raft, 1, AppendEntries(3, 0, 0, (entry(1), entry(1), entry(3), entry(3)), 0, 1))
    due(raft, bench, ELECTION)
    hear(raft, 1, Vote(4, granted=True))
    hear(raft, 2, Vote(4, granted=True))
    assert raft.progress[3].next_index == 6
    hear(raft, 3, Appended(4, False, 2, 4, 1, 1, conflict_term=2))
    assert bench.take()[-1][1].previous_index == 1


def test_majority_commits() -> None:
    """An entry is committed and answered when two of four followers have stored it, beside the leader."""
    raft, bench = leading()
    raft.on_request(write(7, 1))
    hear(raft, 3, Appended(1, True, 2, 0, 2, 1))
    assert raft.commit_index == 0
    hear(raft, 4, Appended(1, True, 2, 0, 2, 1))
    assert raft.commit_index == 2
    assert [(reply.client, reply.outcome) for reply in bench.replies] == [(7, "ok")]


def _with_old_entry(**options: object) -> tuple[Raft, Bench]:
    """A leader of term 4 with an entry of term 2 that a majority stores, as in figure 3.7 (c)."""
    raft, bench = server(**options)
    hear(raft, 1, AppendEntries(2, 0, 0, (entry(1), entry(2)), 0, 1))
    hear(raft, 1, AppendEntries(3, 2, 2, (), 0, 1))
    due(raft, bench, ELECTION)
    hear(raft, 1, Vote(4, granted=True))
    hear(raft, 2, Vote(4, granted=True))
    hear(raft, 1, Appended(4, True, 2, 2, 0, 1))
    hear(raft, 2, Appended(4, True, 2, 2, 0, 1))
    return raft, bench


def test_old_entries_are_committed_by_new_ones_only() -> None:
    """A majority does not commit an entry of an earlier term, until one of the leader's own is behind it (3.6.2)."""
    raft, _ = _with_old_entry()
    assert raft.commit_index == 0
    hear(raft, 1, Appended(4, True, 3, 2, 1, 1))
    hear(raft, 2, Appended(4, True, 3, 2, 1, 1))
    assert raft.commit_index == 3


def test_ablated_commit_rule_counts_old_entries() -> None:
    """Without the rule a majority is enough."""
    raft, _ = _with_old_entry(ablate=("commit-rule",))
    assert raft.commit_index == 2


def test_pipeline_limits_what_is_under_way() -> None:
    """At most so many AppendEntries with entries are under way to a follower; answers let more follow (10.2.2)."""
    raft, bench = leading(pipeline=2)
    bench.take()
    for sequence in range(1, 4):
        raft.on_request(write(1, sequence))
    carried = [len(payload.entries) for destination, payload in bench.take() if destination == 1]
    assert carried == [1]
    hear(raft, 1, Appended(1, True, 1, 0, 1, 1))
    assert [len(payload.entries) for destination, payload in bench.take() if destination == 1] == [2]


def test_unanswered_entries_are_sent_again() -> None:
    """What was not answered for a heartbeat is sent again with the next (3.4)."""
    raft, bench = leading()
    bench.take()
    due(raft, bench, HEARTBEAT)
    resent = dict(bench.take())
    assert [len(resent[follower].entries) for follower in (1, 2, 3, 4)] == [1, 1, 1, 1]


def test_what_was_not_answered_is_sent_again_one_message_at_a_time() -> None:
    """A pipeline that is filled again at each heartbeat would drown a slow follower; caught up, it is filled again."""
    raft, bench = leading(pipeline=4, batch=1)
    for sequence in range(1, 8):
        raft.on_request(write(1, sequence))
    due(raft, bench, HEARTBEAT)
    bench.take()
    due(raft, bench, HEARTBEAT)
    for index in range(1, 9):
        sent = [payload for destination, payload in bench.take() if destination == 1 and payload.entries]
        assert [payload.previous_index for payload in sent] == [index - 1]
        hear(raft, 1, Appended(1, True, index, index - 1, 1, 1))
    for sequence in range(8, 13):
        raft.on_request(write(1, sequence))
    assert [payload.previous_index for destination, payload in bench.take() if destination == 1] == [8, 9, 10, 11]


def test_two_messages_a_follower_for_an_entry() -> None:
    """Without faults or batches an entry costs an AppendEntries and an answer with each follower."""
    simulation = cluster(heartbeat=50 * SECOND, election_timeout=(100 * SECOND, 200 * SECOND))
    answers(simulation)
    simulation.kernel.call_at(MILLISECOND, stand, servers(simulation)[0], "timeout")
    simulation.run(100 * MILLISECOND)
    leader = leader_of(simulation)
    before = simulation.balance().sent
    for sequence in range(1, 11):
        simulation.request(leader.node.id, write(1, sequence))
        simulation.run(simulation.now + 3 * MILLISECOND)
    assert simulation.balance().sent - before == 10 * 2 * 4


def test_lagging_followers_catch_up() -> None:
    """A server that was down receives what it missed."""
    simulation = cluster(nodes=3)
    simulation.run(SECOND)
    leader = leader_of(simulation)
    other = next(raft.node.id for raft in servers(simulation) if raft is not leader)
    simulation.crash(other)
    for sequence in range(1, 300):
        simulation.request(leader.node.id, write(1, sequence, str(sequence)))
    simulation.run(simulation.now + SECOND)
    simulation.restart(other)
    simulation.run(simulation.now + SECOND)
    assert servers(simulation)[other].machine.snapshot() == leader.machine.snapshot() == {"x": "299"}


@given(st.lists(st.integers(1, 5), min_size=1, max_size=9), st.data())
def test_reached_is_what_a_majority_has(values: list[int], data: st.DataObject) -> None:
    """`reached` is the largest value that more than half of the voters have, in both groups of a joint one."""
    voters = tuple(range(len(values)))
    old = tuple(data.draw(st.lists(st.sampled_from(voters), unique=True, max_size=5)))
    configuration = Configuration(voters, old=old)
    reached = configuration.reached(values.__getitem__)
    assert configuration.is_majority([voter for voter in voters if values[voter] >= reached])
    assert not configuration.is_majority([voter for voter in voters if values[voter] > reached])


class PlainLog:
    """What a log is: a list of all entries ever, and where the snapshot ends."""

    def __init__(self) -> None:
        self.terms = [0]
        self.start = 0


@given(st.lists(st.tuples(st.sampled_from(("append", "truncate", "discard")), st.integers(0, 30)), max_size=40))
def test_log_is_a_list_with_a_beginning_cut_off(steps: list[tuple[str, int]]) -> None:
    """Appending, truncating and discarding keep the terms of what is left, by index."""
    log, plain = Log(), PlainLog()
    for step, number in steps:
        if step == "append":
            term = plain.terms[-1] + number % 3 if len(plain.terms) > 1 else 1
            log.append(Entry(term, None, "no-op"))
            plain.terms.append(term)
        elif step == "truncate" and plain.start < number < len(plain.terms):
            log.truncate(number)
            del plain.terms[number:]
        elif step == "discard" and number < len(plain.terms):
            log.discard(number, plain.terms[number])
            plain.start = max(plain.start, number)
    assert (log.start, log.last_index) == (plain.start, len(plain.terms) - 1)
    assert log.last_term == plain.terms[-1]
    for index in range(plain.start, len(plain.terms)):
        assert log.term_at(index) == plain.terms[index]


def test_an_answer_that_damage_has_made_is_passed_over() -> None:
    """A server that claims to hold more than the leader itself has counts for nothing, and the leader goes on."""
    raft, bench = leading()
    last = raft.log.last_index
    for success in (True, False):
        hear(raft, 3, Appended(1, success, last + 100, last, 1, 1))
    bench.take()
    due(raft, bench, HEARTBEAT)
    assert raft.progress[3].match_index <= last
    assert {destination for destination, _ in bench.take()} == {1, 2, 3, 4}
