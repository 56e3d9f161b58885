"""Judges of reference capabilities by what is recorded of isos (Clebsch and others, AGERE! 2015)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.verdict import Check, CheckKind, RunEnd, Subject
from sim.records import Record

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

ISO: Final = "iso"


class IsoNeverAliased(Check):
    """Nobody uses or sends an iso but the actor that it was sent to last, or that made it."""

    name = "iso-never-aliased"
    kinds = frozenset((ISO,))

    def __init__(self, _: Subject) -> None:
        self._owned: dict[str, tuple[str, Record]] = {}
        """The owner of each iso, and the record that made it so."""
        self._sent = 0
        self._evidence: tuple[Record, ...] = ()

    def observe(self, record: Record) -> None:
        """Take what became of an iso."""
        iso, event, actor = (record.fields[name] for name in ("iso", "event", "actor"))
        owner, since = self._owned.get(iso, (actor, record))
        if event != "made" and owner != actor and not self._evidence:
            self._evidence = (since, record)
        if event == "made":
            self._owned[iso] = (actor, record)
        elif event == "sent":
            self._sent += 1
            self._owned[iso] = (record.fields["to"], record)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._evidence:
            since, again = self._evidence
            fields = again.fields
            text = f"{fields['actor']} {fields['event']} iso {fields['iso']}, which {self._owner_of(since)} owns"
            return self.verdict("violated", text, self._evidence)
        if not self._sent:
            reason = "no iso was sent, or runtime.capabilities.trace is off"
            return self.verdict("unknown", reason)
        return self.verdict("holds", f"{self._sent:,} isos were sent, and each was used by its owner alone")

    @staticmethod
    def _owner_of(record: Record) -> str:
        owner: str = record.fields["to"] or record.fields["actor"]
        return owner


CAPABILITY_CHECKS: Final = (
    CheckKind(
        IsoNeverAliased.name,
        "always",
        "nobody uses an iso but the actor that it was sent to last",
        lambda subject: ISO in subject.records,
        IsoNeverAliased,
    ),
)
