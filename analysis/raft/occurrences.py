"""What should have come about in a run of consensus, so that nothing passes because nothing happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.verdict import Check, RunEnd, Subject
from sim.records import Record
from sim.units import format_duration

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

MOST_VAIN_ELECTIONS: Final = 10
"""Elections in a row that a server may begin with no leader elected anywhere meanwhile."""


class Occurred(Check):
    """Base of checks that hold once something has come about; unknown where the run ended without it."""

    what = ""

    def __init__(self, _: Subject) -> None:
        self.first: Record | None = None
        self.times = 0

    def happened(self, record: Record) -> None:
        """Take in that it has come about."""
        self.first = self.first or record
        self.times += 1

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self.first is None:
            return self.verdict("unknown", f"{self.what}: never in this run")
        often = "1 time" if self.times == 1 else f"{self.times} times"
        told = f"{self.what}: {often}, first at {format_duration(self.first.time)}"
        return self.verdict("holds", told, (self.first,))


class LeaderElected(Occurred):
    """A leader was elected."""

    name = "leader-elected"
    kinds = frozenset(("role",))
    what = "a leader was elected"

    def observe(self, record: Record) -> None:
        """Take a change of role."""
        if record.fields["role"] == "leader":
            self.happened(record)


class ElectionSplit(Occurred):
    """A term began with no leader to come of it, because others began a newer one."""

    name = "election-split"
    kinds = frozenset(("role",))
    what = "an election ended without a leader"

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._open: dict[int, Record] = {}
        self._won: set[int] = set()

    def observe(self, record: Record) -> None:
        """Take a change of role."""
        role, term = record.fields["role"], record.fields["term"]
        if role == "leader":
            self._won.add(term)
            self._open.pop(term, None)
        elif role == "candidate":
            for older in [older for older in self._open if older < term]:
                self.happened(self._open.pop(older))
            if term not in self._won:
                self._open.setdefault(term, record)


class CommitSurvivedCrash(Occurred):
    """An entry that a leader had committed before it crashed was carried on by a later leader."""

    name = "commit-survived-crash"
    kinds = frozenset(("role", "committed", "crashed"))
    what = "a leader that had committed entries crashed, and a later one committed more after them"

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._leads: dict[int, int] = {}
        self._committed: dict[int, int] = {}
        self._crashed: tuple[int, int] | None = None

    def observe(self, record: Record) -> None:
        """Take a change of role, a commit or a crash."""
        assert record.node is not None
        node = record.node
        if record.kind == "role":
            if record.fields["role"] == "leader":
                self._leads[node] = record.fields["term"]
            else:
                self._leads.pop(node, None)
        elif record.kind == "committed":
            self._committed[node] = record.fields["index"]
            if self._crashed is not None and node in self._leads:
                index, term = self._crashed
                if record.fields["first"] > index and self._leads[node] > term:
                    self.happened(record)
                    self._crashed = None
        elif node in self._leads:
            if self._committed.get(node, 0):
                self._crashed = (self._committed[node], self._leads[node])
            del self._leads[node]


class SnapshotInstalled(Occurred):
    """A server that was too far behind has taken over a leader's snapshot."""

    name = "snapshot-installed"
    kinds = frozenset(("snapshot",))
    what = "a snapshot was installed"

    def observe(self, record: Record) -> None:
        """Take a snapshot."""
        if record.fields["installed"]:
            self.happened(record)


class LeaderTransferred(Occurred):
    """A leader has handed over, and its successor was elected in the election that it was told to begin."""

    name = "leader-transferred"
    kinds = frozenset(("transfer", "role"))
    what = "a leader handed over to its successor"

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._told: set[int] = set()
        self._stands: dict[int, int] = {}

    def observe(self, record: Record) -> None:
        """Take a hand-over or a change of role."""
        assert record.node is not None
        node, fields = record.node, record.fields
        if record.kind == "transfer":
            self._told.add(fields["target"])
        elif fields["role"] == "candidate" and fields["cause"] == "transfer" and node in self._told:
            self._stands[node] = fields["term"]
        elif fields["role"] == "leader" and self._stands.get(node) == fields["term"]:
            self.happened(record)


class MembersChanged(Occurred):
    """A change of the cluster's members was carried out: other members came into force, and who asked was told so."""

    name = "members-changed"
    kinds = frozenset(("administered", "configuration"))
    what = "the members were changed"

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._newest: tuple[int, tuple[object, ...]] = (-1, ())
        self._is_new = False

    def observe(self, record: Record) -> None:
        """Take a configuration that comes into force, or what an administrator was told."""
        fields = record.fields
        if record.kind == "configuration":
            members = tuple(fields[name] for name in ("voters", "learners", "old"))
            if fields["index"] > self._newest[0]:  # the same once more where it comes from a snapshot
                self._is_new |= self._newest[0] >= 0 and members != self._newest[1]
                self._newest = fields["index"], members
        elif fields["outcome"] == "ok" and not fields["change"].startswith("transfer") and self._is_new:
            self.happened(record)
            self._is_new = False


class NoTermInflation(Check):
    """No server begins election after election that cannot be won: what pre-vote is for (dissertation, section 9.6).

    Violated where one has begun ten in a row while no leader was elected anywhere.
    """

    name = "no-term-inflation"
    kinds = frozenset(("role",))

    def __init__(self, _: Subject) -> None:
        self._vain: dict[int, list[Record]] = {}
        self._worst: list[Record] = []

    def observe(self, record: Record) -> None:
        """Take a change of role."""
        assert record.node is not None
        if record.fields["role"] == "leader":
            self._vain.clear()
        elif record.fields["role"] == "candidate":
            begun = self._vain.setdefault(record.node, [])
            if len(begun) < MOST_VAIN_ELECTIONS:
                begun.append(record)
            if len(begun) > len(self._worst):
                self._worst = list(begun)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        worst = len(self._worst)
        if not worst:
            return self.verdict("unknown", "no election was begun")
        node = self._worst[0].node
        if worst >= MOST_VAIN_ELECTIONS:
            reason = f"node {node} began {worst} elections in a row while no leader was elected"
            return self.verdict("violated", reason, tuple(self._worst))
        return self.verdict("holds", f"at most {worst} elections in a row were begun by one server in vain")


class Progress(Check):
    """Once a core of nodes is healed for good, an operation that a client invokes then completes in time."""

    name = "progress"
    kinds = frozenset(("liveness", "invoked", "completed"))

    def __init__(self, _: Subject) -> None:
        self._begin: Record | None = None
        self._invoked: dict[int, int] = {}
        self._done: Record | None = None

    def observe(self, record: Record) -> None:
        """Take the begin of the phase, or what clients do in it."""
        if record.kind == "liveness":
            self._begin = record
        elif self._begin is None or self._done is not None:
            return
        elif record.kind == "invoked":
            self._invoked[record.fields["process"]] = record.time
        elif record.fields["process"] in self._invoked and record.fields["outcome"] == "ok":
            self._done = record

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        begin = self._begin
        if begin is None:
            return self.verdict("unknown", "the run has had no liveness phase")
        deadline = begin.time + int(begin.fields["within"])
        if self._done is not None and self._done.time <= deadline:
            took = format_duration(self._done.time - begin.time)
            return self.verdict("holds", f"an operation completed {took} after the core was healed")
        if min(self._invoked.values(), default=deadline) > (begin.time + deadline) // 2:
            return self.verdict("unknown", "no client asked for anything in the first half of the liveness phase")
        if end.time < deadline:
            return self.verdict("unknown", f"the run ended at {format_duration(end.time)}, before its liveness phase")
        within = format_duration(deadline - begin.time)
        return self.verdict("violated", f"no operation completed within {within} of healing the core", (begin,))


OCCURRENCES: Final[tuple[type[Occurred], ...]] = (
    LeaderElected,
    ElectionSplit,
    CommitSurvivedCrash,
    SnapshotInstalled,
    LeaderTransferred,
    MembersChanged,
)
