"""What every fault is: a frozen description of what breaks, where and when, that arms itself on a simulation."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, Field, model_validator

from faults.schedule import OPTIONS, Outage
from faults.target import size_of
from faults.when import Trace, When
from sim.units import Duration, PositiveDuration, Probability, format_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Armed, Strike
    from sim.simulation import Simulation

FaultName = Annotated[str, Field(min_length=1, max_length=100)]


class Downtime(NamedTuple):
    """Nodes that are down or lie: from when to before when, in nanoseconds; the named ones, and how many at least."""

    begin: int
    end: float
    named: frozenset[int]
    size: int


def located(path: str, folder: Path | None) -> Path:
    """A path that counts from a folder, where there is one."""
    return Path(path) if folder is None else folder / path


class Fault(BaseModel):
    """Base of faults: what breaks, and when it strikes.

    It strikes once `at` a time, or as `when` says. Each strike calls `begin`, and for a fault that lasts, `end` when it
    heals. A fault acts only through the operations of the simulation; what it did goes into `fault` records of the
    whole system: `fault`, its kind; `id`, what it is called in this run; `phase`, `begin`, `end`, or `once` for what
    does not last; `strike`, which of its strikes; `targets`, whom it chose; `effect`, how many of them it changed;
    `touched`, the messages, writes or handlers that it did something to. At the end of a run each fault has a record of
    phase `total`.

    Subclasses set `layer`; `takes_down`, `lies`, where its targets count as down or lying for the budget; `healer`, the
    field that says after what time it heals, None where it does not last; `over_with_its_nodes`, where a strike is over
    once others have brought back all its nodes; `ends`, the kinds of faults whose effect it ends.
    """

    model_config = OPTIONS
    layer: ClassVar[str]
    takes_down: ClassVar[bool] = False
    lies: ClassVar[bool] = False
    over_with_its_nodes: ClassVar[bool] = False
    healer: ClassVar[str | None] = None
    phase: ClassVar[str] = "once"
    ends: ClassVar[tuple[str, ...]] = ()

    kind: str
    name: FaultName | None = Field(
        default=None, description="what a heal and the records call it, and what its chance is named for"
    )
    at: Duration | None = Field(default=None, description="simulated time at which it strikes")
    when: When | None = Field(default=None, description="a schedule instead of `at`: when it strikes, how often")
    chance: Probability = Field(default=1.0, description="probability that it strikes when its time has come")
    stability: Duration = Field(
        default=0, description="least time that it leaves the system whole between the end of a strike and the next"
    )

    @model_validator(mode="after")
    def _has_one_time(self) -> Self:
        if (self.at is None) == (self.when is None):
            found = "neither 'at' nor 'when'" if self.at is None else "both 'at' and 'when'"
            raise InputError(f"found {found}; expected one of them: a time such as 5s, or a schedule", ("at",))
        return self

    @property
    def lasting(self) -> int | None:
        """How long a strike lasts, in nanoseconds; None: until something else ends it, or it does not last."""
        return getattr(self, self.healer) if self.healer is not None else None

    @property
    def is_off(self) -> bool:
        """Whether the options ask for nothing, so that it never strikes."""
        return self.chance == 0.0

    def may_end(self, other: Fault) -> bool:
        """Whether a strike of this fault may end what a strike of another one does."""
        return other.kind in self.ends

    @property
    def earliest(self) -> int:
        """Before which it does not strike, in nanoseconds."""
        return self.when.earliest if self.when is not None else self.at or 0

    def check(self, simulation: Simulation) -> None:
        """Raise InputError, with its path from the fault on, where the simulation has not what it speaks of."""

    def prepare(self, armed: Armed) -> None:
        """Have done what has to be before it strikes; called once, when it is armed."""

    def begin(self, strike: Strike) -> None:
        """Break what the fault breaks, now; set the strike's `targets` and `effect`."""
        raise NotImplementedError

    def end(self, strike: Strike) -> None:
        """Heal what the strike has broken and is still broken; set the strike's `effect` to what it changed."""

    def count(self, strike: Strike) -> None:
        """Bring the strike's `touched` up to date, while it is still on."""

    def downtime(self, population: int) -> Downtime | None:
        """What it is sure to take down, or have lie, with its first strike; None: not known beforehand."""
        first = self._first_strike
        if not (self.takes_down or self.lies) or first is None or self.is_off or self.chance < 1.0:
            return None
        target = getattr(self, "target", None) if first.node is None else first.node
        size = None if target is None else size_of(target, population)
        if size is None:
            return None
        named = target if isinstance(target, tuple) else (target,) if isinstance(target, int) else ()
        lasting = self.lasting if first.lasting is None else first.lasting
        lasting = 0 if self.phase == "once" else lasting
        return Downtime(first.at, inf if lasting is None else first.at + lasting, frozenset(named), size)

    @property
    def _first_strike(self) -> Outage | None:
        """The first strike, where it is known beforehand."""
        if self.when is not None:
            return self.when.sure
        return None if self.at is None else Outage(at=self.at)

    def strikes_single_nodes(self) -> bool:
        """Whether a schedule can say which node it strikes."""
        return "target" in type(self).model_fields

    def with_files_read(self, folder: Path | None, population: int) -> Self:
        """The fault with what it reads from files written out, so that it needs them no more.

        Relative paths count from the folder. Raises InputError where a file is wrong.
        """
        if not isinstance(self.when, Trace):
            return self
        from faults.trace_file import read_strikes

        listed = read_strikes(located(self.when.trace, folder), population, ("when", "trace"))
        return self.model_copy(update={"when": listed})

    @property
    def reads_a_file(self) -> bool:
        """Whether it names a file that has to be read before it is armed."""
        return isinstance(self.when, Trace)

    def spare(self, strike: Strike, core: frozenset[int]) -> bool:
        """Heal what the strike breaks among the nodes of the core; whether nothing of the strike is left."""
        if not core.isdisjoint(strike.nodes):
            self.end(strike)
            return True
        return False

    def arm(self, simulation: Simulation) -> None:
        """Schedule the fault; raises InputError where the simulation has not what it speaks of."""
        from faults.injector import Injector

        Injector.of(simulation).arm(self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """The fields of one fault of this kind for a random plan, without its time; None where none can be."""
        return None

    @property
    def words(self) -> str:
        """What breaks, in a few words, for people."""
        return self.kind

    @property
    def moment(self) -> str:
        """When it strikes, as a part of names: `@5s`, or `@every-10s`."""
        if self.at is not None:
            return f"@{format_duration(self.at)}"
        return f"@{self.when.words.replace(' ', '-')}" if self.when is not None else ""

    @property
    def description(self) -> str:
        """What breaks and when, in a few words, for people."""
        when = f" at {format_duration(self.at)}" if self.at is not None else ""
        if self.when is not None:
            when = f" {self.when.words}"
        lasting = self.lasting
        healed = f", {self._healed_word} {format_duration(lasting)} later" if lasting else ""
        return f"{self.words}{when}{healed}"

    @property
    def _healed_word(self) -> str:
        words = {"restart_after": "restarted", "resume_after": "resumed", "rejoin_after": "back"}
        return words.get(self.healer or "", "healed")


class LastingFault(Fault):
    """Base of faults that last until they are healed."""

    healer: ClassVar[str | None] = "heal_after"
    phase: ClassVar[str] = "begin"

    heal_after: PositiveDuration | None = Field(
        default=None, description="time after which it heals; only by a heal when left out"
    )
