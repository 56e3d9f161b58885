"""Agreement on a phase and a period by a coordinator, and by Raft, under crashes, partitions and lost phases."""

from typing import Any

import pytest

import murmur
from faults.network.loss import Loss
from faults.swarm.disrupt import Disrupt
from sim.clock import Clock
from sim.protocols.phase_agreement.coordinated import PhaseCoordinator
from sim.protocols.phase_agreement.replicated import PhaseRaft
from sim.records import Record
from sim.simulation import Simulation
from sim.units import MILLISECOND, SECOND

PERIOD = 200 * MILLISECOND
OSCILLATING: dict[str, Any] = {"period": PERIOD, "frequencies": {"kind": "gaussian", "width": 0.3}}
RAFT: dict[str, Any] = OSCILLATING | {"initial_leader": 0, "pre_vote": True, "check_quorum": True}


def agents(
    protocol: type[PhaseCoordinator] | type[PhaseRaft], options: dict[str, Any], *faults: Any, seed: int = 1
) -> tuple[Simulation, list[Record]]:
    """Five agents that hear one another after 5 ms, and the list that will hold their records."""
    simulation = Simulation(
        murmur.topology("mesh", nodes=5),
        protocol,
        protocol.Config(**options),
        network=murmur.NetworkConfig(latency="5ms"),  # type: ignore[arg-type]
        faults=faults,
        seed=seed,
    )
    return simulation, simulation.keep_records()


def apart(simulation: Simulation) -> float:
    """The widest distance between the phases of agents that are up, in turns."""
    phases = sorted(
        node.protocol.oscillator.phase / 2**96  # type: ignore[attr-defined]
        for node in simulation.nodes
        if node.life == "up"
    )
    gaps = [later - earlier for earlier, later in zip(phases, [*phases[1:], phases[0] + 1.0], strict=True)]
    return 1.0 - max(gaps)


def speeds(simulation: Simulation) -> set[int]:
    """The speeds of the agents that are up."""
    return {node.protocol.oscillator.speed for node in simulation.nodes if node.life == "up"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("protocol", "options"), [(PhaseCoordinator, OSCILLATING), (PhaseRaft, RAFT)])
def test_all_take_over_one_phase_and_period(protocol: Any, options: dict[str, Any]) -> None:
    """Agents begin anywhere, and soon all are at one phase with one period."""
    simulation, _ = agents(protocol, options)
    simulation.run(1)
    assert apart(simulation) > 0.1
    assert len(speeds(simulation)) == 5
    simulation.run(SECOND)
    assert apart(simulation) < 1e-9
    assert len(speeds(simulation)) == 1


@pytest.mark.parametrize("failover", [False, True])
def test_without_a_successor_lost_phases_stay_lost(failover: bool) -> None:
    """After the coordinator has crashed, agents that lose their phase get it back only where another takes over."""
    faults = (murmur.Crash(target=0, at="1s"), Disrupt(target=[1, 2], at=2 * SECOND))
    simulation, rows = agents(PhaseCoordinator, OSCILLATING | {"failover": failover}, *faults)
    simulation.run(3 * SECOND)
    assert (apart(simulation) < 1e-9) == failover
    leaders = [row.node for row in rows if row.kind == "role" and row.fields["role"] == "leader"]
    assert leaders == ([0, 1] if failover else [0])


def test_a_partition_makes_two_coordinators_and_the_later_epoch_wins() -> None:
    """Both sides of a partition have a coordinator; once it heals there is one, whom all follow."""
    partition = murmur.Partition(groups=[[0, 1], [2, 3, 4]], at="1s", heal_after="3s")
    lost = Disrupt(target=[3, 4], at=2 * SECOND)
    simulation, rows = agents(PhaseCoordinator, OSCILLATING | {"failover": True}, partition, lost)
    simulation.run(4 * SECOND - 1)
    assert {node.protocol.leads for node in simulation.nodes[:1] + simulation.nodes[2:3]} == {True}  # type: ignore[attr-defined]
    simulation.run(6 * SECOND)
    assert [node.id for node in simulation.nodes if node.protocol.leads] == [2]  # type: ignore[attr-defined]
    assert apart(simulation) < 1e-9
    assert any(row.kind == "role" and row.node == 0 and row.fields["role"] == "follower" for row in rows)


@pytest.mark.parametrize(("delay", "off"), [("5ms", 0.0), ("25ms", 0.1)])
def test_a_delay_that_is_expected_is_added_whatever_clocks_say(delay: str, off: float) -> None:
    """Without stamps all are off by what the delay is other than expected, and by nothing else."""
    options = OSCILLATING | {"compensate": "expected", "delay": delay}
    simulation, _ = agents(PhaseCoordinator, options)
    simulation.nodes[2].clock = Clock(offset=50 * MILLISECOND)
    simulation.run(2 * SECOND)
    assert apart(simulation) == pytest.approx(off, abs=0.01)


def test_a_coordinator_that_restarts_tells_all_where_it_is_now() -> None:
    """Without failover a coordinator comes back with a phase of its own, and all take it over."""
    simulation, _ = agents(PhaseCoordinator, OSCILLATING, murmur.Crash(target=0, at="1s", restart_after="1s"))
    simulation.run(3 * SECOND)
    assert apart(simulation) < 1e-9


def test_raft_agrees_while_a_majority_lives() -> None:
    """Servers follow the committed reference though their leader dies, and put in no other."""
    faults = (murmur.Crash(target=0, at="1s"), Disrupt(target=[1, 2], at=2 * SECOND))
    simulation, rows = agents(PhaseRaft, RAFT, *faults)
    simulation.run(3 * SECOND)
    assert apart(simulation) < 1e-9
    assert len({node.protocol.following for node in simulation.nodes if node.life == "up"}) == 1  # type: ignore[attr-defined]
    put = [row.fields["commands"] for row in rows if row.kind == "appended" and row.node == 1]
    assert [name for names in put for name in names if name != "no-op"] == ["0.1"]


def test_raft_without_a_majority_agrees_on_nothing() -> None:
    """Three of five servers are down from the start: nothing is committed, and phases stay apart."""
    simulation, _ = agents(PhaseRaft, RAFT, murmur.Crash(target=[1, 2, 3], at=1))
    simulation.run(3 * SECOND)
    assert {node.protocol.following for node in simulation.nodes} == {None}  # type: ignore[attr-defined]
    assert apart(simulation) > 0.05


def test_a_server_follows_again_after_a_restart() -> None:
    """A server that restarts hears what is committed and is at the phase of all others again."""
    simulation, _ = agents(PhaseRaft, RAFT, murmur.Crash(target=3, at="1s", restart_after="500ms"))
    simulation.run(3 * SECOND)
    assert apart(simulation) < 1e-9


@pytest.mark.parametrize(("protocol", "options"), [(PhaseCoordinator, OSCILLATING), (PhaseRaft, RAFT)])
def test_agreement_comes_over_lossy_links(protocol: Any, options: dict[str, Any]) -> None:
    """With four in ten messages lost all agree all the same."""
    simulation, _ = agents(protocol, options, Loss(probability="40%", at=0))  # type: ignore[arg-type]
    simulation.run(4 * SECOND)
    assert apart(simulation) < 1e-9


def test_phases_are_as_far_apart_as_clocks() -> None:
    """Both reckon with stamps of clocks, so that an offset of 10 ms is 10 ms in a period of 200 ms."""
    simulation, _ = agents(PhaseRaft, RAFT)
    node = simulation.nodes[2]
    node.clock = Clock(offset=10 * MILLISECOND)
    simulation.run(2 * SECOND)
    assert apart(simulation) == pytest.approx(0.05, abs=0.001)
