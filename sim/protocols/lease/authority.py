"""One server that gives leases by itself. What it has given is on its disk before anyone hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.protocols.lease.messages import Answer, Ask
from sim.runtime.leases.expiry import Expiry
from sim.runtime.leases.lease_table import LeaseTable
from sim.workloads.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sim.node import Node
    from sim.protocols.lease.config import LeaseConfig

EXPIRY: Final = "expiry"
TABLE: Final = "table"


def operation_of(ask: Ask, source: int) -> Operation:
    """What a question asks of the table."""
    return Operation(ask.function, ask.resource, source if ask.function == "acquire" else ask.token)


def answer_to(ask: Ask, result: object) -> Answer:
    """What the asker is told: the token of its lease, if that is in force."""
    if ask.function == "acquire":
        assert result is None or isinstance(result, int)
        return Answer(ask.number, result)
    return Answer(ask.number, ask.token if result is True and ask.function == "renew" else None)


class Authority:
    """Gives each lease for a term on its own clock; after a crash it waits for a whole term before it ends any."""

    def __init__(self, node: Node, config: LeaseConfig) -> None:
        self.node = node
        self.table = LeaseTable()
        self.expiry = Expiry(config.term)
        self.heard: dict[int, int] = {}

    def start(self) -> None:
        """Begin, or begin again with what the disk holds."""
        if TABLE in self.node.storage:
            self.table.restore(self.node.storage[TABLE])
        self.node.record("authority", role="leader", term=0, leader=self.node.id, cause="start")
        self._changed()

    def asked(self, source: int, ask: Ask) -> None:
        """Decide; a question that was overtaken by a later one of the same holder is none any more."""
        if ask.number < self.heard.get(source, 0):
            return
        self.heard[source] = ask.number
        result = self.table.apply(operation_of(ask, source))
        self._changed()
        self.node.send(source, answer_to(ask, result))

    def on_timer(self, _: Hashable) -> None:
        """End what is over."""
        for operation in self.expiry.due(self.node.elapsed):
            self.table.apply(operation)
        self._changed()

    def _changed(self) -> None:
        node = self.node
        node.storage[TABLE] = self.table.snapshot()
        node.storage.sync()
        self.expiry.look(self.table.leases, node.elapsed)
        following = self.expiry.next_at()
        if following is None:
            node.cancel_timer(EXPIRY)
        else:
            node.set_timer(EXPIRY, max(0, following - node.elapsed))
