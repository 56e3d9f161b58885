"""Checks that faults did something: that they fired, that they touched anything, that a partition cut a message.

A run in which nothing was broken proves nothing about faults. The records of phase `total`, which come at the very end
of a run, say what each fault came to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from analysis.fault_tally import did_nothing
from analysis.manifest import RunVerdict
from analysis.verdict import Check, RunEnd, Subject
from sim.records import Record

MOST_NAMED: Final = 5
"""Faults that a verdict names."""


class FaultCheck(Check):
    """Base of checks on what the faults of a run came to; those that are off do not count."""

    kinds = frozenset(("fault",))
    concerned: str = "fault that is on"

    def __init__(self, _: Subject) -> None:
        self.totals: list[Record] = []

    def observe(self, record: Record) -> None:
        """Take a record of a fault."""
        if record.fields["phase"] == "total" and not record.fields.get("off", False) and self.concerns(record):
            self.totals.append(record)

    def concerns(self, total: Record) -> bool:
        """Whether the check is about a fault."""
        return True

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if not self.totals:
            return self.verdict("unknown", f"there is no {self.concerned}")
        return self.judge()

    def judge(self) -> RunVerdict:
        """Judge what at least one fault came to."""
        raise NotImplementedError

    def each(self, failed: Callable[[dict[str, Any]], bool], did: str, did_not: str) -> RunVerdict:
        """Ask the same of each fault: violated where one failed."""
        failing = tuple(total for total in self.totals if failed(total.fields))
        if not failing:
            return self.verdict("holds", f"each of {_faults(len(self.totals))} {did}")
        named = ", ".join(str(total.fields["id"]) for total in failing[:MOST_NAMED])
        more = f" and {len(failing) - MOST_NAMED} more" if len(failing) > MOST_NAMED else ""
        reason = f"{len(failing)} of {_faults(len(self.totals))} {did_not}: {named}{more}"
        return self.verdict("violated", reason, failing)


class FaultsFired(FaultCheck):
    """Each fault of the plan struck at least once."""

    name = "faults-fired"

    def judge(self) -> RunVerdict:
        """Judge what at least one fault came to."""
        return self.each(lambda total: total["strike"] == 0, "fired", "never fired")


class FaultsTouched(FaultCheck):
    """Each fault touched a message, a write or a handler; what ends other faults has to have ended one."""

    name = "faults-touched"

    def judge(self) -> RunVerdict:
        """Judge what at least one fault came to."""
        return self.each(
            lambda total: did_nothing(total["fault"], total["touched"], total["effect"]),
            "touched something",
            "touched nothing",
        )


class PartitionCut(FaultCheck):
    """A partition really cut a message."""

    name = "partition-cut"
    concerned = "partition"

    def concerns(self, total: Record) -> bool:
        """Whether a fault is a way to part nodes."""
        from faults.registry import FAULTS

        kind = FAULTS.get(total.fields["fault"])
        return kind is not None and kind.config.layer == "partition"

    def judge(self) -> RunVerdict:
        """Judge what at least one partition came to."""
        cut = sum(total.fields["touched"] for total in self.totals)
        if not cut:
            return self.verdict("violated", "no message met a partition", tuple(self.totals))
        return self.verdict("holds", f"{cut:,} message{'s' if cut != 1 else ''} cut")


def _faults(number: int) -> str:
    return f"{number} fault{'s' if number != 1 else ''}"
