"""What tests of the integrated equations share: a run, and its phases in radians as recorded."""

from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.protocols.attractor.integrated.kuramoto import Kuramoto
from sim.simulation import Simulation
from sim.units import parse_duration
from topologies.registry import build

RING = {"kind": "ring", "nodes": 12}
ALIKE = {"step": "20ms", "snapshot": "100ms", "normalization": "none"}


def swarm(topology: dict[str, Any], faults: tuple[Any, ...] = (), seed: int = 1, **options: Any) -> Simulation:
    """A simulation of the equations on a topology, with its records kept."""
    config = Kuramoto.Config.model_validate(options)
    return Simulation(build(topology, seed), Kuramoto, config, seed=seed, faults=faults)


def snapshots(simulation: Simulation, until: str) -> NDArray[np.float64]:
    """Run, and give the recorded phases, one row for each snapshot; nan for nodes that are down."""
    rows = simulation.keep_records()
    simulation.run(parse_duration(until) + 1)
    simulation.recorder.flush()
    return np.array([row.fields["phases"] for row in rows if row.kind == "phases"], dtype=float)


def coherence(phases: NDArray[np.float64]) -> NDArray[np.float64]:
    """The order parameter of each snapshot."""
    return np.abs(np.exp(1j * phases).mean(axis=-1))


def apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much phases differ, from -pi to pi."""
    return (one - other + pi) % (2 * pi) - pi
