"""What runs violate, equal violations put together, with their rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from scenarios.execution.row import number_of, seed_in
from scenarios.hunting.rate import Rate, rate_of
from scenarios.violation import Signature, masked

if TYPE_CHECKING:
    from scenarios.execution.row import Row

ERROR: Final = "error"
"""Stands for the check where a run ended in an error, such as a protocol that raised one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Equal violations: how often, in which runs, and the words of the first."""

    signature: Signature
    reason: str
    numbers: tuple[int, ...]
    seeds: tuple[int, ...]
    rate: Rate

    @property
    def check(self) -> str:
        """The check that is violated, or `error`."""
        return self.signature.check

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, rates per 1,000 runs."""
        return {
            "signature": self.signature.plain,
            "check": self.check,
            "reason": self.reason,
            "found": self.rate.found,
            "per_1000": 1000 * self.rate.share,
            "per_1000_interval": [1000 * self.rate.low, 1000 * self.rate.high],
            "first_run": self.numbers[0],
            "first_seed": self.seeds[0],
            "seeds": list(self.seeds),
        }


def violations_in(row: Row) -> Iterator[tuple[Signature, str]]:
    """Yield what a run violated, with the words for it."""
    if row["error"] is not None:
        text = str(row["error"])
        yield Signature(ERROR, (), masked(text)), text
    for column, verdict in row.items():
        if verdict == "violated" and column.startswith("check."):
            check = column.removeprefix("check.")
            reason = str(row.get(f"reason.{check}", ""))
            evidence = str(row.get(f"evidence.{check}", ""))
            yield Signature(check, tuple(evidence.split()), masked(reason)), reason


def findings_in(rows: Iterable[Row]) -> tuple[Finding, ...]:
    """Return what runs violated, the most frequent first; rows have to come by the numbers of the runs."""
    found: dict[Signature, list[tuple[int, int]]] = {}
    reasons: dict[Signature, str] = {}
    runs = 0
    for row in rows:
        runs += 1
        for signature, reason in violations_in(row):
            reasons.setdefault(signature, reason)
            found.setdefault(signature, []).append((number_of(row), seed_in(row)))
    findings = [
        Finding(
            signature,
            reason=reasons[signature],
            numbers=tuple(number for number, _ in cases),
            seeds=tuple(seed for _, seed in cases),
            rate=rate_of(len(cases), runs),
        )
        for signature, cases in found.items()
    ]
    return tuple(
        sorted(findings, key=lambda finding: (-finding.rate.found, finding.numbers[0], finding.signature.check))
    )
