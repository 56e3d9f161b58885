"""What came of a trading swarm: orders and their latency, and how near its positions came to their limits."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from analysis.client_operations import quantile_of

if TYPE_CHECKING:
    from sim.records import Record


class Positions:
    """The positions that executions make, against the limits that were declared.

    `limit` and `gross_limit` are None as long as no record `limits` has declared them.
    """

    def __init__(self) -> None:
        self.limit: int | None = None
        self.gross_limit: int | None = None
        self.held: dict[int, int] = {}
        self.gross = 0
        self.peak = self.gross_peak = 0

    def declare(self, record: Record) -> None:
        """Take the limits."""
        self.limit, self.gross_limit = record.fields["limit"], record.fields["gross_limit"]

    def execute(self, record: Record) -> bool:
        """Take an execution; whether the limits hold after it."""
        instrument = record.fields["instrument"]
        before = self.held.get(instrument, 0)
        after = self.held[instrument] = before + record.fields["quantity"]
        self.gross += abs(after) - abs(before)
        self.peak, self.gross_peak = max(self.peak, abs(after)), max(self.gross_peak, self.gross)
        return (self.limit is None or abs(after) <= self.limit) and (
            self.gross_limit is None or self.gross <= self.gross_limit
        )

    @property
    def used(self) -> float | None:
        """The largest share of a limit that was used; None where none was declared."""
        if self.limit is None or self.gross_limit is None:
            return None
        return max(self.peak / self.limit, self.gross_peak / self.gross_limit)


class Trading:
    """Collects the orders of a run.

    `executed` (order, instrument, quantity, ticked_at in ns of the simulation) is an order that is carried out;
    `declined` and `rejected` (order, reason) are those that the risk manager, and the execution engine, turned away.
    """

    kinds = frozenset(("limits", "executed", "declined", "rejected"))

    def __init__(self) -> None:
        self.positions = Positions()
        self.latencies = array("q")
        self.declined: dict[str, int] = {}
        self.rejected: dict[str, int] = {}

    def observe(self, record: Record) -> None:
        """Take a record of one of the kinds; one of another protocol that is called the same counts for nothing."""
        kind, fields = record.kind, record.fields
        if kind == "limits" and "gross_limit" in fields:
            self.positions.declare(record)
        elif kind == "executed" and "ticked_at" in fields:
            self.positions.execute(record)
            self.latencies.append(record.time - fields["ticked_at"])
        elif kind in ("declined", "rejected") and "order" in fields:
            reasons = self.declined if kind == "declined" else self.rejected
            reasons[fields["reason"]] = reasons.get(fields["reason"], 0) + 1

    def latency(self, share: float) -> int | None:
        """The least time from tick to execution, in ns, that a share of the orders did not exceed."""
        return quantile_of(self.latencies, share)
