"""The agents of a simulation, moved together: one step of all is one entry of the kernel.

Time goes in steps of one length. A step is taken when its end has come, before anything else of that time, with the
agents, partitions and clocks as they are then. So what ends within a step (an agent crashes, a link is cut) is gone for
the whole of it, and what begins (an agent restarts, or resumes) takes part from the next step on. An agent that is
paused is uncoupled, but its clock goes on, and its phase with it at its natural frequency.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.clock import BILLION
from sim.node_life import DOWN
from sim.protocol import Collective
from sim.protocols.attractor.integrated.equations import Equations
from sim.protocols.attractor.integrated.noise import Noise
from sim.protocols.attractor.integrated.passing import Passing
from sim.protocols.attractor.phase import DECIMALS, MASK, RADIANS, TURNS_A_UNIT

if TYPE_CHECKING:
    from numpy import bool_, float64, uint64
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.node import Node
    from sim.protocols.attractor.integrated.config import KuramotoConfig
    from sim.records import Record
    from sim.simulation import Simulation

BEFORE_ALL_ELSE: Final = -1
"""The place of a step among the kernel's entries of a time: after the nodes' start, before what else happens then."""
SHIFT: Final = 32
"""Binary digits by which phases in units of 2**-96 of a turn are finer than ours."""
FLUSH: Final = 1_000_000
"""Phases in records after which these are handed on."""


class Swarm(Collective):
    """Where all agents are, who is up, and what gets through. Raises InputError where options do not fit a topology."""

    def __init__(self, simulation: Simulation) -> None:
        import numpy as np

        config: KuramotoConfig = simulation.config  # type: ignore[assignment]
        self._simulation, self._config, self._nodes = simulation, config, simulation.nodes
        size = len(self._nodes)
        self._equations = Equations(config, simulation.topology, simulation.network.config)
        self._motion = self._equations.motion()
        self._undisturbed = self._motion.coupling
        self._passing = Passing(simulation.network, lambda: self._equations.links)
        name = simulation.protocol.name()
        self._noise = Noise(simulation.seed, name, size, config.noise, config.step) if config.noise else None
        self._shares: Any = None
        self._speeds = [0] * size
        self._natural: NDArray[uint64] = np.zeros((2, size), dtype=np.uint64)
        self._turns: NDArray[float64] = np.zeros(size)
        self._up: NDArray[bool_] = np.zeros(size, dtype=bool)
        self._down = np.ones(size, dtype=bool)
        self._moving: NDArray[bool_] = np.zeros(size, dtype=bool)
        self._coming: list[int] = []
        self._entering: list[int] = []
        self._clocked: list[int] | None = None
        self._rates: list[int] = []
        self._has_changed = True
        self._taken = 0
        self._recorded = 0
        self._listen()
        simulation.kernel.push((0, BEFORE_ALL_ELSE, self._begin, None))

    def _listen(self) -> None:
        """Hear of what befalls nodes, and let the protocol on each know where its phase is."""
        observe = self._simulation.recorder.observe
        observe(("crashed", "left", "paused"), self._goes)
        observe(("restarted", "joined"), self._is_new)
        observe(("resumed",), self._resumes)
        observe(("fault",), self._breaks)
        for node in self._nodes:
            node.protocol.swarm = self  # type: ignore[attr-defined]

    @property
    def phases(self) -> NDArray[uint64]:
        """Where all agents are at the end of the last step, in units of 2**-64 of a turn."""
        return self._motion.phases

    @property
    def learned(self) -> NDArray[float64] | None:
        """The weights that links have learned, in the order of their receivers; None where they do not learn."""
        return None if self._motion.adaptation is None else self._motion.adaptation.present

    # Who takes part.

    def enter(self, node: int, speed: int, phase: int) -> None:
        """Have an agent begin at a phase, with a natural speed, both in units of 2**-96 of a turn (a nanosecond)."""
        self._speeds[node] = speed
        self._set_natural(node)
        rest = -self._simulation.now % self._config.step
        self._put(node, phase + self._speed(node) * rest)
        self._down[node] = False
        if rest:
            self._entering.append(node)
        else:
            self._moving[node] = True
        self._come(node)

    def disrupt(self, node: int, phase: int) -> None:
        """Put an agent that is up at another phase, in units of 2**-96 of a turn."""
        now, step = self._simulation.now, self._config.step
        until = -now % step if node in self._entering else -(now % step)
        self._put(node, phase + self._speed(node) * until)

    def _put(self, node: int, phase: int) -> None:
        self._motion.phases[node] = (phase & MASK) >> SHIFT

    def _come(self, node: int) -> None:
        """Have an agent take part: from the next step on, which begins now where now is the end of one."""
        if self._simulation.now % self._config.step:
            self._coming.append(node)
        else:
            self._up[node] = self._has_changed = True

    def _goes(self, record: Record) -> None:
        node = self._node(record).id
        self._up[node] = False
        self._down[node] = self._nodes[node].life in DOWN
        self._has_changed = True
        if node in self._coming:
            self._coming.remove(node)
        if self._down[node]:
            self._moving[node] = False
            if node in self._entering:
                self._entering.remove(node)

    def _is_new(self, record: Record) -> None:
        self._node(record).protocol.swarm = self  # type: ignore[attr-defined]

    def _resumes(self, record: Record) -> None:
        self._come(self._node(record).id)

    def _breaks(self, _: Record) -> None:
        """Look again for clocks, which a fault of clocks gives to nodes that went by true time."""
        self._clocked = None

    def _node(self, record: Record) -> Node:
        assert record.node is not None
        return self._nodes[record.node]

    def _speed(self, node: int) -> int:
        """The natural speed of an agent as its clock runs now."""
        clock: Clock | None = self._nodes[node].clock
        return self._speeds[node] if clock is None else self._speeds[node] * clock.rate // BILLION

    def _set_natural(self, node: int) -> None:
        """Take in by how much an agent moves by itself in half a step, and in a whole one."""
        moved = self._speed(node) * self._config.step
        self._natural[0, node] = (moved >> 1 & MASK) >> SHIFT
        self._natural[1, node] = (moved & MASK) >> SHIFT
        self._turns[node] = moved * TURNS_A_UNIT

    # Time.

    def _begin(self, _: None) -> None:
        self._refresh()
        if self._motion.history is not None:
            self._motion.history.begin(self._motion.phases, self._motion.advance[1], self._up)
        self._record()
        self._schedule()

    def _schedule(self) -> None:
        self._simulation.kernel.push(((self._taken + 1) * self._config.step, BEFORE_ALL_ELSE, self._step, None))

    def _step(self, _: None) -> None:
        """Take the step that ends now."""
        self._refresh()
        self._move()
        self._taken += 1
        if self._coming:
            self._up[self._coming] = self._has_changed = True
            self._coming.clear()
        if self._entering:
            self._moving[self._entering] = self._has_changed = True
            self._entering.clear()
        if self._taken % self._config.steps_a_snapshot == 0:
            self._record()
        self._schedule()

    def _move(self) -> None:
        motion = self._motion
        if motion.history is not None:
            motion.history.note(self._taken, motion.phases, motion.advance[1], self._turns, self._up)
        noise = None if self._noise is None else self._noise.increments(self._taken)
        if not self._config.strength:
            motion.drift(noise)
        elif self._config.method == "rk4":
            motion.runge_kutta()
        else:
            motion.euler(noise)

    def _refresh(self) -> None:
        """Take in what gets through, how clocks run and who is up."""
        if self._passing.has_changed(self._simulation.now):
            self._shares = shares = self._passing.shares()
            self._motion.coupling = self._undisturbed if shares is None else self._equations.coupling(shares)
            self._has_changed = True
        self._read_clocks()
        if self._has_changed:
            self._has_changed = False
            self._motion.active = None if self._up.all() else self._up.astype(float)
            self._motion.advance = self._natural.copy() if self._moving.all() else self._natural * self._moving
            if self._motion.adaptation is not None:
                self._motion.adaptation.working = self._working()

    def _read_clocks(self) -> None:
        if self._clocked is None:
            self._clocked = [node.id for node in self._nodes if node.clock is not None]
        rates = [clock.rate for node in self._clocked if (clock := self._nodes[node].clock) is not None]
        if rates != self._rates:
            self._rates = rates
            for node in self._clocked:
                self._set_natural(node)
            self._has_changed = True

    def _working(self) -> Any:
        """Over which links something comes to an agent that is up; None: over all."""
        shares, links = self._shares, self._equations.links
        if shares is None and self._up.all():
            return None
        working = self._up[links.sources] & self._up[links.receivers]
        return working if shares is None else working & (shares > 0.0)

    def _record(self) -> None:
        import numpy as np

        turns = (self._motion.phases >> np.uint64(11)) * 2.0**-53
        phases: list[float | None] = np.round(turns * RADIANS, DECIMALS).tolist()
        for node in np.flatnonzero(self._down).tolist():
            phases[node] = None
        self._simulation.record("phases", phases=tuple(phases))
        self._recorded += len(phases)
        if self._recorded >= FLUSH:
            self._simulation.recorder.flush()
            self._recorded = 0
