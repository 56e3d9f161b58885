"""The five properties that Raft promises at all times (Ongaro's dissertation, figure 3.2), judged by its records."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from analysis.raft.replicated_logs import KINDS, ReplicatedLogs
from analysis.verdict import Check, RunEnd, Subject
from sim.records import Record

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

NOTHING_WRITTEN: Final = "no entry was written to a log"
UNKNOWN: Final = -1
"""Stands for a term that the records do not tell."""


class SafetyCheck(Check):
    """Base of the judges: the first records that contradict the property, and how many cases were looked at."""

    nothing: str = NOTHING_WRITTEN
    fine: str = ""

    def __init__(self, subject: Subject) -> None:
        self.cases = 0
        self._found: tuple[str, tuple[Record, ...]] | None = None
        self._times = 0

    def contradicted(self, reason: str, *evidence: Record) -> None:
        """Take in that records contradict the property."""
        self._times += 1
        if self._found is None:
            self._found = (reason, evidence)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._found is not None:
            reason, evidence = self._found
            return self.verdict("violated", f"{reason} ({self._times} times in all)", evidence)
        if not self.cases:
            return self.verdict("unknown", self.nothing)
        return self.verdict("holds", self.fine.format(self.cases))


class ElectionSafety(SafetyCheck):
    """At most one leader can be elected in a given term."""

    name = "election-safety"
    kinds = frozenset(("role",))
    nothing = "no leader was elected"
    fine = "each of {} terms had one leader"

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._leaders: dict[int, Record] = {}

    def observe(self, record: Record) -> None:
        """Take a change of role."""
        if record.fields["role"] != "leader":
            return
        term = record.fields["term"]
        first = self._leaders.setdefault(term, record)
        if first is record:
            self.cases += 1
        elif first.node != record.node:
            self.contradicted(f"nodes {first.node} and {record.node} both led in term {term}", first, record)


class LeaderAppendOnly(SafetyCheck):
    """A leader never overwrites or deletes entries in its log; it only appends new ones.

    `logs` are those that another judge keeps up to date after this one has seen a record; it keeps its own where there
    are none.
    """

    name = "leader-append-only"
    kinds = KINDS | {"role", "crashed"}
    fine = "leaders have appended {} times"

    def __init__(self, subject: Subject, logs: ReplicatedLogs | None = None) -> None:
        super().__init__(subject)
        self._logs = logs or ReplicatedLogs(subject.population)
        self._keeps_logs = logs is None
        self._leading: dict[int, Record] = {}

    def observe(self, record: Record) -> None:
        """Take a change of role or of a log."""
        assert record.node is not None
        node, fields = record.node, record.fields
        if record.kind == "role":
            if fields["role"] == "leader":
                self._leading[node] = record
            else:
                self._leading.pop(node, None)
        elif record.kind == "appended":
            first = fields["first"]
            if node in self._leading:
                self.cases += 1
                if first <= self._logs.of[node].last:
                    self.contradicted(f"node {node} wrote over entry {first} while it led", self._leading[node], record)
        elif record.kind == "truncated":
            if node in self._leading:
                self.contradicted(f"node {node} removed entries while it led", self._leading[node], record)
        elif record.kind not in ("snapshot", "recovered"):
            self._leading.pop(node, None)
        if self._keeps_logs and record.kind in KINDS:
            self._logs.observe(record)


class LogMatching(SafetyCheck):
    """If two logs have an entry of the same index and term, they are identical in all entries up to there.

    That follows by induction when an entry of an index and a term always has the same command, and the same term before
    it: this is what is compared, one entry at a time.
    """

    name = "log-matching"
    kinds = KINDS
    fine = "{} entries in logs match"

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.logs = ReplicatedLogs(subject.population)
        # By index, the entry that was written there first: 24 bytes beside the command. Others are rare.
        self._terms = array("q", [0])
        self._previous = array("q", [0])
        self._commands: list[str] = [""]
        self._others: dict[tuple[int, int], tuple[str, int]] = {}

    def observe(self, record: Record) -> None:
        """Take a change of a log."""
        fields = record.fields
        if record.kind == "appended":
            assert record.node is not None
            self.cases += len(fields["terms"])
            self._compare(record, fields["first"], self.logs.of[record.node].term_at(fields["first"] - 1))
        elif record.kind == "recovered":
            self._compare(record, fields["start"] + 1, fields["start_term"])
        self.logs.observe(record)

    def _compare(self, record: Record, first: int, before: int | None) -> None:
        """Compare the entries of a record with those that others have there; `before` is the term before the first."""
        previous = UNKNOWN if before is None else before
        known_terms, known_previous, known_commands = self._terms, self._previous, self._commands
        known, index = len(known_terms), first
        for term, command in zip(record.fields["terms"], record.fields["commands"], strict=True):
            if (
                index >= known
                or known_terms[index] != term
                or known_previous[index] != previous
                or known_commands[index] != command
            ):
                self._new_or_different(record, index, term, command, previous)
            previous = term
            index += 1

    def _new_or_different(self, record: Record, index: int, term: int, command: str, previous: int) -> None:
        missing = index + 1 - len(self._terms)
        if missing > 0:
            self._terms.extend([UNKNOWN] * missing)
            self._previous.extend([UNKNOWN] * missing)
            self._commands.extend([""] * missing)
        known_term = self._terms[index]
        if known_term == UNKNOWN:
            self._terms[index], self._previous[index], self._commands[index] = term, previous, command
            return
        if known_term == term:
            known_command, known_previous = self._commands[index], self._previous[index]
        else:
            known_command, known_previous = self._others.setdefault((index, term), (command, previous))
        if known_command != command or (known_previous != previous and UNKNOWN not in (known_previous, previous)):
            what = f"{known_command} after term {known_previous}, and {command} after term {previous}"
            self.contradicted(f"entry {index} of term {term} is {what}, on node {record.node}", record)


class LeaderCompleteness(SafetyCheck):
    """An entry that is committed in a term is in the logs of the leaders of all later terms.

    `logs` are those that another judge keeps up to date; it keeps its own where there are none.
    """

    name = "leader-completeness"
    kinds = KINDS | {"role", "committed"}
    nothing = "no leader was elected after an entry was committed"
    fine = "{} leaders had all that was committed before their term"

    def __init__(self, subject: Subject, logs: ReplicatedLogs | None = None) -> None:
        super().__init__(subject)
        if logs is not None:
            self.kinds = frozenset(("role", "committed"))
        self._logs = logs or ReplicatedLogs(subject.population)
        self._index = 0
        self._last_of: dict[int, tuple[Record, int | None]] = {}  # by term: the last entry committed, and its own term

    def observe(self, record: Record) -> None:
        """Take a commit, an election, or a change of a log."""
        assert record.node is not None
        fields = record.fields
        if record.kind == "committed":
            if fields["index"] > self._index:
                self._index = fields["index"]
                own = self._logs.of[record.node].term_at(self._index)
                if own is None:  # a leader may commit what it does not have on its disk yet, as others have it
                    own = self._logs.usual_term(self._index)
                self._last_of[fields["term"]] = record, own
        elif record.kind != "role":
            self._logs.observe(record)
        elif fields["role"] == "leader":
            earlier = [last for term, last in self._last_of.items() if term < fields["term"]]
            if earlier:
                self._elected(record, *max(earlier, key=lambda last: int(last[0].fields["index"])))

    def _elected(self, record: Record, committed: Record, own: int | None) -> None:
        assert record.node is not None
        log, index = self._logs.of[record.node], committed.fields["index"]
        if own is None:
            return
        self.cases += 1
        if index < log.start:
            return
        term = log.term_at(index)
        if term != own:
            has = "does not have it" if term is None else f"has one of term {term}"
            found = f"entry {index} of term {own} was committed, and node {record.node}, which leads in term"
            self.contradicted(f"{found} {record.fields['term']}, {has}", committed, record)


class StateMachineSafety(SafetyCheck):
    """If a server has applied an entry at an index, no other ever applies a different one there."""

    name = "state-machine-safety"
    kinds = frozenset(("committed",))
    nothing = "no entry was applied"
    fine = "{} entries were applied alike"

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._applied: list[str | None] = []

    def observe(self, record: Record) -> None:
        """Take what a server has applied."""
        applied, first, commands = self._applied, record.fields["first"], record.fields["commands"]
        if len(applied) < first + len(commands):
            applied.extend([None] * (first + len(commands) - len(applied)))
        for index, command in enumerate(commands, first):
            known = applied[index]
            if known is None:
                applied[index] = command
                self.cases += 1
            elif known != command:
                self.contradicted(f"at index {index} node {record.node} applied {command}, another {known}", record)


SAFETY: Final[tuple[type[SafetyCheck], ...]] = (
    ElectionSafety,
    LeaderAppendOnly,
    LogMatching,
    LeaderCompleteness,
    StateMachineSafety,
)
"""The five properties, in the order of figure 3.2."""


class RaftSafety(Check):
    """All five properties: violated where one is, unknown where nothing was judged by any."""

    name = "raft-safety"

    def __init__(self, subject: Subject) -> None:
        matching = LogMatching(subject)
        self.parts = (
            ElectionSafety(subject),
            LeaderAppendOnly(subject, matching.logs),
            matching,
            LeaderCompleteness(subject, matching.logs),
            StateMachineSafety(subject),
        )
        self.kinds = frozenset[str]().union(*(part.kinds for part in self.parts))
        self._told = {kind: [part.observe for part in self.parts if kind in part.kinds] for kind in self.kinds}

    def observe(self, record: Record) -> None:
        """Take a record that one of the judges wants."""
        for observe in self._told[record.kind]:
            observe(record)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        verdicts = [part.finish(end) for part in self.parts]
        violated = [verdict for verdict in verdicts if verdict.verdict == "violated"]
        if violated:
            reason = "; ".join(f"{verdict.check}: {verdict.reason}" for verdict in violated)
            return violated[0].model_copy(update={"check": self.name, "reason": reason})
        told = "; ".join(verdict.reason for verdict in verdicts)
        return self.verdict("holds" if any(part.cases for part in self.parts) else "unknown", told)
