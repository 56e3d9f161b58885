"""Churn: nodes come and go, each in sessions and absences of random length, or as a file of events says.

Measured session lengths of peer-to-peer systems are not exponential: Weibull with a shape below 1, or lognormal, fit
them better (Stutzbach and Rejaie, "Understanding Churn in Peer-to-Peer Networks", IMC 2006).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from faults.fault import Downtime, located
from faults.node.downtime_fault import ABSENT, DOWN, Downs, DowntimeFault
from faults.node.membership import have_absent_from_the_start
from faults.schedule import OPTIONS
from faults.target import NodeNumber, Target, choose, shown_target, tuple_of_list
from sim.network.latency import Latency
from sim.units import Duration, PositiveDuration
from topologies.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.simulation import Simulation


class Membership(BaseModel):
    """One event of a churn file."""

    model_config = OPTIONS
    node: NodeNumber = Field(description="who joins or leaves")
    event: Literal["join", "leave"] = Field(description="which of the two")
    at: Duration = Field(description="when, from the begin of the churn")


class Churn(DowntimeFault):
    """Have the nodes of a target come and go until it is healed. Times in nanoseconds.

    With distributions, all are there when it begins; a node that the budget does not let go stays for a further
    session. When it is healed, all come back.
    """

    healer: ClassVar[str | None] = "heal_after"

    kind: Literal["churn"] = "churn"
    target: Target = "all"
    session: Latency | None = Field(
        default=None, description="how long a node stays: a duration, or a distribution as latencies have them"
    )
    absence: Latency | None = Field(default=None, description="how long a node is gone, in the same way")
    keep_disk: bool = Field(
        default=False, description="nodes crash and restart with their stable storage, instead of leaving and joining"
    )
    events: Annotated[tuple[Membership, ...], BeforeValidator(tuple_of_list)] = Field(
        default=(),
        description="instead of a session and an absence: who joins or leaves when; whose first event is to join is "
        "absent until then",
    )
    trace: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="path of a CSV file of such events, with the columns node, event and time"
    )
    source_digest: str | None = Field(default=None, description="BLAKE2b of the file that the events were read from")
    heal_after: PositiveDuration | None = Field(
        default=None, description="time after which it is over and all are back; it goes on when left out"
    )

    @model_validator(mode="after")
    def _has_one_course(self) -> Self:
        if (self.session is None) != (self.absence is None):
            there, missing = ("absence", "session") if self.session is None else ("session", "absence")
            raise InputError(f"missing beside {there}; give both, or a churn file as trace", (missing,))
        ways = [name for name in ("session", "events", "trace") if getattr(self, name)]
        if len(ways) != 1:
            found = " and ".join(ways) or "none of them"
            raise InputError(f"found {found}; expected either session and absence, or events, or trace", ("session",))
        if self.session is None and self.target != "all":
            raise InputError("found a target beside events, which name their nodes; leave it out", ("target",))
        return self

    @property
    def held(self) -> str:  # type: ignore[override]
        """Whether its nodes are down or absent meanwhile."""
        return DOWN if self.keep_disk else ABSENT

    @property
    def reads_a_file(self) -> bool:
        """Whether it names a file that has to be read before it is armed."""
        return self.trace is not None or super().reads_a_file

    def with_files_read(self, folder: Path | None, population: int) -> Self:
        """The fault with its events written out."""
        read = super().with_files_read(folder, population)
        if self.trace is None:
            return read
        from faults.trace_file import read_churn

        events, digest = read_churn(located(self.trace, folder), population, ("trace",))
        return read.model_copy(update={"trace": None, "events": events, "source_digest": digest})

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node does not exist, or a file was not read."""
        super().check(simulation)
        if self.trace is not None:
            raise InputError("found a file that was not read; resolve the scenario first", ("trace",))
        population = simulation.topology.nodes
        for place, event in enumerate(self.events):
            if event.node >= population:
                found = f"found node {event.node} in a topology of {population} nodes"
                raise InputError(f"{found}; expected a number from 0 to {population - 1}", ("events", place, "node"))

    def arm(self, simulation: Simulation) -> None:
        """Schedule it; where it begins with the run, whose first event is to join is absent from the start."""
        super().arm(simulation)
        if self.at == 0 and not self.is_off and not self.keep_disk:
            have_absent_from_the_start(simulation, lambda _: self._late_comers)

    @property
    def _late_comers(self) -> list[int]:
        """The nodes whose first event is to join."""
        first: dict[int, str] = {}
        for event in sorted(self.events, key=lambda event: event.at):
            first.setdefault(event.node, event.event)
        return sorted(node for node, event in first.items() if event == "join")

    def begin(self, strike: Strike) -> None:
        """Schedule the first departure of each node, or all events."""
        strike.state = Downs()
        if self.session is not None:
            strike.targets = choose(self.target, strike, self.changeable)
            for node in strike.targets:
                self._stay(strike, node)
            return
        strike.targets = tuple(sorted({event.node for event in self.events}))
        for node in self._late_comers:
            strike.injector.count_joined(node)
            strike.effect += self._go(strike, node)
        for event in self.events:
            act = self._leaves if event.event == "leave" else self._joins
            strike.simulation.kernel.call_after(event.at, act, strike, event.node)

    def _stay(self, strike: Strike, node: int) -> None:
        assert self.session is not None
        lasting = self.session.sampler()(strike.stream(f"session/{node}"))
        strike.simulation.kernel.call_after(lasting, self._leaves, strike, node)

    def _go(self, strike: Strike, node: int) -> bool:
        """Have a node go, where the budget allows it; whether it was there."""
        return bool(strike.injector.within_budget(strike, (node,))) and self.hit(strike, node)

    def _leaves(self, strike: Strike, node: int) -> None:
        if strike.over or strike.injector.over:
            return
        if node not in strike.nodes:
            strike.armed.effect += self._go(strike, node)
        if self.absence is None:
            return
        if node in strike.nodes:
            lasting = self.absence.sampler()(strike.stream(f"absence/{node}"))
            strike.simulation.kernel.call_after(lasting, self._joins, strike, node)
        else:
            self._stay(strike, node)

    def _joins(self, strike: Strike, node: int) -> None:
        if strike.over:
            return
        if node in strike.nodes:
            self.mend(strike, node)
            strike.injector.acquit(strike, node)
        if self.session is not None:
            self._stay(strike, node)

    def spare(self, strike: Strike, core: frozenset[int]) -> bool:
        """Bring back those of the core that are gone; nobody goes any more."""
        super().spare(strike, core)
        return not strike.nodes

    def downtime(self, population: int) -> Downtime | None:
        """Chance decides who is gone when, and with events the budget does so while it runs."""
        return None

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """One or a few nodes, or all, with sessions of one length in the mean."""
        lasting = drawing.lasting()
        session = drawing.duration(max(1, lasting // 20), lasting)
        absence = drawing.duration(max(1, lasting // 20), lasting)
        return {
            "target": "all" if drawing.stream.random() < 0.3 else drawing.nodes(),
            "session": {"kind": "exponential", "mean": session},
            "absence": {"kind": "exponential", "mean": absence},
            "heal_after": lasting,
        }

    @property
    def words(self) -> str:
        """What breaks, in a few words, for people."""
        return f"churn of {shown_target(self.target)}" + (f", {len(self.events)} events" if self.events else "")
