"""Leases for actors: one actor that gives them, and effects by which others acquire, renew and give them back.

The rules are those of `sim.runtime.leases`; all time is on clocks that nobody sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.runtime.actor import Actor
from sim.runtime.awaiting import settled
from sim.runtime.leases.expiry import Expiry
from sim.runtime.leases.held_lease import HeldLease
from sim.runtime.leases.lease_table import LeaseTable
from sim.workloads.operation import Operation

if TYPE_CHECKING:
    from sim.runtime.actor import Effect
    from sim.runtime.leases.held_lease import LeaseTerms
    from sim.runtime.reference import Reference


@dataclass(frozen=True, slots=True)
class LeaseQuestion:
    """To `acquire` a resource, or to `renew` or `release` the lease of that token. The answer is a token, or None."""

    function: str
    resource: str
    token: int = 0


class LeaseKeeper(Actor):
    """Gives leases of any resources, each for `term` nanoseconds and to one actor at a time.

    Its table is on the disk of its node before anyone hears of it; started again, it waits for a whole term before it
    ends any lease. Spawn it with a name, by which it finds its table.
    """

    def __init__(self, term: int) -> None:
        self.table = LeaseTable()
        self.expiry = Expiry(term)

    def run(self) -> Effect[None]:
        node = self.runtime.node
        place = f"leases/{self.me.name}"
        numbers: dict[Reference, int] = {}
        if place in node.storage:
            kept, known = node.storage[place]
            self.table.restore(kept)
            numbers.update(known)
        while True:
            self.expiry.look(self.table.leases, node.elapsed)
            following = self.expiry.next_at()
            question = yield from self.receive(
                LeaseQuestion, None if following is None else max(0, following - node.elapsed)
            )
            result: object = None
            if question is None:
                for operation in self.expiry.due(node.elapsed):
                    self.table.apply(operation)
            else:
                holder = numbers.setdefault(question.sender, len(numbers))
                result = self._decide(question.payload, holder)
            node.storage[place] = (self.table.snapshot(), tuple(numbers.items()))
            node.storage.sync()
            if question is not None and question.question is not None:
                self.expiry.look(self.table.leases, node.elapsed)
                yield from self.reply(question, result)

    def _decide(self, question: LeaseQuestion, holder: int) -> int | None:
        acquires = question.function == "acquire"
        value = holder if acquires else question.token
        result = self.table.apply(Operation(question.function, question.resource, value))
        if acquires:
            assert result is None or isinstance(result, int)
            return result
        return question.token if result else None


def acquire(
    actor: Actor, keeper: Reference, resource: str, terms: LeaseTerms, timeout: int | None = None
) -> Effect[HeldLease | None]:
    """Ask for a lease; None where another holds it, or no answer comes within `timeout` ns while it would be in force.

    Ask `lease.in_force(actor.runtime.node.elapsed)` before each use, and send its `token` along.
    """
    asked_at = actor.runtime.node.elapsed
    token = yield from actor.ask(keeper, LeaseQuestion("acquire", resource), timeout=timeout)
    if token is None:
        return None
    lease = HeldLease.given(token, asked_at, terms)
    return lease if lease.in_force(actor.runtime.node.elapsed) else None


def renew(
    actor: Actor, keeper: Reference, resource: str, lease: HeldLease, terms: LeaseTerms, timeout: int | None = None
) -> Effect[HeldLease | None]:
    """Ask for more time: the lease with its new end; None where it is lost. Without an answer it is as it was."""
    asked_at = actor.runtime.node.elapsed
    answer = yield from actor.request(keeper, LeaseQuestion("renew", resource, lease.token), timeout=timeout)
    left = None if timeout is None else asked_at + timeout - actor.runtime.node.elapsed
    if not (yield from settled(actor, answer, left)) or not answer.done:
        answer.cancel()
        return lease
    return None if answer.value is None else lease.renewed(asked_at, terms)


def release(actor: Actor, keeper: Reference, resource: str, lease: HeldLease) -> Effect[None]:
    """Give a lease back, without waiting for word of it; it ends by itself if that is lost."""
    yield from actor.send(keeper, LeaseQuestion("release", resource, lease.token))
