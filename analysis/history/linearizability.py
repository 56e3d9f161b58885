"""Linearizability of the history that clients saw, each key for itself (Herlihy and Wing, TOPLAS 12(3), 1990)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.history.conflict import smallest_conflict
from analysis.history.models import initial_state, object_of
from analysis.history.object_judge import STEPS_OF_AN_OBJECT, STEPS_OF_THE_BANK, ObjectJudge
from analysis.history.operations import KINDS, OPEN, Outstanding, as_record, told
from analysis.verdict import MOST_EVIDENCE, Check, RunEnd, Subject
from sim.records import Record

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

MOST_TOLD: Final = 4
"""Operations that the reason of a verdict names: the last ones."""


class Linearizable(Check):
    """Each object's operations can be put into one order that explains all results and keeps to real time.

    Operations whose outcome is unknown may have happened or not, at any time after they began.
    """

    name = "linearizable"
    kinds = KINDS

    def __init__(self, _: Subject) -> None:
        self._outstanding = Outstanding()
        self.objects: dict[str, ObjectJudge] = {}

    def observe(self, record: Record) -> None:
        """Take the begin or the end of an operation."""
        operation = self._outstanding.observe(record)
        key = object_of(operation)
        judge = self.objects.get(key)
        if judge is None:
            steps = STEPS_OF_AN_OBJECT if key else STEPS_OF_THE_BANK
            judge = self.objects[key] = ObjectJudge(initial_state(operation), steps)
        if record.kind == "invoked":
            judge.began(operation)
        else:
            judge.ended(operation)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        for operation in self._outstanding.of.values():
            assert operation.end == OPEN
            self.objects[object_of(operation)].ended(operation)
        self._outstanding.of.clear()
        for judge in self.objects.values():
            judge.finish()
        violated = {key: judge for key, judge in self.objects.items() if judge.conflict}
        if violated:
            return self._violated(violated)
        certain = sum(judge.certain for judge in self.objects.values())
        if not certain:
            return self.verdict("unknown", "no operation of a client was completed")
        exhausted = [key for key, judge in self.objects.items() if judge.exhausted]
        if exhausted:
            return self.verdict("unknown", f"the search for an order was given up on {len(exhausted)} keys")
        return self.verdict("holds", f"{certain} operations on {len(self.objects)} keys")

    def _violated(self, violated: dict[str, ObjectJudge]) -> RunVerdict:
        """Show the earliest conflict, as small as it can be made, after the last changes before it."""
        key, judge = min(violated.items(), key=lambda item: min(each.begin for each in item[1].conflict))
        conflict = smallest_conflict(judge.conflict, judge.starts)
        where = f"key {key}" if key else "the bank"
        words = ("..., " if len(conflict) > MOST_TOLD else "") + "; ".join(map(told, conflict[-MOST_TOLD:]))
        after = ", ".join(map(told, judge.before[:MOST_TOLD]))
        number = f"{len(conflict)} operation{'s' if len(conflict) != 1 else ''}"
        reason = f"no order explains {number} on {where}{f' after {after}' if after else ''}: {words}"
        if len(violated) > 1:
            reason += f" ({len(violated)} keys in all)"
        shown = sorted({*judge.before, *conflict}, key=lambda operation: operation.begin)
        return self.verdict("violated", reason, tuple(map(as_record, shown[-MOST_EVIDENCE:])))
