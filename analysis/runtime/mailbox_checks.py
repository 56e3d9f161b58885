"""Checks of actors' mailboxes: none holds more than it may, and nothing that was offered is lost unsaid."""

from __future__ import annotations

from collections import Counter
from typing import Final

from analysis.manifest import RunVerdict
from analysis.verdict import Check, CheckKind, RunEnd, Subject
from sim.records import Record


class MailboxBounded(Check):
    """No mailbox ever holds more messages than its capacity."""

    name = "mailbox-bounded"
    kinds = frozenset(("mailbox", "actor-total"))

    def __init__(self, _: Subject) -> None:
        self._over: list[Record] = []
        self._boxes: set[tuple[int | None, str]] = set()
        self._most = 0.0

    def observe(self, record: Record) -> None:
        """Take a crossing of a watermark, or what an actor came to."""
        fields = record.fields
        depth = fields["depth"] if record.kind == "mailbox" else fields["peak"]
        self._boxes.add((record.node, fields["actor"]))
        self._most = max(self._most, depth / fields["capacity"])
        if depth > fields["capacity"]:
            self._over.append(record)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._over:
            fields = self._over[0].fields
            depth = fields.get("depth", fields.get("peak"))
            text = f"{fields['actor']} held {depth} messages in a mailbox for {fields['capacity']}"
            return self.verdict("violated", text, tuple(self._over))
        if not self._boxes:
            return self.verdict("unknown", "no mailbox held anything")
        return self.verdict("holds", f"{len(self._boxes)} mailboxes, the fullest at {self._most:.0%} of its capacity")


class NothingLost(Check):
    """What was offered is delivered once, dropped on record, in memory, or gone with the node that held it."""

    name = "nothing-lost"
    kinds = frozenset(("item-offered", "item-delivered", "dropped-message", "held"))

    def __init__(self, _: Subject) -> None:
        self._offered: dict[int, Record] = {}
        self._delivered: Counter[int] = Counter()
        self._twice: list[Record] = []
        self._dropped: set[int] = set()
        self._in_memory: set[int] = set()
        self._with_nodes: set[int] = set()

    def observe(self, record: Record) -> None:
        """Take a record of where an item is."""
        fields = record.fields
        if record.kind == "item-offered":
            self._offered[fields["item"]] = record
        elif record.kind == "item-delivered":
            self._delivered[fields["item"]] += 1
            if self._delivered[fields["item"]] > 1 or fields["item"] not in self._offered:
                self._twice.append(record)
        elif record.kind == "dropped-message":
            if fields["message"] is not None:
                self._dropped.add(fields["message"])
        else:
            (self._with_nodes if fields["lost"] else self._in_memory).update(fields["messages"])

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._twice:
            item = self._twice[0].fields["item"]
            what = "twice" if item in self._offered else "and was never offered"
            return self.verdict("violated", f"item {item} was delivered {what}", tuple(self._twice))
        if not self._offered:
            return self.verdict("unknown", "nothing was offered")
        left = self._offered.keys() - self._delivered.keys()
        counts = [f"{len(self._offered)} offered", f"{len(self._delivered)} delivered"]
        for items, words in (
            (self._dropped, "dropped"),
            (self._in_memory, "in memory"),
            (self._with_nodes, "gone with a node that held them"),
        ):
            counts.append(f"{len(left & items)} {words}")
            left -= items
        text = ", ".join(counts)
        if left:
            evidence = tuple(self._offered[item] for item in sorted(left))
            return self.verdict("violated", f"{len(left)} items are nowhere: {text}", evidence)
        return self.verdict("holds", text)


def _has_mailboxes(subject: Subject) -> bool:
    return "actor-total" in subject.records


def _offers_items(subject: Subject) -> bool:
    return "item-offered" in subject.records


MAILBOX_CHECKS: Final = (
    CheckKind("mailbox-bounded", "always", "no mailbox holds more than its capacity", _has_mailboxes, MailboxBounded),
    CheckKind(
        "nothing-lost",
        "always",
        "what was offered is delivered once, dropped on record, in memory, or gone with a node that held it",
        _offers_items,
        NothingLost,
    ),
)
