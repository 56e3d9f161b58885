"""The Kuramoto equations on a topology (Kuramoto 1975 and 1984; Strogatz, "From Kuramoto to Crawford", Physica D 143,
2000), integrated in fixed steps: coupling as theory has it, beside swarms that talk by messages.

    d theta_i / dt = omega_i + K / norm * sum_j w_ij sin(theta_j(t - delay) - theta_i(t) - lag) + noise

The sum goes over the neighbours in the topology that are up and whose messages would get through: a partition cuts, a
link that loses messages with probability p weighs 1 - p (`passing`). The norm is the number of links, or of agents,
that the topology has, whatever is broken. The lag is that of Sakaguchi and Kuramoto (Prog. Theor. Phys. 76, 1986). A
node that is down or paused neither pulls nor is pulled; in a pause its phase goes on by its clock, as that of an agent
that talks by messages does; after a restart it begins anew, with the natural frequency that its disk holds. An agent's
natural frequency goes by its local clock.

Records: `phases` (of the system; `phases`, radians from 0 to 2 pi of each node in order, None for one that is down), at
time 0 and every `snapshot`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from sim.convergence import Coherence, Convergence
from sim.protocol import Collective, Protocol, ProtocolConfig
from sim.protocols.attractor.integrated.config import KuramotoConfig
from sim.protocols.attractor.phase import speed_of_frequency, speed_of_period

if TYPE_CHECKING:
    from sim.protocols.attractor.integrated.swarm import Swarm
    from sim.randomness import Stream
    from sim.simulation import Simulation

BITS: Final = 53
"""Of a draw, in the highest places of a phase of 96."""
FAULTS: Final = frozenset(
    (
        *("crash", "restart", "crash-loop", "rolling-restart", "pause", "resume", "join", "leave", "churn"),
        *("loss", "burst-loss", "correlated-loss", "flapping", "clog"),
        *("partition", "swizzle"),
        *("clock-drift", "clock-periodic"),
        *("disrupt", "heal"),
    )
)
"""What can befall agents that send no messages, store nothing but a frequency and take no time to act."""


class Kuramoto(Protocol):
    """An agent: what is its own. Its phase is in the swarm, which moves all together."""

    Config: ClassVar[type[ProtocolConfig]] = KuramotoConfig
    payloads = ()
    records: ClassVar[tuple[str, ...] | None] = ("phases",)
    faults: ClassVar[frozenset[str] | None] = FAULTS
    swarm: Swarm

    @classmethod
    def converges(cls, config: KuramotoConfig) -> Convergence:
        """The coherence that the goal names, held for its dwell."""
        goal = config.goal
        period = goal.period or config.period
        return Coherence(goal.coherence, goal.tolerance, goal.dwell or config.period, period, phase=goal.phase)

    @classmethod
    def collective(cls, simulation: Simulation) -> Collective:
        """All agents of a simulation."""
        from sim.protocols.attractor.integrated.swarm import Swarm

        return Swarm(simulation)

    @classmethod
    def stream_name(cls) -> str:
        """That of swarms that talk by messages, so that one seed gives the same frequencies and phases to both."""
        return "attractor"

    def on_start(self) -> None:
        config, node = self.config, self.node
        speed = speed_of_period(config.period) + speed_of_frequency(self._offset())
        self.swarm.enter(node.id, speed, _phase(config.phases.turns(node.id, node.population, node.random)))

    def _offset(self) -> float:
        """What the natural frequency differs by from the middle; drawn once, and kept on the disk."""
        node, frequencies = self.node, self.config.frequencies
        if frequencies.kind == "fixed" or frequencies.draw == "quantiles":
            return float(frequencies.offset(node.id, node.population, node.random))
        if "frequency" not in node.storage:
            node.storage["frequency"] = frequencies.offset(node.id, node.population, node.random)
        return float(node.storage["frequency"])

    def disrupt(self, stream: Stream) -> bool:
        """Be at another phase, anywhere in the cycle."""
        self.swarm.disrupt(self.node.id, _phase(stream.random()))
        return True


def _phase(turns: float) -> int:
    """A phase in units of 2**-96 of a turn."""
    return int(turns % 1.0 * 2.0**BITS) << (96 - BITS)
