"""The caller of calls that fan out, as an actor, and those that it has for parts of a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.protocols.fan_out.leaf import NAME
from sim.runtime.actor import Actor, Effect
from sim.runtime.awaiting import retried, settled
from sim.runtime.future import Future, first_of
from sim.runtime.quorum import Gathered, gather
from sim.runtime.reference import Reference

if TYPE_CHECKING:
    from sim.protocols.fan_out.config import FanOutConfig

CALLER: Final = "caller"
WANTED: Final = "part"
"""What a leaf is asked for."""


class Part(Actor):
    """Has one part of a call from any of its copies, with retries; settles a future, and adds what was `tried`."""

    config: FanOutConfig

    def __init__(self, copies: Sequence[Reference], future: Future, tried: list[Gathered]) -> None:
        self.copies = copies
        self.future = future
        self.tried = tried

    def run(self) -> Effect[Any]:
        """Try until a copy answers, as often as the policy says."""
        attempted = yield from retried(self, self._attempt, self.config.retry)
        if attempted.value is not None:
            self.future.settle()
        else:
            self.future.fail("no copy answers")

    def _attempt(self) -> Effect[Gathered | None]:
        gathered = yield from gather(
            self,
            self.copies,
            WANTED,
            threshold=1,
            timeout=self.config.timeout,
            hedge_after=self.config.hedge_after,
            late=lambda member: self.record("late-answer", member=member.node),
        )
        self.tried.append(gathered)
        return gathered if gathered.complete else None


class Caller(Actor):
    """Makes calls, one after the other, and says what came of each."""

    config: FanOutConfig

    def __init__(self) -> None:
        config, population = self.config, self.runtime.node.population
        leaves = [Reference(node, NAME) for node in range(1, population)]
        parts = len(leaves) // config.copies
        self.parts = [leaves[part : parts * config.copies : parts] for part in range(parts)]
        self.needed = config.needed or parts

    def run(self) -> Effect[Any]:
        """Make all calls."""
        plain = self.config.copies == 1 and not self.config.retry.retries
        for _ in range(self.config.calls):
            yield from self._call_at_once() if plain else self._call_by_parts()
            if self.config.pause:
                yield from self.sleep(self.config.pause)

    def _call_at_once(self) -> Effect[None]:
        """Ask every leaf for its part, once."""
        gathered = yield from gather(
            self,
            [leaf for leaves in self.parts for leaf in leaves],
            WANTED,
            threshold=self.needed,
            timeout=self.config.timeout,
            late=lambda member: self.record("late-answer", member=member.node),
        )
        self._tell(gathered.complete, gathered.took, [gathered])

    def _call_by_parts(self) -> Effect[None]:
        """Have an actor see to each part; as soon as enough of them are there, the others are left to themselves."""
        began = self.elapsed
        tried: list[Gathered] = []
        parts = [Future() for _ in self.parts]
        for copies, part in zip(self.parts, parts, strict=True):
            yield from self.spawn(Part, copies, part, tried, restart="temporary")
        enough = first_of(self.needed, parts)
        yield from settled(self, enough)
        self._tell(enough.done, self.elapsed - began, tried)

    def _tell(self, complete: bool, took: int, tried: Sequence[Gathered]) -> None:
        self.record(
            "gathered",
            complete=complete,
            took=took,
            requests=sum(one.requests for one in tried),
            attempts=len(tried),
            hedges=sum(one.hedges for one in tried),
            answers=sum(len(one.answers) for one in tried),
        )
