"""What came of quorums and of calls that fan out: how long they took, whom they asked, and who answered too late."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from analysis.client_operations import quantile_of

if TYPE_CHECKING:
    from sim.records import Record


class Gathers:
    """Collects the gathers of a run.

    `gathered` (took in ns, complete, requests, attempts, hedges, answers) is the end of one: whether enough answers
    came in time, how many requests it sent in how many attempts, and how many of them were hedges. `late-answer` is an
    answer that came after the end of its gather.
    """

    kinds = frozenset(("gathered", "late-answer"))

    def __init__(self) -> None:
        self.complete = array("q")
        """How long each took that is complete, in nanoseconds."""
        self.all = self.requests = self.attempts = self.hedged = self.answers = self.late = 0

    def observe(self, record: Record) -> None:
        """Take a record of one of the kinds; one of another protocol that is called the same counts for nothing."""
        fields = record.fields
        if record.kind == "late-answer":
            self.late += 1
        elif "hedges" in fields:
            self.all += 1
            self.requests += fields["requests"]
            self.attempts += fields["attempts"]
            self.hedged += fields["hedges"] > 0
            self.answers += fields["answers"]
            if fields["complete"]:
                self.complete.append(fields["took"])

    def took(self, share: float) -> int | None:
        """The least time, in nanoseconds, that a share of those that are complete did not exceed."""
        return quantile_of(self.complete, share)
