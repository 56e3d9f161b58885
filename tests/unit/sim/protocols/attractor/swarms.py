"""Swarms for tests: built, run, and read by what their records say."""

from __future__ import annotations

import cmath
from typing import Any

from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency
from sim.protocols.attractor.attractor import Attractor
from sim.protocols.attractor.config import AttractorConfig
from sim.protocols.attractor.phase import radians_of
from sim.records import Record
from sim.simulation import ClockSpread, Simulation
from topologies.registry import build

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
PERIOD = 200 * MILLISECOND
MESH = {"kind": "mesh", "nodes": 12}


def swarm(
    topology: dict[str, Any] | None = None,
    seed: int = 1,
    latency: int = MILLISECOND,
    loss: float = 0.0,
    clocks: ClockSpread | None = None,
    **options: Any,
) -> Simulation:
    """A swarm on a mesh of 12 agents, unless said otherwise."""
    config = AttractorConfig.model_validate({"period": PERIOD, **options})
    network = NetworkConfig(latency=ConstantLatency(value=latency), loss=loss)
    graph = build(topology or MESH, seed)
    return Simulation(graph, Attractor, config, network=network, seed=seed, clocks=clocks)


def phases(simulation: Simulation) -> list[float]:
    """The phases of the agents that are up, in radians."""
    up = [node for node in simulation.nodes if node.life == "up"]
    return [radians_of(node.protocol.phase_at(node.elapsed)) for node in up]


def coherence(simulation: Simulation) -> float:
    """The order parameter of the agents that are up."""
    angles = phases(simulation)
    return abs(sum(cmath.exp(1j * angle) for angle in angles)) / len(angles)


def of_kind(rows: list[Record], kind: str) -> list[Record]:
    """The rows of one kind."""
    return [row for row in rows if row.kind == kind]
