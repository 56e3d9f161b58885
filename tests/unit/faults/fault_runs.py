"""Runs of a small protocol under faults, for the tests of schedules, targets, budgets, and the faults of nodes."""

from __future__ import annotations

from typing import Any

from faults.budget import Budget, BudgetLimit
from faults.fault import Fault
from sim.protocol import Protocol
from sim.records import Record
from sim.roles import Roles
from sim.simulation import Simulation
from topologies.registry import build

MILLISECOND = 1_000_000
SECOND = 1_000_000_000


class Beat:
    """A payload without content."""


class Electing(Protocol):
    """Tells its neighbours every 10 ms that it lives; node n takes the lead n * 50 ms after its start, and keeps it.

    The role of a node is what its last `role` record names.
    """

    roles = Roles("follower", record="role", field="role", names=("leader",))

    def on_start(self) -> None:
        self.node.set_timer("beat", 10 * MILLISECOND)
        self.node.set_timer("lead", self.node.id * 50 * MILLISECOND)

    def on_timer(self, name: object) -> None:
        if name == "lead":
            self.node.record("role", role="leader")
            return
        self.node.broadcast(Beat())
        self.node.set_timer("beat", 10 * MILLISECOND)

    def on_message(self, message: Any) -> None:
        self.node.record("heard", source=message.source)


class Idle(Protocol):
    """Does nothing."""


def under(
    *faults: Fault,
    nodes: int = 6,
    until: int = 200 * MILLISECOND,
    seed: int = 0,
    budget: Budget = "unbounded",
    protocol: type[Protocol] = Electing,
    **topology: Any,
) -> tuple[Simulation, list[Record]]:
    """A mesh under these faults, run until a time in nanoseconds and concluded, with its records."""
    built = build({"kind": "mesh", "nodes": nodes} | topology)
    simulation = Simulation(built, protocol, faults=(BudgetLimit(budget), *faults), seed=seed)
    rows = simulation.keep_records()
    simulation.run(until).conclude()
    assert simulation.balance().sums
    return simulation, rows


def of_faults(rows: list[Record], *fields: str, phases: tuple[str, ...] = ("begin", "end", "once")) -> list[tuple]:
    """Time in ms, phase, and these fields of each record of a fault."""
    mine = [row for row in rows if row.kind == "fault" and row.fields["phase"] in phases]
    return [(row.time // MILLISECOND, row.fields["phase"], *(row.fields.get(name) for name in fields)) for row in mine]


def total(rows: list[Record], name: str) -> dict[str, Any]:
    """What a fault came to in the whole run."""
    totals = [row.fields for row in rows if row.kind == "fault" and row.fields["phase"] == "total"]
    (mine,) = [fields for fields in totals if fields["id"] == name]
    return mine


def life(rows: list[Record], *kinds: str) -> list[tuple[int, str, int | None]]:
    """Time in ms, kind and node of each record of these kinds."""
    return [(row.time // MILLISECOND, row.kind, row.node) for row in rows if row.kind in kinds]


def heard(rows: list[Record], node: int, begin: int, end: int) -> set[int]:
    """Whom a node heard from `begin` to before `end`, in ms."""
    times = range(begin * MILLISECOND, end * MILLISECOND)
    return {row.fields["source"] for row in rows if row.kind == "heard" and row.node == node and row.time in times}
