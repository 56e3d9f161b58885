"""What a check is: a judge outside the judged, who reads the records and says holds, violated or unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Literal

from analysis.manifest import RunBalance, RunVerdict
from sim.convergence import Convergence
from sim.records import Record

if TYPE_CHECKING:
    from sim.protocol import Protocol, ProtocolConfig

MOST_EVIDENCE: Final = 10
"""Records that a verdict shows at most."""
EVENT_LIMIT: Final = "event limit"
"""What ended a run that was cut off before its end."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The run that is to be judged: what its protocol declares to be convergence, and its number of nodes.

    `state_machine` is what clients' operations act on, None where the protocol serves none; `consensus`, whether it
    makes the records of a replicated log; `elects`, whether its records of kind `role` tell who leads; `records`, the
    kinds of records that the protocol says it makes, and those that hardware makes in this run.
    """

    declared: Convergence | None
    population: int
    state_machine: str | None = None
    consensus: bool = False
    elects: bool = False
    records: frozenset[str] = frozenset()


def subject_of(
    protocol: type[Protocol], config: ProtocolConfig, population: int, hardware_records: Iterable[str] = ()
) -> Subject:
    """What judges need to know of a run before it starts."""
    roles = protocol.roles
    return Subject(
        protocol.converges(config),
        population,
        state_machine=getattr(config, "state_machine", None),
        consensus=getattr(protocol, "replicates_log", False),
        elects=roles is not None and roles.record == "role" and "leader" in roles.names,
        records=frozenset((*(protocol.records or ()), *hardware_records)),
    )


@dataclass(frozen=True, slots=True)
class RunEnd:
    """The end of the run: when (ns), by what, and the balance of messages.

    `by` is `duration`, `converged` or `quiescent`; `event limit` of a run that was cut off there.
    """

    time: int
    by: str
    balance: RunBalance


class Check:
    """Base of checks. It is told of the state records of `kinds` in order, then asked for its verdict once."""

    name = ""
    kinds: frozenset[str] = frozenset()

    def observe(self, record: Record) -> None:
        """Take the next state record of one of the kinds."""

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        raise NotImplementedError

    def verdict(
        self, verdict: Literal["holds", "violated", "unknown"], reason: str, evidence: tuple[Record, ...] = ()
    ) -> RunVerdict:
        """Make the verdict, with the records that show it as plain data."""
        shown = tuple(plain_record(record) for record in evidence[:MOST_EVIDENCE])
        return RunVerdict(check=self.name, verdict=verdict, reason=reason, evidence=shown)


@dataclass(frozen=True, slots=True)
class CheckKind:
    """One kind of check: what it says must hold always, or must have come about sometimes.

    `applies` tells whether the check has a meaning for a run; `make` makes the judge of one. `needs` says what gives it
    one, where that is not up to the protocol.
    """

    name: str
    sort: Literal["always", "sometimes"]
    description: str
    applies: Callable[[Subject], bool]
    make: Callable[[Subject], Check]
    needs: str = ""


def as_far_as_it_came(found: RunVerdict, sort: Literal["always", "sometimes"]) -> RunVerdict:
    """Return what a verdict is worth where the run was cut off: only what no later event could change is known."""
    if found.verdict == ("violated" if sort == "always" else "holds"):
        return found
    reason = f"the run was cut off at its limit of events; until then: {found.reason}"
    return found.model_copy(update={"verdict": "unknown", "reason": reason, "evidence": ()})


def plain_record(record: Record) -> dict[str, Any]:
    """A record as plain data that JSON can hold."""
    return {
        "time": record.time,
        "sequence": record.sequence,
        "node": record.node,
        "kind": record.kind,
        "fields": {name: _plain(value) for name, value in record.fields.items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if not isinstance(value, float) or isfinite(value) else str(value)
