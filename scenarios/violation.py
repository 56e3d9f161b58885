"""What makes violations the same: the check, the kinds of records that show it, the reason but for its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

_NUMBER: Final = re.compile(r"[-+]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?(?:(?:ns|us|µs|ms|s|min|h|d)\b| ?%)?", re.IGNORECASE)
_REPEATED: Final = re.compile(r"(\b[^,;]+)(?:, \1)+(?=[,;)]|$)")


@dataclass(frozen=True, slots=True, order=True)
class Signature:
    """What equal violations share: `check`, by name; `evidence`, the kinds of its records; `reason`, numbers masked."""

    check: str
    evidence: tuple[str, ...]
    reason: str

    @property
    def plain(self) -> dict[str, Any]:
        """The signature as plain data."""
        return {"check": self.check, "evidence": list(self.evidence), "reason": self.reason}

    def __str__(self) -> str:
        shown = f" (shown by {', '.join(self.evidence)})" if self.evidence else ""
        return f"{self.check}: {self.reason}{shown}"


def signature_of(verdict: RunVerdict) -> Signature:
    """Return what a verdict has in common with others of the same violation."""
    kinds = {str(record["kind"]) for record in verdict.evidence}
    return Signature(verdict.check, tuple(sorted(kinds)), masked(verdict.reason))


def violations(verdicts: Iterable[RunVerdict]) -> tuple[Signature, ...]:
    """Return the signatures of the checks that are violated, in the order of the checks."""
    return tuple(signature_of(verdict) for verdict in verdicts if verdict.verdict == "violated")


def masked(reason: str) -> str:
    """Return a reason with `#` for each number and its unit, and a list of what is then alike as one of it."""
    return _REPEATED.sub(r"\1", _NUMBER.sub("#", reason))
