"""What tests of the integrated equations share: a run, and its phases in radians as recorded."""

from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faults.registry import FAULTS
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


def digests() -> list[str]:
    """Of short runs that use every part between them: sparse, mean field, weights, delay, noise, learning, faults."""
    common = {"strength": 3.0, "frequencies": {"kind": "gaussian", "width": 1.0}, "lag": 0.2, "snapshot": "100ms"}
    crash = {"kind": "crash", "target": 3, "at": "505ms", "restart_after": "200ms"}
    loss = {"kind": "loss", "probability": 0.3, "at": "700ms"}
    faults = tuple(FAULTS[str(one["kind"])].config.model_validate(one) for one in (crash, loss))
    runs: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
        ({"kind": "random-regular", "nodes": 300, "degree": 7}, {"delay": "53ms"}),
        ({"kind": "random-regular", "nodes": 100, "degree": 3}, {"method": "euler", "noise": 0.1}),
        ({"kind": "mesh", "nodes": 257}, {"step": "20ms"}),
        ({"kind": "star", "nodes": 50}, {"learning": {"rate": 0.5}}),
    )
    return [swarm(topology, faults, **common, **options).run(10**9).digest() for topology, options in runs]
