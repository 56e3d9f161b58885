"""Runs a few actors, each a generator function of its own, on the runtime as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sim.hardware.config import HardwareConfig
from sim.network.config import NetworkConfig
from sim.runtime.actor import Actor, Effect
from sim.runtime.actor_protocol import RUNTIME_RECORDS, ActorConfig, ActorProtocol
from sim.simulation import Plan, Simulation
from sim.units import MILLISECOND, SECOND
from topologies.registry import build

Behaviour = Callable[[Any], Effect[Any]]


class Playing(Actor):
    """Acts as a function says."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    def run(self) -> Effect[Any]:
        """Act."""
        yield from self.behaviour(self)


def play(
    *nodes: Mapping[str, Behaviour],
    cores: int = 0,
    seed: int = 1,
    until: int = 10 * SECOND,
    loss: float = 0.0,
    faults: Sequence[Plan] = (),
) -> Simulation:
    """Run these actors, by their names, of each node; messages between nodes take 1 ms."""

    class Acting(ActorProtocol):
        """Spawns the actors of its node."""

        records = (*RUNTIME_RECORDS, "said")

        def begin(self) -> None:
            for name, behaviour in nodes[self.node.id].items():
                self.runtime.spawn(Playing, behaviour, name=name, restart="temporary")

    simulation = Simulation(
        build({"kind": "mesh", "nodes": len(nodes)}),
        Acting,
        ActorConfig(),
        network=NetworkConfig.model_validate({"latency": {"kind": "constant", "value": MILLISECOND}, "loss": loss}),
        hardware=[HardwareConfig(cores=cores)] if cores else (),
        faults=faults,
        seed=seed,
    )
    return simulation.run(until)
