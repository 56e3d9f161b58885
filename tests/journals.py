"""A protocol that writes a journal to its disk, for tests of faults of storage."""

from typing import Any

from sim.message import Message
from sim.network.config import NetworkConfig
from sim.protocol import Protocol
from sim.records import Record
from sim.simulation import Simulation
from sim.storage import StorageError
from topologies.registry import build

MILLISECOND = 1_000_000
SECOND = 1_000_000_000


class Noted:
    """A payload without content."""


class Journal(Protocol):
    """Every 10 ms writes a batch of three keys with the number of the batch, then tells its neighbours.

    Syncs after each tenth batch. Records what it finds on disk when it starts again, and what it hears.
    """

    def on_start(self) -> None:
        self.number = 0
        self.node.set_timer("write", 10 * MILLISECOND)

    def on_restart(self) -> None:
        found = {}
        for key in "abc":
            try:
                found[key] = self.node.storage.get(key)
            except StorageError as error:
                found[key] = error.reason
        self.node.record("found", **found)
        self.number = 1_000
        self.node.set_timer("write", 10 * MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.number += 1
        for key in "abc":
            self.node.storage[key] = self.number
        if self.number % 10 == 0:
            self.node.storage.sync()
        self.node.broadcast(Noted())
        self.node.record("wrote", number=self.number, local=self.node.now)
        self.node.set_timer("write", 10 * MILLISECOND)

    def on_message(self, message: Message) -> None:
        self.node.record("heard", source=message.source, sent_at=message.sent_at)


def journals(*faults: Any, until: int = 400, protocol: type[Protocol] = Journal) -> tuple[Simulation, list[Record]]:
    """A ring of four with links of 1 ms, run for so many milliseconds under these faults, and its records."""
    network = NetworkConfig(latency={"kind": "constant", "value": MILLISECOND})
    simulation = Simulation(build({"kind": "ring", "nodes": 4}), protocol, network=network, faults=faults)
    rows = simulation.keep_records()
    simulation.run(until * MILLISECOND).conclude()
    assert simulation.balance().sums
    return simulation, rows


def of(rows: list[Record], kind: str, node: int = 1) -> list[Record]:
    """The records of a kind of one node."""
    return [row for row in rows if row.kind == kind and row.node == node]


def total(rows: list[Record], name: str = "struck") -> dict[str, Any]:
    """What the fault of that name came to."""
    return next(
        row.fields
        for row in rows
        if row.kind == "fault" and row.fields["phase"] == "total" and row.fields["id"] == name
    )
