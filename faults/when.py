"""When a fault strikes: at intervals, by chance, after or while a record matches, at listed times, from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from faults.record_kinds import check_record_kind
from faults.schedule import Outage, Schedule, check_node, check_until
from sim.units import Duration, PositiveDuration, format_duration, shown
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.fault import Fault
    from faults.strike import Armed
    from sim.randomness import Stream
    from sim.records import Record
    from sim.simulation import Simulation

Scalar = bool | int | float | str | None


class Every(Schedule):
    """At regular intervals, first one interval after `start`."""

    every: PositiveDuration = Field(description="time from one strike to the next")
    start: Duration = Field(default=0, description="time from which it counts")
    until: Duration | None = Field(
        default=None, description="time from which it strikes no more; the end when left out"
    )
    times: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="most strikes; any number when left out"
    )

    @model_validator(mode="after")
    def _has_time(self) -> Self:
        check_until(self.earliest, self.until)
        return self

    @property
    def earliest(self) -> int:
        """The time of the first strike."""
        return self.start + self.every

    @property
    def sure(self) -> Outage:
        """The first strike."""
        return Outage(at=self.earliest)

    def arm(self, armed: Armed) -> None:
        """Schedule the first strike; each schedules the next."""
        self._at(armed, self.earliest, 1)

    def _at(self, armed: Armed, time: int, number: int) -> None:
        if (self.until is None or time < self.until) and (self.times is None or number <= self.times):
            armed.kernel.call_at(time, self._strike, armed, time, number)

    def _strike(self, armed: Armed, time: int, number: int) -> None:
        armed.opportunity()
        self._at(armed, time + self.every, number + 1)

    @property
    def words(self) -> str:
        """When, in a few words, for people."""
        return f"every {format_duration(self.every)}"


class Poisson(Schedule):
    """By chance, with an exponential time to failure, and an exponential time to repair where one is given.

    With `per_node`, every node that the target names fails and is repaired by itself (an alternating renewal process;
    Cox, "Renewal Theory", 1962, chapter 7); otherwise the fault as a whole does.
    """

    mean_time_between_failures: PositiveDuration = Field(
        description="mean time from the start, or from a repair, to the next strike"
    )
    mean_time_to_repair: PositiveDuration | None = Field(
        default=None, description="mean time that a strike lasts; as the fault says when left out"
    )
    start: Duration = Field(default=0, description="time from which it strikes")
    until: Duration | None = Field(
        default=None, description="time from which it strikes no more; the end when left out"
    )
    per_node: bool = Field(default=False, description="each node of the target fails and is repaired by itself")

    @model_validator(mode="after")
    def _has_time(self) -> Self:
        check_until(self.start, self.until)
        return self

    @property
    def earliest(self) -> int:
        """The time from which it strikes."""
        return self.start

    def arm(self, armed: Armed) -> None:
        """Schedule the first strike of each process; each schedules the next."""
        for node in armed.named_nodes() if self.per_node else (None,):
            self._next(armed, self.start, node)

    def _next(self, armed: Armed, after: int, node: int | None) -> None:
        stream = armed.stream("when" if node is None else f"when/{node}")
        time = after + int(stream.exponential(self.mean_time_between_failures))
        if self.until is None or time < self.until:
            armed.kernel.call_at(time, self._strike, armed, node)

    def _strike(self, armed: Armed, node: int | None) -> None:
        lasting: int | None = armed.fault.lasting
        if self.mean_time_to_repair is not None:
            stream = armed.stream("repair" if node is None else f"repair/{node}")
            lasting = max(1, int(stream.exponential(self.mean_time_to_repair)))
        armed.opportunity(lasting, node)
        self._next(armed, armed.kernel.now + (lasting or 0), node)

    @property
    def words(self) -> str:
        """When, in a few words, for people."""
        return f"by chance every {format_duration(self.mean_time_between_failures)} in the mean"


def _tuple_of_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _in_order(bounds: tuple[int, int]) -> tuple[int, int]:
    if bounds[1] < bounds[0]:
        raise InputError(f"found {format_duration(bounds[1])}; expected at least the shortest time before it", (1,))
    return bounds


Bounds = Annotated[
    tuple[PositiveDuration, PositiveDuration], BeforeValidator(_tuple_of_list), AfterValidator(_in_order)
]
"""The shortest and the longest of times that are drawn."""


class Alternating(Schedule):
    """Broken and whole in turn, each for a time that is uniform between a shortest and a longest one; whole first."""

    broken: Bounds = Field(description="[shortest, longest] time that a strike lasts")
    whole: Bounds = Field(description="[shortest, longest] time from a heal, or the start, to the next strike")
    start: Duration = Field(default=0, description="time from which it counts")
    until: Duration | None = Field(
        default=None, description="time from which it strikes no more; the end when left out"
    )

    @model_validator(mode="after")
    def _has_time(self) -> Self:
        check_until(self.earliest, self.until)
        return self

    @property
    def earliest(self) -> int:
        """When the shortest time whole from the start is over."""
        return self.start + self.whole[0]

    def arm(self, armed: Armed) -> None:
        """Schedule the first strike; each schedules the next."""
        self._next(armed, self.start)

    def _next(self, armed: Armed, after: int) -> None:
        time = after + _between(self.whole, armed.stream("whole"))
        if self.until is None or time < self.until:
            armed.kernel.call_at(time, self._strike, armed)

    def _strike(self, armed: Armed) -> None:
        lasting = _between(self.broken, armed.stream("broken"))
        armed.opportunity(lasting)
        self._next(armed, armed.kernel.now + lasting)

    @property
    def words(self) -> str:
        """When, in a few words, for people."""
        broken, whole = (" to ".join(map(format_duration, bounds)) for bounds in (self.broken, self.whole))
        return f"for {broken} after {whole} in turn"


def _between(bounds: tuple[int, int], stream: Stream) -> int:
    return bounds[0] + stream.below(bounds[1] - bounds[0] + 1)


class After(Schedule):
    """A time after a state record matches: after the first commit, the second election."""

    after: Annotated[str, Field(min_length=1)] = Field(description="the kind of record that it waits for")
    fields: dict[str, Scalar] = Field(default_factory=dict, description="what fields of the record must be")
    node: Annotated[int, Field(ge=0)] | None = Field(default=None, description="whose record; anyone's when left out")
    count: Annotated[int, Field(ge=1)] = Field(default=1, description="which matching record, the first being 1")
    delay: Duration = Field(default=0, description="time from the record to the strike")
    repeat: bool = Field(default=False, description="strike again after each further `count` matching records")

    def check(self, fault: Fault, simulation: Simulation) -> None:
        """Raise InputError where the node does not exist, or nothing makes such a record."""
        check_node(self.node, simulation, ("node",))
        check_record_kind(self.after, simulation, ("after",))

    def arm(self, armed: Armed) -> None:
        """Listen to the records."""
        seen = 0

        def observe(record: Record) -> None:
            nonlocal seen
            if matches(record, self.node, self.fields):
                seen += 1
                if seen == self.count or (self.repeat and seen % self.count == 0):
                    armed.kernel.call_after(self.delay, armed.opportunity)

        armed.recorder.observe((self.after,), observe)

    @property
    def words(self) -> str:
        """When, in a few words, for people."""
        delay = f"{format_duration(self.delay)} " if self.delay else ""
        return f"{delay}after {self.after!r}" + (f" number {self.count}" if self.count > 1 else "")


class During(Schedule):
    """While a condition of the records lasts: from a record of one kind to the next of another.

    Further records of the first kind, while it is on, change nothing.
    """

    during: Annotated[str, Field(min_length=1)] = Field(description="the kind of record with which it strikes")
    ended_by: Annotated[str, Field(min_length=1)] = Field(description="the kind of record with which it heals")
    fields: dict[str, Scalar] = Field(default_factory=dict, description="what fields of the first record must be")
    node: Annotated[int, Field(ge=0)] | None = Field(default=None, description="whose records; anyone's when left out")

    def check(self, fault: Fault, simulation: Simulation) -> None:
        """Raise InputError where the node does not exist, or nothing makes such records."""
        check_node(self.node, simulation, ("node",))
        check_record_kind(self.during, simulation, ("during",))
        check_record_kind(self.ended_by, simulation, ("ended_by",))

    def arm(self, armed: Armed) -> None:
        """Listen to the records."""

        def begin(record: Record) -> None:
            if matches(record, self.node, self.fields):
                armed.kernel.call_after(0, strike)

        def strike() -> None:
            if not armed.on:
                armed.opportunity()

        def end(record: Record) -> None:
            if self.node is None or record.node == self.node:
                armed.kernel.call_after(0, armed.end_all)

        armed.recorder.observe((self.during,), begin)
        armed.recorder.observe((self.ended_by,), end)

    @property
    def words(self) -> str:
        """When, in a few words, for people."""
        return f"from {self.during!r} to {self.ended_by!r}"


class Listed(Schedule):
    """At times that are written out; a trace that was read becomes such a list."""

    strikes: Annotated[tuple[Outage, ...], BeforeValidator(_tuple_of_list), Field(min_length=1)] = Field(
        description="each strike: `at`, and if wanted `lasting` and `node`"
    )
    source_digest: str | None = Field(default=None, description="BLAKE2b of the trace file that it was read from")

    @property
    def earliest(self) -> int:
        """The time of the first strike."""
        return min(strike.at for strike in self.strikes)

    @property
    def sure(self) -> Outage | None:
        """The first strike; None for a list from a file, which a run takes as far as it fits."""
        return None if self.source_digest is not None else min(self.strikes, key=lambda strike: strike.at)

    def check(self, fault: Fault, simulation: Simulation) -> None:
        """Raise InputError where a node does not exist, or the fault cannot be had on one node."""
        for place, strike in enumerate(self.strikes):
            check_node(strike.node, simulation, ("strikes", place, "node"))
            if strike.node is not None and not fault.strikes_single_nodes():
                message = (
                    f"found a node for a fault of kind {fault.kind!r}, which has no nodes for targets; leave it out"
                )
                raise InputError(message, ("strikes", place, "node"))

    def arm(self, armed: Armed) -> None:
        """Schedule every strike."""
        for strike in self.strikes:
            lasting = armed.fault.lasting if strike.lasting is None else strike.lasting
            armed.kernel.call_at(strike.at, armed.opportunity, lasting, strike.node)

    @property
    def words(self) -> str:
        """When, in a few words, for people."""
        return f"at {len(self.strikes)} listed time{'s' if len(self.strikes) > 1 else ''}"


class Trace(Schedule):
    """From a file: CSV with the columns at, and if wanted lasting and node."""

    trace: Annotated[str, Field(min_length=1)] = Field(
        description="path of a CSV file with the columns at, lasting and node; the last two may be left out or empty"
    )

    def arm(self, armed: Armed) -> None:
        """Raise InputError: the file is read before that, by `Fault.with_files_read`."""
        raise InputError("found a file that was not read; resolve the scenario first", ("when", "trace"))

    @property
    def words(self) -> str:
        """When, in a few words, for people."""
        return f"as {self.trace} says"


def matches(record: Record, node: int | None, fields: dict[str, Scalar]) -> bool:
    """Whether a record is of this node (None: anyone) and has these fields."""
    return (node is None or record.node == node) and all(
        name in record.fields and record.fields[name] == value for name, value in fields.items()
    )


SCHEDULES: Final[dict[str, type[Schedule]]] = {
    "every": Every,
    "mean_time_between_failures": Poisson,
    "broken": Alternating,
    "after": After,
    "during": During,
    "strikes": Listed,
    "trace": Trace,
}
"""Schedules by the field that tells them from each other."""


def _which(value: Any) -> str:
    if isinstance(value, Schedule):
        return next(f"#{name}" for name, model in SCHEDULES.items() if type(value) is model)
    return next((f"#{name}" for name in SCHEDULES if name in value), "#every")


def _of_a_known_kind(value: Any) -> Any:
    if isinstance(value, Schedule) or (isinstance(value, dict) and sum(name in value for name in SCHEDULES) == 1):
        return value
    found = shown(value) if not isinstance(value, dict) else f"the fields {', '.join(map(repr, value)) or '(none)'}"
    raise InputError(f"found {found}; expected a schedule with exactly one of {', '.join(SCHEDULES)}")


When = Annotated[
    Annotated[Every, Tag("#every")]
    | Annotated[Poisson, Tag("#mean_time_between_failures")]
    | Annotated[Alternating, Tag("#broken")]
    | Annotated[After, Tag("#after")]
    | Annotated[During, Tag("#during")]
    | Annotated[Listed, Tag("#strikes")]
    | Annotated[Trace, Tag("#trace")],
    Discriminator(_which),
    BeforeValidator(_of_a_known_kind),
]
