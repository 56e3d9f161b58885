"""Asking a set of members until enough have answered (Gifford, "Weighted voting for replicated data", SOSP 1979).

With hedging, only as many are asked as are needed; if answers are missing after a while, others are asked too, and
whichever answer first decides (Dean and Barroso, "The tail at scale", CACM 2013).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.runtime.awaiting import settled
from sim.runtime.future import Future
from sim.runtime.quorum_tally import QuorumTally

if TYPE_CHECKING:
    from sim.runtime.actor import Actor, Effect
    from sim.runtime.reference import Reference


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of asking a quorum: who answered what, in the order in which they did, and how it went.

    `complete`: enough members answered in time; `took` in nanoseconds; `requests` were sent, `hedges` of them later
    than the first ones.
    """

    complete: bool
    answers: dict[Reference, Any]
    took: int
    requests: int
    hedges: int


def gather(
    actor: Actor,
    members: Sequence[Reference],
    payload: Any,
    *,
    threshold: int,
    timeout: int | None = None,
    hedge_after: int | None = None,
    counts: Callable[[Any], bool] | None = None,
    late: Callable[[Reference], object] | None = None,
    size: int = 0,
) -> Effect[Gathered]:
    """Ask members until `threshold` of them have answered, at most `timeout` ns.

    All are asked at once; with `hedge_after` (ns) the first of them, as many as are needed, and each time that it
    passes as many more as answers are missing. A member to whom nothing goes at once, because too much is under way to
    it, is not waited for: it counts as one that refuses, as does one whose answer `counts` calls none. It ends early,
    with whatever there is, when too few members are left. `late(member)` is called for an answer that comes after the
    end.
    """
    asking = _Asking(actor, members, payload, threshold, counts or (lambda answer: True), late, size)
    node = actor.runtime.node
    began = node.elapsed
    while asking.decided.pending:
        yield from asking.ask_more(len(members) if hedge_after is None else asking.missing)
        left = None if timeout is None else max(0, began + timeout - node.elapsed)
        pause = left
        if hedge_after is not None and asking.unasked and (left is None or hedge_after < left):
            pause = hedge_after
        if not (yield from settled(actor, asking.decided, pause)) and pause == left:
            asking.decided.cancel()
    tally = asking.tally
    return Gathered(
        tally.verdict == "reached", dict(tally.answers), node.elapsed - began, asking.requests, asking.hedges
    )


class _Asking:
    """A gather that is under way; `decided` is settled when it has enough answers, or cannot have them any more."""

    def __init__(
        self,
        actor: Actor,
        members: Sequence[Reference],
        payload: Any,
        threshold: int,
        counts: Callable[[Any], bool],
        late: Callable[[Reference], object] | None,
        size: int,
    ) -> None:
        self.actor = actor
        self.payload = payload
        self.counts = counts
        self.late = late
        self.size = size
        self.unasked = deque(members)
        self.tally = QuorumTally(members, threshold)
        self.decided = Future()
        self.requests = self.hedges = 0
        self._decide()

    @property
    def missing(self) -> int:
        """Answers that are still needed."""
        return self.tally.threshold - len(self.tally.answers)

    def ask_more(self, number: int) -> Effect[None]:
        """Ask so many further members, or as many as there are."""
        asks_first = not self.requests
        while number > 0 and self.unasked and self.decided.pending:
            member = self.unasked.popleft()
            if not self.actor.runtime.takes(member):
                self.tally.refuse(member)
                self._decide()
                continue
            number -= 1
            self.requests += 1
            self.hedges += not asks_first
            answer = yield from self.actor.request(member, self.payload, self.size, timeout=0)
            answer.when_settled(partial(self._heard, member))

    def _heard(self, member: Reference, answer: Future) -> None:
        if not self.decided.pending:
            if answer.done and self.late is not None:
                self.late(member)
            return
        if answer.done and self.counts(answer.value):
            self.tally.answer(member, answer.value)
        else:
            self.tally.refuse(member)
        self._decide()

    def _decide(self) -> None:
        if self.tally.verdict != "open" and self.decided.pending:
            self.decided.settle()
