"""Leader election with randomised timeouts (dissertation, sections 3.4 and 3.6.1) and pre-vote (section 9.6)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from sim.protocols.raft import membership, replication
from sim.protocols.raft.messages import HEADER, RequestVote, Vote

if TYPE_CHECKING:
    from sim.protocols.raft.raft import Raft

ASK: Final = "ask"
"""The timer after which voters that have not answered are asked again."""


def time_out(raft: Raft) -> None:
    """No leader was heard for an election timeout: stand for election, if this server may."""
    if raft.awaits_membership or not membership.may_stand(raft):
        raft.wait_for_leader()
    elif raft.asks_before:
        _ask_before(raft)
    else:
        stand(raft, "timeout")


def _ask_before(raft: Raft) -> None:
    """Ask whether an election in the next term could be won, without beginning one (section 9.6)."""
    raft.votes, raft.heard_votes = {raft.node.id}, {raft.node.id}
    raft.become("pre-candidate", None, "timeout")
    raft.wait_for_leader()
    if raft.configuration.is_majority(raft.votes):
        stand(raft, "pre-vote")
    else:
        _ask(raft)


def stand(raft: Raft, cause: str) -> None:
    """Begin an election: in a new term, with a vote for oneself that is durable before others are asked."""
    raft.term += 1
    raft.voted_for = raft.node.id
    raft.votes, raft.heard_votes = set(), {raft.node.id}
    raft.on_transfer = cause == "transfer"
    raft.become("candidate", raft.node.id, cause)
    raft.wait_for_leader()
    raft.keep_vote(partial(_campaign, raft), candidacy=True)


def _campaign(raft: Raft) -> None:
    if raft.role != "candidate":
        return
    raft.votes.add(raft.node.id)
    raft.node.record("voted", term=raft.term, candidate=raft.node.id)
    if raft.configuration.is_majority(raft.votes):
        replication.lead(raft)
    else:
        _ask(raft)


def _ask(raft: Raft) -> None:
    """Ask all voters that have not answered, and again after a heartbeat's time (section 3.1: calls are retried)."""
    log, pre = raft.log, raft.role == "pre-candidate"
    question = RequestVote(raft.term + pre, log.last_index, log.last_term, pre, raft.on_transfer and not pre)
    for server in sorted(raft.configuration.electorate - raft.heard_votes):
        raft.node.send(server, question, HEADER if raft.config.entry_size else 0)
    raft.node.set_timer(ASK, raft.config.heartbeat)


def ask_again(raft: Raft) -> None:
    """The time of a heartbeat has passed since voters were asked."""
    if raft.role == "pre-candidate" or (raft.role == "candidate" and raft.node.id in raft.votes):
        _ask(raft)


def asked_for_vote(raft: Raft, source: int, question: RequestVote) -> None:
    """A candidate asks for a vote: give it to the first of a term whose log is up to date (section 3.4 and 3.6.1)."""
    if question.pre:
        _answer_before(raft, source, question)
        return
    if raft.config.sticky and not question.transfer and _hears_leader(raft):
        return  # and its term is not taken over (section 4.2.3)
    if question.term > raft.term:
        raft.heard_newer_term(question.term)
    grants = (
        question.term == raft.term
        and raft.voted_for in (None, source)
        and raft.is_up_to_date(question.last_term, question.last_index)
    )
    if not grants:
        _answer(raft, source, Vote(raft.term, granted=False))
        return
    if raft.voted_for is None:
        raft.voted_for = source
        raft.wait_for_leader()
        raft.keep_vote(partial(_give_vote, raft, source, raft.term))
    elif raft.has_kept_vote:
        _answer(raft, source, Vote(raft.term, granted=True))


def _answer_before(raft: Raft, source: int, question: RequestVote) -> None:
    """Say whether one would vote so: not beside a living leader (section 9.6). It changes nothing here."""
    would = question.term > raft.term and raft.is_up_to_date(question.last_term, question.last_index)
    granted = would and not _hears_leader(raft)
    _answer(raft, source, Vote(question.term if granted else raft.term, granted, pre=True))


def _give_vote(raft: Raft, candidate: int, term: int) -> None:
    raft.node.record("voted", term=term, candidate=candidate)
    _answer(raft, candidate, Vote(term, granted=True))


def _answer(raft: Raft, candidate: int, vote: Vote) -> None:
    raft.node.send(candidate, vote, HEADER if raft.config.entry_size else 0)


def _hears_leader(raft: Raft) -> bool:
    """Whether a leader was heard within the least election timeout; a leader counts if a majority heard it then."""
    since = raft.node.elapsed - raft.config.election_timeout[0]
    if raft.role == "leader":
        return raft.configuration.is_majority(replication.heard_since(raft, since))
    return raft.heard_at is not None and raft.heard_at > since


def heard_vote(raft: Raft, source: int, vote: Vote) -> None:
    """A voter has answered: a majority of votes makes a leader, one of pre-votes an election."""
    if vote.term > raft.term and not (vote.pre and vote.granted):
        raft.heard_newer_term(vote.term)
        return
    if vote.pre:
        if raft.role != "pre-candidate" or (vote.granted and vote.term != raft.term + 1):
            return
    elif raft.role != "candidate" or vote.term != raft.term:
        return
    raft.heard_votes.add(source)
    if not vote.granted:
        return
    raft.votes.add(source)
    if not raft.configuration.is_majority(raft.votes):
        return
    if vote.pre:
        stand(raft, "pre-vote")
    else:
        replication.lead(raft)
