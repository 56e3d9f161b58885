"""The checks that a scenario can ask for by name, and how they are told of a run."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from math import fsum, ulp
from typing import TYPE_CHECKING, Final

from analysis.convergence import tracker_of
from analysis.dissemination_checks import NoInvention, NoResurrection
from analysis.fault_checks import FaultsFired, FaultsTouched, PartitionCut
from analysis.hardware.work_conserved import CHECKS_OF_CORES
from analysis.history.causal import CausallyConsistent
from analysis.history.linearizability import Linearizable
from analysis.history.sequential import SequentiallyConsistent
from analysis.history.totals import ConservedTotal
from analysis.liveness_check import LivenessKept
from analysis.lost_write_check import NoLostWrite
from analysis.manifest import RunVerdict, balance_of
from analysis.node_life import is_state
from analysis.raft.occurrences import OCCURRENCES, NoTermInflation, Progress
from analysis.raft.safety import SAFETY, RaftSafety
from analysis.replicas_check import ReplicasAgree
from analysis.runtime.capability_checks import CAPABILITY_CHECKS
from analysis.runtime.lease_checks import LEASE_CHECKS
from analysis.runtime.mailbox_checks import MAILBOX_CHECKS
from analysis.runtime.order_checks import BROADCAST_CHECKS
from analysis.shared_state_checks import CHECKS_OF_SHARED_STATE
from analysis.task_checks import TASK_CHECKS
from analysis.trading_checks import TRADING_CHECKS
from analysis.verdict import EVENT_LIMIT, Check, CheckKind, RunEnd, Subject, as_far_as_it_came, subject_of
from sim.convergence import Coverage, Spread
from sim.records import Record
from sim.units import format_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.run_folder import RunFolder
    from sim.convergence import Convergence
    from sim.simulation import Simulation


class MessagesBalance(Check):
    """Every message sent is accounted for once."""

    name = "messages-balance"

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        balance = end.balance
        came, went = balance.sent + balance.duplicated, sum(balance.outcomes.values())
        text = f"{came} sent or copied, {went} concluded, {balance.waiting} waiting, {balance.in_flight} in flight"
        if came != went + balance.waiting + balance.in_flight:
            return self.verdict("violated", text)
        return self.verdict("holds", text) if came else self.verdict("unknown", "no message was sent")


class Converged(Check):
    """The run is converged at its end. Where its duration was over first, it is unknown whether it would have been."""

    name = "converged"

    def __init__(self, subject: Subject) -> None:
        assert subject.declared is not None
        self.tracker = tracker_of(subject.declared, subject.population)
        self.kinds = self.tracker.kinds

    def observe(self, record: Record) -> None:
        """Take a record of progress or of a node's life."""
        self.tracker.observe(record)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        self.tracker.advance(end.time)
        result = self.tracker.finish()
        if result.converged_at is not None:
            return self.verdict("holds", f"converged at {format_duration(result.converged_at)}")
        reached = f"{self.tracker.fraction:.4%} of what convergence asks for"
        waits = self.tracker.waiting_for(3)
        if waits:
            reached += "; it waits for " + ", ".join(waits)
        if end.by == "quiescent":
            return self.verdict("violated", f"nothing was left to happen at {reached}")
        return self.verdict("unknown", f"the run ended at {format_duration(end.time)} with {reached}")


class SumConserved(Check):
    """The sum of the nodes' values at the end is that of their first values, but for rounding.

    It can be judged where no message is under way, for its share would be missing.
    """

    name = "sum-conserved"

    def __init__(self, subject: Subject) -> None:
        assert isinstance(subject.declared, Spread)
        self.declared = subject.declared
        self.kinds = frozenset((self.declared.kind,))
        self._first: dict[int, float] = {}
        self._last: dict[int, Record] = {}
        self._changes = 0
        self._largest = 0.0

    def observe(self, record: Record) -> None:
        """Take a node's value."""
        if record.node is not None:
            value = float(record.fields[self.declared.field])
            self._first.setdefault(record.node, value)
            self._last[record.node] = record
            self._changes += 1
            self._largest = max(self._largest, abs(value))

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        under_way = end.balance.in_flight + end.balance.waiting
        if under_way or self._changes <= len(self._first):
            reason = f"{under_way} messages were still under way" if under_way else "no value has changed"
            return self.verdict("unknown", reason)
        before = fsum(self._first.values())
        after = fsum(float(record.fields[self.declared.field]) for record in self._last.values())
        text = f"the sum of the values was {before!r} and is {after!r}"
        if abs(after - before) > self._changes * ulp(self._largest):
            return self.verdict("violated", text, tuple(self._last.values()))
        return self.verdict("holds", text)


class RoundsFit(Check):
    """Synchronous rounds are synchronous: no message arrives in a later round than it was sent in."""

    name = "rounds-fit"
    kinds = frozenset(("late", "informed"))

    def __init__(self, _: Subject) -> None:
        self._late: list[Record] = []
        self._rounds = False

    def observe(self, record: Record) -> None:
        """Take a node's report of a late message, or a receipt."""
        if record.kind == "late":
            self._late.append(record)
        self._rounds |= "round" in record.fields

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._late:
            nodes = f"messages reached {len(self._late)} nodes in a later round than they were sent in"
            return self.verdict("violated", f"{nodes}; lengthen the period or shorten the latency", tuple(self._late))
        if not self._rounds:
            return self.verdict("unknown", "nothing happened in rounds")
        return self.verdict("holds", "all messages arrived in the round in which they were sent")


def _replicates_log(subject: Subject) -> bool:
    return subject.consensus


def _serves(subject: Subject) -> bool:
    return subject.state_machine is not None


def _first_line(check: type[Check]) -> str:
    text = (check.__doc__ or "").splitlines()[0].rstrip(".")
    return text[0].lower() + text[1:]


def _spreads_items(subject: Subject) -> bool:
    """Whether items replace each other and are told by sources, as gossip's are."""
    return isinstance(subject.declared, Coverage) and "delivery" not in subject.records


_KINDS: Final[tuple[CheckKind, ...]] = (
    CheckKind(
        "messages-balance",
        "always",
        "every message sent is accounted for once",
        lambda subject: True,
        lambda subject: MessagesBalance(),
    ),
    CheckKind(
        "converged",
        "sometimes",
        "the run is converged at its end",
        lambda subject: subject.declared is not None,
        Converged,
    ),
    CheckKind(
        "liveness",
        "always",
        "once a core of nodes is healed for good, the run converges in time",
        lambda subject: subject.declared is not None,
        LivenessKept,
    ),
    CheckKind("no-invention", "always", "nobody knows what nobody told", _spreads_items, NoInvention),
    CheckKind(
        "no-resurrection",
        "always",
        "no older write of a key is taken once its deletion is known",
        _spreads_items,
        NoResurrection,
    ),
    CheckKind(
        "no-lost-write",
        "always",
        "a write never gives way to an older one that its writer knew",
        _spreads_items,
        NoLostWrite,
    ),
    CheckKind(
        "replicas-agree",
        "always",
        "once a core of nodes is healed for good, all of it holds the same of each key in time",
        _spreads_items,
        ReplicasAgree,
    ),
    CheckKind("rounds-fit", "always", "no message arrives in a later round", _spreads_items, RoundsFit),
    CheckKind(
        "sum-conserved",
        "always",
        "the sum of the nodes' values stays what it was",
        lambda subject: isinstance(subject.declared, Spread),
        SumConserved,
    ),
    CheckKind(
        "faults-fired",
        "sometimes",
        "every fault that is not off struck at least once",
        lambda subject: True,
        FaultsFired,
    ),
    CheckKind(
        "faults-touched",
        "sometimes",
        "every fault that is not off did something to a message, a write or a handler",
        lambda subject: True,
        FaultsTouched,
    ),
    CheckKind("partition-cut", "sometimes", "a partition cut a message", lambda subject: True, PartitionCut),
    CheckKind("raft-safety", "always", "all five safety properties of Raft", _replicates_log, RaftSafety),
    *(CheckKind(check.name, "always", _first_line(check), _replicates_log, check) for check in SAFETY),
    CheckKind("no-term-inflation", "always", "no server begins elections in vain", _replicates_log, NoTermInflation),
    *(CheckKind(check.name, "sometimes", check.what, _replicates_log, check) for check in OCCURRENCES),
    CheckKind("progress", "always", "once a core is healed for good, clients are served", _serves, Progress),
    CheckKind(
        "linearizable", "always", "one order, in real time, explains what clients saw of a key", _serves, Linearizable
    ),
    CheckKind(
        "sequentially-consistent",
        "always",
        "one order, not in real time, explains what clients saw of everything",
        _serves,
        SequentiallyConsistent,
    ),
    CheckKind(
        "causally-consistent",
        "always",
        "no client sees anything that contradicts what comes before it",
        lambda subject: subject.state_machine == "key-value",
        CausallyConsistent,
    ),
    CheckKind(
        "conserved-total",
        "always",
        "the total of all balances never changes",
        lambda subject: subject.state_machine == "bank",
        ConservedTotal,
    ),
    *CHECKS_OF_SHARED_STATE,
    *BROADCAST_CHECKS,
    *MAILBOX_CHECKS,
    *CAPABILITY_CHECKS,
    *TASK_CHECKS,
    *LEASE_CHECKS,
    *CHECKS_OF_CORES,
    *TRADING_CHECKS,
)

CHECKS: Final[dict[str, CheckKind]] = {kind.name: kind for kind in _KINDS}
assert len(CHECKS) == len(_KINDS), "two checks have one name, so that one of them is lost"


def known_check(name: str) -> CheckKind:
    """Return the check of this name; raises InputError with the nearest one."""
    if name in CHECKS:
        return CHECKS[name]
    near = get_close_matches(name, CHECKS, 1)
    raise InputError(
        f"unknown check {name!r}; " + (f"did you mean {near[0]}?" if near else "known: " + ", ".join(CHECKS))
    )


class Checks:
    """The checks of one run, by their names.

    Raises InputError, with its place in `checks`, for a name that is none and for a check that has no meaning here.
    """

    def __init__(self, names: Iterable[str], subject: Subject) -> None:
        self.checks: list[Check] = []
        for place, name in enumerate(names):
            try:
                kind = known_check(name)
            except InputError as error:
                raise InputError(error.message, ("checks", place)) from None
            if not kind.applies(subject):
                fitting = ", ".join(other.name for other in _KINDS if other.applies(subject))
                message = f"found {name!r}, which has no meaning for this protocol; those that have: {fitting}"
                if kind.needs:
                    message = f"found {name!r}, which needs {kind.needs}"
                raise InputError(message, ("checks", place))
            self.checks.append(kind.make(subject))

    @classmethod
    def attach(cls, names: Iterable[str], simulation: Simulation) -> Checks:
        """Have checks told of a simulation while it runs; call `ended` afterwards."""
        population, hardware_records = simulation.topology.nodes, simulation.hardware_records
        checks = cls(names, subject_of(simulation.protocol, simulation.config, population, hardware_records))
        for check in checks.checks:
            simulation.recorder.observe(sorted(check.kinds), check.observe)
        return checks

    def ended(self, simulation: Simulation, by: str) -> tuple[RunVerdict, ...]:
        """Return the verdicts, by the names of the checks as they were given."""
        return self.finish(RunEnd(simulation.now, by, balance_of(simulation.balance())))

    def finish(self, end: RunEnd) -> tuple[RunVerdict, ...]:
        """Return the verdicts on a run that ended so; of one that was cut off, what no later event could change."""
        verdicts = tuple(check.finish(end) for check in self.checks)
        if end.by != EVENT_LIMIT:
            return verdicts
        return tuple(as_far_as_it_came(verdict, CHECKS[verdict.check].sort) for verdict in verdicts)


def check_run(run: RunFolder, names: Iterable[str], subject: Convergence | Subject | None) -> tuple[RunVerdict, ...]:
    """Judge a run on disk; `subject` is what `subject_of` gives, or the convergence of its protocol where that is all.

    Raises InputError where the level of detail of the run kept no state records to judge by.
    """
    manifest = run.manifest
    if not isinstance(subject, Subject):
        subject = Subject(subject, manifest.topology.nodes)
    checks = Checks(names, subject)
    kinds = frozenset[str]().union(*(check.kinds for check in checks.checks))
    if kinds and manifest.detail == "summary":
        raise InputError(f"{run.path} kept no records to check; run it again with --detail states")
    for record in run.records(kinds):
        if is_state(record):
            for check in checks.checks:
                if record.kind in check.kinds:
                    check.observe(record)
    return checks.finish(RunEnd(manifest.ended, manifest.ended_by, manifest.balance))
