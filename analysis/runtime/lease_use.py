"""What leases cost and what they were good for, as the records of holders and of the storage tell."""

from __future__ import annotations

from typing import Final

from sim.records import Record

ASKED: Final = "asked"
LEASED: Final = "leased"
USED: Final = "used"
TURNED_AWAY: Final = "turned-away"


class LeaseUse:
    """Counts questions for leases (those that give one back left out), uses, changes of the holder, and late writes."""

    kinds = (ASKED, LEASED, USED, TURNED_AWAY)

    def __init__(self) -> None:
        self.asked = self.used = self.changes = self.turned_away = 0
        self._tokens: dict[str, int] = {}

    def observe(self, record: Record) -> None:
        """Take the next record of one of the kinds."""
        if record.kind == USED:
            self.used += 1
        elif record.kind == ASKED:
            self.asked += record.fields["function"] != "release"
        elif record.kind == TURNED_AWAY:
            self.turned_away += 1
        else:
            resource, token = record.fields["resource"], record.fields["token"]
            self.changes += self._tokens.get(resource) != token
            self._tokens[resource] = token

    @property
    def extension_share(self) -> float | None:
        """Questions for a lease, or for more time, for each use."""
        return self.asked / self.used if self.used else None
