"""What actors did in a run: items through a pipeline, what their mailboxes held, restarts."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.records import Record


class ActorsRun:
    """Collects the records of actors, and of items that they pass on.

    `latency`, nanoseconds from the offer of an item to its delivery, and its parts `queued` (in mailboxes), `ran` (with
    actors, their waits for a core included) and `between` (for room, and on the network), in the order of deliveries;
    `peaks`, `taken`, `waited` and `blocked`: the most that a mailbox held, messages taken out of it, nanoseconds that
    these were in it together, and nanoseconds that its actor waited for room elsewhere, each by node and actor, of all
    its lives on record together.
    """

    kinds = frozenset(
        (
            "item-offered",
            "item-delivered",
            "spawned",
            "failed",
            "restarted-actor",
            "gave-up",
            "dropped-message",
            "actor-total",
            "mailbox",
        )
    )

    def __init__(self) -> None:
        self.latency, self.queued, self.ran, self.between = array("q"), array("q"), array("q"), array("q")
        self.peaks: dict[tuple[int | None, str], int] = {}
        self.taken: Counter[tuple[int | None, str]] = Counter()
        self.waited: Counter[tuple[int | None, str]] = Counter()
        self.blocked: Counter[tuple[int | None, str]] = Counter()
        self.counts: Counter[str] = Counter()
        self.pressed = 0
        self.first_offer: int | None = None
        self.last_delivery = 0
        self._offered: dict[int, int] = {}

    def observe(self, record: Record) -> None:
        """Take a record of one of the kinds."""
        kind, fields = record.kind, record.fields
        self.counts[kind] += 1
        if kind == "item-offered":
            self._offered[fields["item"]] = record.time
            if self.first_offer is None:
                self.first_offer = record.time
        elif kind == "item-delivered":
            self._delivered(record)
        elif kind == "actor-total":
            place = record.node, fields["actor"]
            self.peaks[place] = max(fields["peak"], self.peaks.get(place, 0))
            for counter, name in ((self.taken, "taken"), (self.waited, "waited"), (self.blocked, "blocked")):
                counter[place] += fields[name]
        elif kind == "mailbox":
            self.pressed += fields["event"] == "high"
            place = record.node, fields["actor"]
            self.peaks[place] = max(fields["depth"], self.peaks.get(place, 0))

    def _delivered(self, record: Record) -> None:
        fields = record.fields
        offered = self._offered.get(fields["item"])
        if offered is not None:
            self.latency.append(record.time - offered)
            for values, name in ((self.queued, "queued"), (self.ran, "ran"), (self.between, "between")):
                values.append(fields[name])
        self.last_delivery = record.time
