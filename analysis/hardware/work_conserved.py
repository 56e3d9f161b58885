"""Judges of schedulers: no core is idle while a task waits, and no task is run twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.hardware.core_time import TRACE, NodeCores
from analysis.verdict import Check, CheckKind, RunEnd, Subject
from sim.convergence import Completion
from sim.units import format_duration

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict
    from sim.records import Record


class WorkConserved(Check):
    """No core is idle while a task waits, for longer than the scheduler needs to bring them together.

    How long that may be is the promise of each scheduler, which the record `cores` holds: nothing for schedulers with
    one queue; for work stealing the time to wake core after core and to have each search. A scheduler that promises
    nothing is not judged, nor is a core that was stopped.
    """

    name = "work-conserved"
    kinds = frozenset(TRACE)

    def __init__(self) -> None:
        self._nodes: dict[int, NodeCores] = {}
        self._stints = 0

    def observe(self, record: Record) -> None:
        """Take a record of a node's cores."""
        assert record.node is not None
        self._stints += record.kind in ("ran", "runs", "waits")
        node = self._nodes.get(record.node)
        if node is None:
            self._nodes[record.node] = NodeCores(record)
        else:
            node.observe(record)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        judged = {number: node for number, node in self._nodes.items() if node.promise is not None}
        if not self._stints or not judged:
            return self.verdict("unknown", "no task ran" if judged else "no scheduler of the run promises it")
        for number, node in sorted(judged.items()):
            node.end(end.time)
            worst = node.worst()
            if worst is not None:
                shared, idle, wait = worst
                since, promise = format_duration(max(idle.begin, wait.begin)), format_duration(node.promise or 0)
                reason = (
                    f"{_core(idle.shown)} of node {number} was idle for {format_duration(shared)} while "
                    f"{wait.shown.fields['task']!r} waited, from {since} on; {promise} is promised"
                )
                return self.verdict("violated", reason, (idle.shown, wait.shown))
        return self.verdict("holds", f"in {self._stints:,} stints no core was idle for too long while a task waited")


class NoTaskRunTwice(Check):
    """No job is finished a second time: thieves and owners of queues agree on who has it."""

    name = "no-task-run-twice"
    kinds = frozenset(("finished", "ran"))

    def __init__(self) -> None:
        self._finished: dict[int, Record] = {}
        self._stints: dict[tuple[int | None, str], Record] = {}
        self._twice: list[Record] = []

    def observe(self, record: Record) -> None:
        """Take the end of a job, or of a stint of one on a core."""
        if record.kind == "ran":
            self._stints[record.node, record.fields["task"]] = record
            return
        job = record.fields["job"]
        earlier = self._finished.setdefault(job, record)
        if earlier is not record:
            stint = self._stints.get((earlier.node, f"job {job}"))
            self._twice += [earlier, record] if stint is None else [earlier, stint, record]

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._twice:
            job = self._twice[0].fields["job"]
            return self.verdict("violated", f"job {job} was carried out a second time", tuple(self._twice))
        if not self._finished:
            return self.verdict("unknown", "no job with a record of its own was finished")
        return self.verdict("holds", f"each of {len(self._finished)} jobs was finished once")


def _core(shown: Record) -> str:
    """The core of a record; one that ran nothing in all the run has none."""
    return f"core {shown.fields['core']}" if "core" in shown.fields else "a core"


def _is_traced(subject: Subject) -> bool:
    return "ran" in subject.records


def _gives_out_jobs(subject: Subject) -> bool:
    return isinstance(subject.declared, Completion) and subject.declared.begin == "work-begun"


CHECKS_OF_CORES: Final = (
    CheckKind(
        "work-conserved",
        "always",
        "no core is idle while a task waits, for longer than its scheduler promises",
        _is_traced,
        lambda subject: WorkConserved(),
        needs="a trace of cores; set hardware.trace to true",
    ),
    CheckKind(
        "no-task-run-twice",
        "always",
        "no job is carried out a second time",
        _gives_out_jobs,
        lambda subject: NoTaskRunTwice(),
    ),
)
