"""A holder: it wants one resource, uses it while its lease is in force, and stops before another gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.protocols.lease.messages import Answer, Ask, Elsewhere, TurnedAway, Write
from sim.runtime.leases.held_lease import HeldLease
from sim.units import SECOND

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sim.node import Node
    from sim.protocols.lease.config import LeaseConfig

WANT: Final = "want"
ASK: Final = "ask"
RENEW: Final = "renew"
END: Final = "end"
USE: Final = "use"
RELEASE: Final = "release"
"""Names of timers."""
NUMBER: Final = "number"
"""The name in stable storage of the number of the last question, which no life of the holder uses again."""


class Holder:
    """`lease` is what it holds, None: nothing; `owed` are uses that wait for it, where it asks on use."""

    def __init__(self, node: Node, config: LeaseConfig) -> None:
        self.node = node
        self.config = config
        self.terms = config.terms
        self.resource = f"r{(node.id - config.authorities - 1) % config.resources}"
        self.authority = 0 if config.authorities == 1 else node.random.below(config.authorities)
        self.number = int(node.storage.get(NUMBER, 0))
        self.lease: HeldLease | None = None
        self.asked: dict[int, int] = {}
        self.uses = 0
        self.owed = 0

    def start(self) -> None:
        """Begin with nothing held."""
        self._await_use()
        if self.config.renewal == "ahead":
            self._rest()

    # When it acts.

    def _await_use(self) -> None:
        self.node.set_timer(USE, int(self.node.random.exponential(SECOND / self.config.uses)))

    def _rest(self) -> None:
        self.node.set_timer(WANT, int(self.node.random.exponential(self.config.rest)))

    def on_timer(self, name: Hashable) -> None:
        """Something is due."""
        if name == USE:
            self._use_due()
            self._await_use()
        elif name == RENEW:
            self._ask()
        elif name == END:
            self._may_be_over()
        elif name == RELEASE:
            self._give_back()
        elif self._held() is None:
            self._ask()

    def _held(self) -> HeldLease | None:
        """The lease, while it is in force on this clock; when it is over it is let go here, at the latest."""
        lease = self.lease
        if lease is not None and not lease.in_force(self.node.elapsed):
            self._let_go("expired")
            return None
        return lease

    def _may_be_over(self) -> None:
        lease = self._held()
        if lease is not None:
            self.node.set_timer(END, lease.until - self.node.elapsed)

    # Asking.

    def _ask(self, function: str | None = None) -> None:
        """Ask for the lease, or for more time; and again, somewhere else, where no answer comes."""
        node, lease = self.node, self._held()
        self.number += 1
        node.storage[NUMBER] = self.number
        node.storage.sync()
        if function is None:
            function = "acquire" if lease is None else "renew"
            self.asked[self.number] = node.elapsed
            retry = self.config.retry
            node.set_timer(ASK if lease is None else RENEW, retry // 2 + node.random.below(retry - retry // 2))
        token = 0 if lease is None else lease.token
        node.record("asked", resource=self.resource, function=function, number=self.number)
        node.send(self.authority, Ask(self.number, function, self.resource, token))
        if self.config.authorities > 1:
            self.authority = node.random.below(self.config.authorities)

    def answered(self, source: int, answer: Answer) -> None:
        """The authority has decided on a question, some time after it was asked."""
        asked_at = self.asked.pop(answer.number, None)
        if asked_at is None:
            return
        self.authority = source
        self.asked = {number: at for number, at in self.asked.items() if number > answer.number}
        lease = self._held()
        if answer.token is None:
            if lease is not None:
                self._let_go("refused")
            return
        if lease is not None and lease.token == answer.token:
            renewed = lease.renewed(asked_at, self.terms)
        else:
            renewed = HeldLease.given(answer.token, asked_at, self.terms)
        if renewed.in_force(self.node.elapsed):
            self._hold(renewed, asked_at)

    def _hold(self, lease: HeldLease, asked_at: int) -> None:
        node, config = self.node, self.config
        known = self.lease is not None and self.lease.token == lease.token
        self.lease = lease
        node.record("leased", resource=self.resource, token=lease.token, left=lease.until - node.elapsed, renewed=known)
        node.cancel_timer(ASK)
        node.set_timer(END, lease.until - node.elapsed)
        if config.renewal == "ahead":
            node.set_timer(RENEW, max(0, asked_at + config.renew_after - node.elapsed))
        else:
            node.cancel_timer(RENEW)
        if config.hold is not None and not known:
            node.set_timer(RELEASE, config.hold)
        while self.owed:
            self.owed -= 1
            self._use(lease)

    def sent_elsewhere(self, elsewhere: Elsewhere) -> None:
        """Ask the one that leads, at once."""
        if elsewhere.leader is not None and self.asked.pop(elsewhere.number, None) is not None:
            self.authority = elsewhere.leader
            self._ask()

    # Letting go.

    def _let_go(self, cause: str) -> None:
        assert self.lease is not None
        node, lease = self.node, self.lease
        late = max(0, node.elapsed - lease.until)
        node.record("let-go", resource=self.resource, token=lease.token, cause=cause, late=late)
        self.lease = None
        self.asked.clear()
        for timer in (END, RENEW, RELEASE):
            node.cancel_timer(timer)
        if self.config.renewal == "ahead":
            self._rest()

    def _give_back(self) -> None:
        if self._held() is not None:
            self._ask("release")
            self._let_go("released")

    def turned_away(self, word: TurnedAway) -> None:
        """The storage knows of a newer holder."""
        if self.lease is not None and self.lease.token == word.token:
            self._let_go("fenced")

    # Using.

    def _use_due(self) -> None:
        lease = self._held()
        if lease is not None:
            self._use(lease)
        elif self.config.renewal == "on-use":
            self.owed += 1
            if not self.asked:
                self._ask()

    def _use(self, lease: HeldLease) -> None:
        node = self.node
        self.uses += 1
        node.record("used", resource=self.resource, token=lease.token, number=self.uses)
        if self.config.writes:
            node.send(self.config.authorities, Write(self.resource, lease.token, self.uses))
