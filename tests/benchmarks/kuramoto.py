"""The Kuramoto equations on a topology: what an agent costs in each stage of a step."""

import time
from typing import Any

from contender import Measurement

STAGES = {"rk4": 4, "euler": 1}


def swarm_side(nodes: int, steps: int, topology: dict[str, Any], options: dict[str, Any]) -> Measurement:
    """So many steps of a whole simulation; an operation is one agent in one stage. Building is not counted."""
    from sim.protocols.registry import PROTOCOLS
    from sim.simulation import Simulation
    from topologies.registry import build

    kuramoto = PROTOCOLS["kuramoto"]
    config = kuramoto.config.model_validate({"strength": 2.0, **options})
    start = time.process_time()
    simulation = Simulation(build({**topology, "nodes": nodes}, 1), kuramoto.protocol, config, seed=1, detail="summary")
    simulation.run(1)  # all nodes start
    built = time.process_time()
    simulation.run(steps * config.step + 1)
    running = time.process_time() - built
    updates = nodes * steps * STAGES[config.method]
    notes = {"agent-updates": f"{updates / running / 1e6:.1f} million a second", "building": f"{built - start:.2f} s"}
    return Measurement(running, updates, {}, notes=notes)
