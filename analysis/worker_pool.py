"""What a pool of workers did, by its records."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.records import Record


class WorkerPoolRun:
    """Collects the steps of a run's pools. Times in nanoseconds.

    `steps` holds what each step took; `worker_time` is the time of all workers together until their pool's end.
    """

    kinds = frozenset(("step", "rewired", "listened", "pool"))

    def __init__(self) -> None:
        self.steps = array("q")
        self.rewirings = array("q")
        self.shutdowns = array("q")
        self.waited = self.updates = self.timed_out = self.flushed = self.dropped = 0
        self.heard = self.delay = 0
        self.agents = self.memory = self.work = self.took = self.worker_time = self.stolen = 0

    def observe(self, record: Record) -> None:
        """Take a record of one of the kinds; one of another protocol that is called the same counts for nothing."""
        kind, fields = record.kind, record.fields
        if kind == "step" and "timed_out" in fields:
            self.steps.append(fields["took"])
            self.waited += fields["waited"]
            self.updates += fields["updates"]
            self.timed_out += fields["timed_out"]
            self.flushed += fields["flushed"]
            self.dropped += fields["dropped"]
        elif kind == "rewired":
            self.rewirings.append(fields["took"])
        elif kind == "listened" and "listener" in fields:
            self.heard += fields["heard"]
            self.delay += fields["delay"]
        elif kind == "pool" and "workers" in fields:
            self._end(fields)

    def _end(self, fields: dict[str, int | None]) -> None:
        took, workers = fields["took"] or 0, fields["workers"] or 0
        self.took = max(self.took, took)
        self.worker_time += took * workers
        self.agents += fields["agents"] or 0
        self.memory += fields["memory"] or 0
        self.work += fields["work"] or 0
        self.stolen += fields["stolen"] or 0
        if fields["shutdown"] is not None:
            self.shutdowns.append(fields["shutdown"])
