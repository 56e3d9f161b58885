"""Checks of jobs and tasks: every one that came is finished once, is lost, or is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.verdict import Check, CheckKind, RunEnd, Subject
from sim.convergence import Completion

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict
    from sim.records import Record


class JobsAccounted(Check):
    """What was submitted is finished, lost or left at the end, and no job is finished or lost twice.

    Where only a share of the jobs has records of their own, the numbers are compared, and the times of all of them.
    """

    name = "jobs-accounted"
    kinds = frozenset(("work-begun", "finished", "finished-jobs", "lost-job", "work-left"))

    def __init__(self) -> None:
        self._batched: bool | None = None
        self._finished = self._lost = 0
        self._over: set[int] = set()
        self._left: Record | None = None
        self._wrong: list[tuple[str, Record]] = []

    def observe(self, record: Record) -> None:
        """Take a record of a job, or of many."""
        kind, fields = record.kind, record.fields
        if kind == "work-begun":
            self._batched = fields["batched"]
        elif kind == "work-left":
            self._left = record
        elif kind == "finished-jobs":
            self._finished += len(fields["sojourn"])
            if min(fields["arrived"]) < 0 or min(fields["sojourn"]) < 0:
                self._wrong.append(("a job finished before it came", record))
        elif kind in ("finished", "lost-job"):
            self._lost += kind == "lost-job"
            self._finished += kind == "finished" and not self._batched
            if fields["job"] in self._over:
                self._wrong.append((f"job {fields['job']} is over a second time", record))
            self._over.add(fields["job"])

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._left is None or not self._left.fields["submitted"]:
            return self.verdict("unknown", "no job came")
        fields = self._left.fields
        text = f"{fields['submitted']} came: {self._finished} finished, {self._lost} lost, {fields['left']} left"
        if self._wrong:
            return self.verdict("violated", self._wrong[0][0], tuple(record for _, record in self._wrong))
        if fields["submitted"] != self._finished + self._lost + fields["left"]:
            return self.verdict("violated", text, (self._left,))
        return self.verdict("holds", text)


def _gives_out_work(subject: Subject) -> bool:
    return isinstance(subject.declared, Completion) and subject.declared.begin == "work-begun"


TASK_CHECKS: Final = (
    CheckKind(
        "jobs-accounted",
        "always",
        "every job that came is finished once, lost, or left at the end",
        _gives_out_work,
        lambda subject: JobsAccounted(),
    ),
)
