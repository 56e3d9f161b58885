"""Rumour mongering (Demers et al. 1987, section 1.4): tell random neighbours what is new, until interest is lost.

Interest is lost by one of four rules with a patience k. *Feedback* looks at contacts that did not need the rumour,
*blind* at every contact; a *counter* stops at the k-th of them (a useful contact sets it back to zero), a *coin* stops
with probability 1/k at each. Contacts of a push are counted one by one as the replies come. Of the answers to pulls,
those of one period count as one contact, which was useful if any of those who asked needed the rumour (the footnote to
their table 3).

Messages: Push, PushPull and Answer carry rumours, Pull asks, Feedback replies. A node that is asked along with a push
does not answer what it was just told. Refused calls count as sent under the blind rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.protocols.gossip.messages import PULL, Answer, Feedback, Pull, Push, PushPull

if TYPE_CHECKING:
    from sim.protocols.gossip.entry import Entry, Held
    from sim.protocols.gossip.gossip import Gossip


def contact(gossip: Gossip) -> None:
    """One contact of the node's clock, with each of its partners."""
    rules = gossip.rules
    if rules.pulls and gossip.config.stop != "none":
        _settle_answers(gossip)
    if gossip.hot or rules.pulls:
        for partner in gossip.partners():
            call(gossip, partner)


def call(gossip: Gossip, partner: int) -> None:
    """Tell a partner what is hot, ask for what is hot there, or both."""
    hot, rules = gossip.hot, gossip.rules
    if hot and rules.pushes:
        gossip.node.send(partner, _telling(PushPull if rules.pulls else Push, list(hot.values())))
        if rules.blind:
            for held in list(hot.values()):
                _count(gossip, held)
    elif rules.pulls:
        gossip.node.send(partner, PULL)


def _telling(kind: type[Push | PushPull | Answer], rumours: list[Held]) -> Push | PushPull | Answer:
    """The message of this kind with these rumours."""
    if len(rumours) == 1:
        entry = rumours[0].entry
        return entry.push if kind is Push else entry.answer if kind is Answer else entry.push_pull
    return kind(tuple(held.entry for held in rumours))


def push_at_once(gossip: Gossip, entry: Entry, source: int | None) -> None:
    """Push an important entry to the partners of one contact without waiting for the clock."""
    for partner in gossip.partners():
        if partner != source:
            gossip.node.send(partner, entry.push)


def heard_push(gossip: Gossip, source: int, push: Push | PushPull) -> None:
    """A caller tells rumours."""
    if gossip.refuses(source, False):
        return
    asks = push.__class__ is PushPull
    hot = _hot_since_before(gossip, push.entries) if asks else ()
    _take(gossip, source, push.entries, False)
    if hot:
        _answer(gossip, source, hot)


def heard_pull(gossip: Gossip, source: int, _: Pull) -> None:
    """A caller asks for rumours."""
    if gossip.refuses(source, False) or not gossip.hot:
        return
    hot = _hot_since_before(gossip, ())
    if hot:
        _answer(gossip, source, hot)


def _hot_since_before(gossip: Gossip, told: tuple[Entry, ...]) -> list[Held]:
    """What the node spreads, but for what the caller tells itself, and in rounds for what it learned in this one."""
    hot = [held for held in gossip.hot.values() if held.entry not in told]
    if gossip.rules.rounds and hot:
        now = gossip.round()
        return [held for held in hot if held.since < now]
    return hot


def _answer(gossip: Gossip, source: int, hot: list[Held]) -> None:
    for held in hot:
        held.answered = True
    gossip.node.send(source, _telling(Answer, hot))


def heard_answer(gossip: Gossip, source: int, answer: Answer) -> None:
    """The one called tells its rumours."""
    _take(gossip, source, answer.entries, True)


def _take(gossip: Gossip, source: int, entries: tuple[Entry, ...], to_answer: bool) -> None:
    if len(entries) == 1:
        is_news = gossip.learn(entries[0], source)
        if gossip.rules.feedback:
            gossip.node.send(source, entries[0].feedback[2 * to_answer + is_news])
        return
    news = tuple([gossip.learn(entry, source) for entry in entries])
    if gossip.rules.feedback:
        gossip.node.send(source, Feedback(entries, news, to_answer))


def heard_feedback(gossip: Gossip, _: int, feedback: Feedback) -> None:
    """Someone who was told says what was news."""
    for entry, news in zip(feedback.entries, feedback.news, strict=True):
        held = gossip.hot.get(entry.key)
        if held is None or held.entry != entry:
            continue
        if feedback.to_answer:
            held.wanted |= news
        elif news:
            held.useless = 0
        else:
            _count(gossip, held)


def _settle_answers(gossip: Gossip) -> None:
    """Judge the answers of the last period, rumour by rumour."""
    for held in list(gossip.hot.values()):
        if held.answered:
            if held.wanted:
                held.useless = 0
            else:
                _count(gossip, held)
            held.answered = held.wanted = False


def _count(gossip: Gossip, held: Held) -> None:
    """One contact more that speaks for losing interest."""
    config = gossip.config
    if config.stop.endswith("coin"):
        stops = gossip.node.random.bernoulli(1.0 / config.k)
    else:
        held.useless += 1
        stops = held.useless >= config.k
    if stops:
        gossip.lose_interest(held)


ARRIVALS: Final[dict[type, Any]] = {
    Push: heard_push,
    PushPull: heard_push,
    Pull: heard_pull,
    Answer: heard_answer,
    Feedback: heard_feedback,
}
