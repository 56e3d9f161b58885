"""Faults of a swarm: the state of many agents is scrambled at once, or their energy is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.node.node_fault import NodeFault
from sim.storage import StorageError
from sim.units import Probability
from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.node import Node
    from sim.protocol import ProtocolConfig
    from sim.simulation import Simulation


class SwarmFault(NodeFault):
    """Base of faults that call a method that the protocol offers for them, on each agent that is up."""

    layer: ClassVar[str] = "swarm"
    method: ClassVar[str]
    what: ClassVar[str]

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node does not exist, or the protocol has nothing of the kind."""
        super().check(simulation)
        if getattr(simulation.protocol, self.method) is None:
            raise InputError(
                f"found {self.kind!r}, but the protocol {simulation.protocol.name()} has no {self.what}: "
                f"give it a method {self.method}, or leave the fault out",
                ("kind",),
            )

    def changeable(self, node: Node) -> bool:
        """Whether the agent is up."""
        return node.life == "up"

    def change(self, strike: Strike, agent: Node, act: Callable[[], bool]) -> bool:
        """Do something to the state of an agent that is up; it stops where its storage does not take that."""
        if agent.life != "up":
            return False
        try:
            changed = act()
        except StorageError as error:
            agent.stop_by(error)
            changed = True
        strike.touched += changed
        return changed


class Disrupt(SwarmFault):
    """The state of agents is drawn anew, as the protocol has it: of a fraction of a swarm, with `random: 30%`."""

    method: ClassVar[str] = "disrupt"
    what: ClassVar[str] = "state that can be scrambled"

    kind: Literal["disrupt"] = "disrupt"

    def hit(self, strike: Strike, node: int) -> bool:
        """Scramble one agent."""
        target = strike.simulation.nodes[node]
        stream = strike.stream(f"state/{node}")
        return self.change(strike, target, lambda: bool(target.protocol.disrupt(stream)))

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few agents, where the protocol can be disrupted."""
        return None if drawing.protocol.disrupt is None else {"target": drawing.nodes()}


class Drain(SwarmFault):
    """Agents lose a share of the energy that they have left."""

    method: ClassVar[str] = "drain"
    what: ClassVar[str] = "energy"

    kind: Literal["drain"] = "drain"
    share: Probability = Field(default=0.0, description="share of its energy that each agent loses")

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node does not exist, or agents have no energy to lose."""
        super().check(simulation)
        if not _has_energy(simulation.config):
            raise InputError(
                f"found 'drain', but the protocol {simulation.protocol.name()} runs without energy: "
                "give the protocol some by its field energy, or leave the fault out",
                ("kind",),
            )

    @property
    def is_off(self) -> bool:
        """Whether nothing is lost."""
        return self.share == 0.0 or super().is_off

    def hit(self, strike: Strike, node: int) -> bool:
        """Drain one agent."""
        target = strike.simulation.nodes[node]
        return self.change(strike, target, lambda: bool(target.protocol.drain(self.share)))

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few agents, where the protocol has energy."""
        if drawing.protocol.drain is None or not _has_energy(drawing.config):
            return None
        return {"target": drawing.nodes(), "share": drawing.share(0.3, 1.0)}


def _has_energy(config: ProtocolConfig | None) -> bool:
    """Whether options give agents energy: by convention in their field `energy`, None where there is none."""
    return getattr(config, "energy", None) is not None
