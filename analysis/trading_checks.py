"""The judge of a trading swarm: no position beyond its limit, from the executions alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.trading import Positions
from analysis.verdict import Check, CheckKind

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict
    from analysis.verdict import RunEnd, Subject
    from sim.records import Record


class RiskLimit(Check):
    """No execution takes a position, or the sum of all, beyond its limit."""

    name = "risk-limit"
    kinds = frozenset(("limits", "executed"))

    def __init__(self, _: Subject) -> None:
        self._positions = Positions()
        self._executions = 0
        self._beyond: list[Record] = []

    def observe(self, record: Record) -> None:
        """Take the limits, or an execution."""
        if record.kind == "limits":
            self._positions.declare(record)
        else:
            self._executions += 1
            if not self._positions.execute(record):
                self._beyond.append(record)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        positions = self._positions
        if positions.limit is None or not self._executions:
            return self.verdict("unknown", "nothing was executed")
        reached = (
            f"positions reached {positions.peak} of {positions.limit} in one instrument, "
            f"{positions.gross_peak} of {positions.gross_limit} in all"
        )
        if self._beyond:
            text = f"{len(self._beyond)} of {self._executions} executions were beyond a limit: {reached}"
            return self.verdict("violated", text, tuple(self._beyond))
        return self.verdict("holds", f"{self._executions} executions; {reached}")


TRADING_CHECKS: Final = (
    CheckKind(
        "risk-limit",
        "always",
        "no execution takes a position beyond its limit",
        lambda subject: "limits" in subject.records,
        RiskLimit,
    ),
)
