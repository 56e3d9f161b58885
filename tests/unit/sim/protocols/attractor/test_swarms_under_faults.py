"""What breaks a swarm and what it gets over: crashes, cuts, lies."""

from __future__ import annotations

import cmath

import pytest

from faults.byzantine.lying import Lying
from faults.partition.partition import Partition
from sim.protocols.attractor.attractor import Attractor
from sim.protocols.attractor.config import AttractorConfig
from sim.protocols.attractor.lies import LIES
from sim.protocols.attractor.messages import Pulse, Report
from sim.randomness import Stream
from sim.simulation import Simulation
from tests.unit.sim.protocols.attractor.swarms import MESH, MILLISECOND, PERIOD, SECOND, coherence, phases, swarm
from topologies.registry import build


def broken(*faults: object, **options: object) -> Simulation:
    """A mesh of 12 under faults."""
    config = AttractorConfig.model_validate({"period": PERIOD, **options})
    return Simulation(build(MESH, 1), Attractor, config, seed=1, faults=faults)  # type: ignore[arg-type]


def test_survivors_stay_together_and_one_who_returns_joins_them() -> None:
    """A third crashes: the others do not notice; those who return, at any phase, are pulled in."""
    simulation = swarm()
    simulation.run(2 * SECOND)
    for node in range(4):
        simulation.crash(node)
    simulation.run(3 * SECOND)
    assert coherence(simulation) > 0.999
    for node in range(4):
        simulation.restart(node)
    simulation.run(3 * SECOND + MILLISECOND)
    assert coherence(simulation) < 0.99
    simulation.run(6 * SECOND)
    assert coherence(simulation) > 0.99


def test_halves_that_are_cut_off_go_their_own_ways_and_come_together() -> None:
    """Each half is in phase with itself, and after the cut all with all."""
    cut = Partition.model_validate({"groups": {"halves": True}, "at": 0, "heal_after": 3 * SECOND})
    simulation = broken(cut)
    simulation.run(3 * SECOND - 1)
    halves = [phases(simulation)[:6], phases(simulation)[6:]]
    assert all(abs(sum(cmath.exp(1j * phase) for phase in half)) / 6 > 0.99 for half in halves)
    assert coherence(simulation) < 0.99
    simulation.run(8 * SECOND)
    assert coherence(simulation) > 0.99


@pytest.mark.parametrize("lie", sorted(LIES))
def test_lies_change_reports_alone(lie: str) -> None:
    """Each lie is another report than the truth; a pulse is no report."""
    told = Report(2**95 // 3, 5, 7)
    assert LIES[lie](told, Stream(1)) not in (told, None)
    assert LIES[lie](Pulse(7), Stream(1)) is None


def test_liars_steer_those_who_take_the_mean_and_not_those_who_take_the_median() -> None:
    """Three of twelve report to be ahead: attraction makes all go faster, the median does not."""
    gained = {}
    for kind in ("attract", "consensus-phase"):
        lying = Lying.model_validate({"target": [0, 1, 2], "probability": 1.0, "lie": "ahead", "at": 2 * SECOND})
        simulation = broken(lying, strategy={"kind": kind})
        simulation.run(10 * SECOND)
        honest = simulation.nodes[5].protocol
        gained[kind] = honest.phase_at(10 * SECOND) / 2**96 - 50
    assert gained["attract"] > 3 * max(1.0, abs(gained["consensus-phase"]))


def test_agents_misjudge_a_wave_around_a_ring() -> None:
    """On a ring that is twisted each neighbourhood is in order: agents believe that all have converged, wrongly."""
    simulation = swarm(
        {"kind": "ring", "nodes": 40},
        phases={"kind": "twisted", "winding": 2},
        detector={},
        goal={"tolerance": 0.1},
    )
    rows = simulation.keep_records()
    simulation.run(2 * SECOND)
    assert coherence(simulation) < 0.05
    assert {row.node for row in rows if row.kind == "believes"} == set(range(40))


def test_a_drained_agent_is_told_of() -> None:
    """Drain takes its share, says whether there was any, and does nothing where energy is not modelled."""
    simulation = swarm(energy={"capacity": 50.0, "recovery": "0/s", "cost": 0.0})
    simulation.run(SECOND)
    protocol = simulation.nodes[0].protocol
    assert protocol.drain(0.5)
    assert protocol.energy.level(SECOND) == 25.0
    assert not swarm().nodes[0].protocol.drain(0.5)


def test_who_hears_nobody_believes_nothing() -> None:
    """An agent whose neighbours are all down does not take its own order for that of the swarm."""
    simulation = swarm(detector={})
    rows = simulation.keep_records()
    simulation.run(2 * SECOND)
    for node in range(1, 12):
        simulation.crash(node)
    simulation.run(4 * SECOND)
    told = [row.fields["converged"] for row in rows if row.kind == "believes" and row.node == 0]
    assert told == [True, False]
