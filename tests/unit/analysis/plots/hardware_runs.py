"""A run for the tests of plots of cores: a small work-stealing machine, as its records tell of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from random import Random
from typing import Any, Final

from analysis.plots.run_view import RunView
from sim.records import Record
from sim.units import MICROSECOND, MILLISECOND
from topologies.registry import build

CORE_PLOTS: Final = frozenset(("cores", "utilisation", "steals", "latency-breakdown"))
"""Plots that need a trace of cores."""
MAILBOX_PLOTS: Final = frozenset(("mailboxes",))
"""Plots that need actors."""
CORES: Final = 4


def view_of_records(records: Iterable[Record], end: int, nodes: int = 1, **scenario: Any) -> RunView:
    """The view of a run that left these records and no messages."""
    kept = sorted(records, key=lambda record: record.time)

    def of_kinds(kinds: Collection[str]) -> Iterable[Record]:
        return [record for record in kept if record.kind in kinds]

    topology = build({"kind": "mesh", "nodes": max(nodes, 2)}, 1)
    told = {"name": "traced", "topology": {"kind": "mesh", "nodes": nodes}, **scenario}
    return RunView("traced", told, 7, nodes, end, "states", None, lambda: topology, of_kinds, lambda: iter(()))


@cache
def traced_run(tasks: int = 200, seed: int = 1) -> RunView:
    """Tasks come to core 0; a core that has nothing takes half of what the one with most has, or is parked."""
    random = Random(seed)
    queues: list[list[tuple[int, int]]] = [[] for _ in range(CORES)]
    free = [0] * CORES
    parked: list[int | None] = [None] * CORES
    rows: list[tuple[int, str, dict[str, Any]]] = []
    arrivals = sorted(int(random.expovariate(1 / (4 * MICROSECOND)) * n**0.9) for n in range(tasks))
    moments = sorted({*arrivals, *(n * MICROSECOND for n in range(600))})
    coming = list(enumerate(arrivals))
    for now in moments:
        while coming and coming[0][1] <= now:
            queues[0].append(coming.pop(0))
        for core in range(CORES):
            if free[core] > now:
                continue
            if not queues[core]:
                victim = max(range(CORES), key=lambda other: len(queues[other]))
                half = len(queues[victim]) // 2
                if half:
                    queues[core], queues[victim] = queues[victim][:half], queues[victim][half:]
                    rows.append((now, "stole", {"core": core, "victim": victim, "tasks": half}))
            if queues[core]:
                if parked[core] is not None:
                    rows.append((now, "woke", {"core": core}))
                    parked[core] = None
                number, ready = queues[core].pop(0)
                ran = int(random.expovariate(1 / (8 * MICROSECOND))) + 500
                free[core] = now + ran
                name = ("parse", "match", "settle")[number % 3] + f" {number}"
                fields = {"core": core, "task": name, "waited": now - ready, "ran": ran, "since": now}
                rows.append((now + ran, "ran", fields))
            elif parked[core] is None:
                parked[core] = now
                rows.append((now, "parked", {"core": core}))
    end = max(time for time, _, _ in rows)
    fault = {"id": "slow", "fault": "slow-core", "strike": 1, "targets": (0,), "touched": 0}
    rows += [(end // 3, "fault", {**fault, "phase": "begin"}), (end // 2, "fault", {**fault, "phase": "end"})]
    records = [
        Record(time, sequence, 0 if kind != "fault" else None, kind, fields)
        for sequence, (time, kind, fields) in enumerate(sorted(rows, key=lambda row: row[0]))
    ]
    return view_of_records(records, end)


CROSSINGS: Final = (
    (100, "sink", "high", 8),
    (150, "sink", "full", 10),
    (400, "sink", "low", 2),
    (450, "sort", "high", 8),
    (600, "sink", "high", 8),
    (700, "sort", "low", 2),
)
"""Times (ms), actors, events and depths of mailboxes that hold ten messages."""


def pressed_run() -> RunView:
    """A run in which the mailboxes of two actors cross their watermarks, and the actor of one fails at 800 ms."""
    records = [
        Record(at * MILLISECOND, at, 0, "mailbox", {"actor": actor, "depth": depth, "event": event, "capacity": 10})
        for at, actor, event, depth in CROSSINGS
    ]
    records.append(Record(800 * MILLISECOND, 800, 0, "failed", {"actor": "sink", "reason": "divided by zero"}))
    return view_of_records(records, 1_000 * MILLISECOND)
