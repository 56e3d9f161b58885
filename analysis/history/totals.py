"""Whether money is conserved: the total of all balances is the same whenever a client looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.history.operations import KINDS, Outstanding
from analysis.verdict import Check, RunEnd, Subject
from sim.records import Record
from sim.state_machines.bank import OPENING

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict


class ConservedTotal(Check):
    """Every read of all balances sums up to what the accounts opened with, and none is below zero."""

    name = "conserved-total"
    kinds = KINDS

    def __init__(self, _: Subject) -> None:
        self._outstanding = Outstanding()
        self._reads = 0
        self._wrong: list[tuple[Record, str]] = []

    def observe(self, record: Record) -> None:
        """Take the begin or the end of an operation."""
        operation = self._outstanding.observe(record)
        if record.kind == "invoked" or operation.function != "balances" or not operation.is_certain:
            return
        self._reads += 1
        balances = operation.result
        expected = OPENING * len(balances)
        if sum(balances) != expected:
            self._wrong.append((record, f"balances sum to {sum(balances)} in place of {expected}"))
        elif min(balances) < 0:
            self._wrong.append((record, f"an account holds {min(balances)}"))

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._wrong:
            reason = f"{self._wrong[0][1]} ({len(self._wrong)} of {self._reads} reads are wrong)"
            return self.verdict("violated", reason, tuple(record for record, _ in self._wrong))
        if not self._reads:
            return self.verdict("unknown", "no client has read the balances")
        return self.verdict("holds", f"the total was the same in {self._reads} reads")
