"""One strike of a fault, and a fault that is armed on a simulation: what becomes of a description during a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from faults.fault import Fault
    from faults.injector import Injector
    from sim.kernel import Kernel
    from sim.randomness import Stream
    from sim.records import Recorder
    from sim.simulation import Simulation


@dataclass(eq=False, slots=True)
class Strike:
    """A fault that has struck. `number` counts the strikes of the fault from 1; `began` is in nanoseconds.

    `node`: the only one to strike, `lasting`: nanoseconds until it ends, where the schedule or the fault says so. Set
    by the fault: `targets`, as they are recorded; `nodes`, those concerned, by which a liveness phase decides;
    `effect`, how many nodes or links its last phase changed; `touched`, what it did something to; `spared`, nodes that
    the budget did not let it strike since its last record; `state`, what the fault needs to end it.
    """

    armed: Armed
    number: int
    began: int
    node: int | None = None
    lasting: int | None = None
    targets: Any = ()
    nodes: frozenset[int] = frozenset()
    effect: int = 0
    touched: int = 0
    spared: int = 0
    state: Any = None
    over: bool = False

    @property
    def simulation(self) -> Simulation:
        """The simulation that it breaks."""
        return self.armed.simulation

    @property
    def injector(self) -> Injector:
        """What the faults of the simulation share."""
        return self.armed.injector

    @property
    def id(self) -> str:
        """What the fault is called in this run."""
        return self.armed.id

    def stream(self, purpose: str = "") -> Stream:
        """The random stream of the fault for a purpose; without one, that of its targets."""
        return self.armed.stream(purpose)


@dataclass(eq=False, slots=True)
class Armed:
    """A fault of a simulation: the strikes that are on, and what all of them came to.

    `id` is what records call it, `key` what its streams are named for; `state` is what its strikes share, if anything.
    """

    fault: Fault
    injector: Injector
    id: str
    key: str
    strikes: int = 0
    healed: int = 0
    passed_over: int = 0
    touched: int = 0
    effect: int = 0
    whole_since: int | None = None
    state: Any = None
    on: list[Strike] = field(default_factory=list)

    @property
    def simulation(self) -> Simulation:
        """The simulation that it is armed on."""
        return self.injector.simulation

    @property
    def kernel(self) -> Kernel:
        """The kernel of that simulation."""
        return self.injector.simulation.kernel

    @property
    def recorder(self) -> Recorder:
        """The recorder of that simulation."""
        return self.injector.simulation.recorder

    def stream(self, purpose: str = "") -> Stream:
        """A random stream of this fault alone."""
        further = f"/{purpose}" if purpose else ""
        return self.simulation.streams.stream(f"faults/{self.key}{further}")

    def named_nodes(self) -> Sequence[int]:
        """The nodes that the target names whatever happens: all that a schedule by node has a process for."""
        from faults.target import named_nodes

        return named_nodes(self.fault, self.simulation)

    def schedule(self) -> None:
        """Have it strike when it should; never, where its options ask for nothing."""
        if self.fault.is_off:
            return
        self.fault.prepare(self)
        if self.fault.when is not None:
            self.fault.when.arm(self)
        else:
            self.kernel.call_at(self.fault.at, self.opportunity)  # type: ignore[arg-type]

    def opportunity(self, lasting: int | None = None, node: int | None = None) -> None:
        """Its time has come: strike, unless chance, stability, budget or the liveness phase forbid it.

        `lasting`: how long the strike lasts in nanoseconds, as the fault says when None; `node`: whom it strikes.
        """
        fault = self.fault
        chosen = fault.chance >= 1.0 or self.stream("chance").random() < fault.chance
        if not chosen or self.injector.over or self._is_too_soon():
            self.passed_over += 1
            return
        lasting = fault.lasting if lasting is None else lasting
        strike = Strike(self, self.strikes + 1, self.kernel.now, node, lasting)
        fault.begin(strike)
        if strike.spared and not strike.nodes:  # the budget has left nobody to strike
            self.passed_over += 1
            return
        self.strikes = strike.number
        self.effect += strike.effect
        if fault.phase != "begin":
            self.whole_since = self.kernel.now
            self.touched += strike.touched
            self.report(fault.phase, strike)
            return
        self.report("begin", strike)
        self.on.append(strike)
        if lasting is not None:
            self.kernel.call_after(lasting, self.end, strike)

    def _is_too_soon(self) -> bool:
        stability = self.fault.stability
        if not stability or not self.strikes:
            return False
        return bool(self.on) or (self.whole_since is not None and self.kernel.now < self.whole_since + stability)

    def end(self, strike: Strike) -> None:
        """Heal a strike that is still on."""
        if not strike.over:
            self.fault.end(strike)
            self.ended(strike)

    def end_all(self) -> None:
        """Heal every strike that is on."""
        for strike in list(self.on):
            self.end(strike)

    def ended(self, strike: Strike) -> None:
        """Take in that nothing is left of a strike."""
        assert not strike.over, f"strike {strike.number} of {self.id} ends twice"
        strike.over = True
        self.on.remove(strike)
        self.injector.forget(strike)
        self.healed += 1
        self.touched += strike.touched
        self.whole_since = self.kernel.now
        self.report("end", strike)

    def report(self, phase: str, strike: Strike) -> None:
        """Put what a strike did into the run."""
        further: dict[str, Any] = {} if phase == "begin" else {"touched": strike.touched}
        if strike.spared:
            further["spared"], strike.spared = strike.spared, 0
        self.simulation.record(
            "fault",
            fault=self.fault.kind,
            phase=phase,
            id=self.id,
            strike=strike.number,
            targets=strike.targets,
            effect=strike.effect,
            name=self.fault.name,
            **further,
        )

    def total(self) -> None:
        """Put what the fault came to into the run, at its end; `off` where it asked for nothing."""
        for strike in self.on:
            self.fault.count(strike)
            self.touched += strike.touched
        self.simulation.record(
            "fault",
            fault=self.fault.kind,
            phase="total",
            id=self.id,
            strike=self.strikes,
            healed=self.healed,
            on=len(self.on),
            passed_over=self.passed_over,
            effect=self.effect,
            touched=self.touched,
            **({"off": True} if self.fault.is_off else {}),
        )
