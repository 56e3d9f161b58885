"""Whether what threads share is right: no update is lost, and nobody sees half of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.verdict import Check, CheckKind, RunEnd, Subject
from sim.records import Record

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict


class NoLostUpdate(Check):
    """Every update that went through is in what is shared at the end.

    It can be judged of a node whose threads came to their end. What a crash ended counts for nothing.
    """

    name = "no-lost-update"
    kinds = frozenset(("worked", "shared", "crashed", "left"))

    def __init__(self, _: Subject) -> None:
        self._updates: dict[int | None, int] = {}
        self._judged = 0
        self._lost: list[tuple[int, Record]] = []

    def observe(self, record: Record) -> None:
        """Take what a thread did, or what came of all of a node."""
        if record.kind == "worked":
            self._updates[record.node] = self._updates.get(record.node, 0) + record.fields["updates"]
            return
        updates = self._updates.pop(record.node, 0)
        if record.kind == "shared":
            self._judged += updates
            if record.fields["value"] != updates:
                self._lost.append((updates - record.fields["value"], record))

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._lost:
            lost, record = self._lost[0]
            found = f"{lost} updates that went through are not in what node {record.node} holds"
            return self.verdict("violated", found, tuple(record for _, record in self._lost))
        if not self._judged:
            return self.verdict("unknown", "no node's threads came to their end with an update")
        return self.verdict("holds", f"all of {self._judged} updates are there")


class NoTornRead(Check):
    """No read sees a mixture of before and after an update."""

    name = "no-torn-read"
    kinds = frozenset(("worked", "step", "mixture"))

    def __init__(self, _: Subject) -> None:
        self._reads = 0
        self._mixtures: list[Record] = []

    def observe(self, record: Record) -> None:
        """Take what a thread did, a step in which each update is one read of the graph, or a mixture that one saw."""
        if record.kind == "mixture":
            self._mixtures.append(record)
        else:
            self._reads += record.fields.get("reads", record.fields.get("updates", 0))

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._mixtures:
            first = self._mixtures[0]
            seen = f"words of update {first.fields['oldest']} beside words of update {first.fields['newest']}"
            found = f"thread {first.fields['thread']} of node {first.node} read {seen} ({len(self._mixtures)} in all)"
            return self.verdict("violated", found, tuple(self._mixtures))
        if not self._reads:
            return self.verdict("unknown", "no thread that came to its end has read")
        return self.verdict("holds", f"none of {self._reads} reads saw a mixture")


def _shares_state(subject: Subject) -> bool:
    return {"worked", "shared"} <= subject.records


def _reads_words(subject: Subject) -> bool:
    return "mixture" in subject.records


CHECKS_OF_SHARED_STATE: Final = (
    CheckKind(
        "no-lost-update", "always", "every update that went through is in what is shared", _shares_state, NoLostUpdate
    ),
    CheckKind(
        "no-torn-read", "always", "no read sees a mixture of before and after an update", _reads_words, NoTornRead
    ),
)
