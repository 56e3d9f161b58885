"""What is sampled of cores, and traced of them, agrees with one another and with the network's latencies."""

from __future__ import annotations

import pytest

from analysis.core_samples import CoreSamples
from analysis.plots.hardware_figures import breakdown_figure
from analysis.plots.run_view import view_of_simulation
from analysis.probes import Probes
from sim.hardware.config import Costs, HardwareConfig
from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency
from sim.simulation import Simulation
from tests.small_protocols import MILLISECOND, Flooding
from topologies.registry import build

NODES = 6
COST = 3 * MILLISECOND
LATENCY = 5 * MILLISECOND


def flood_on_cores(cores: int = 2, nodes: tuple[int, ...] | None = None) -> Simulation:
    """Flooding on a mesh, whose messages arrive together and take a core for 3 ms each."""
    hardware = HardwareConfig(cores=cores, costs=Costs(message=ConstantLatency(value=COST)), nodes=nodes, trace=True)
    network = NetworkConfig(latency=ConstantLatency(value=LATENCY))
    topology = build({"kind": "mesh", "nodes": NODES}, 1)
    return Simulation(topology, Flooding, seed=3, network=network, hardware=(hardware,), detail="messages")


def test_samples_hold_all_time_of_cores() -> None:
    """Busy cores times the time since the sample before add up to the time that the trace says tasks ran."""
    simulation = flood_on_cores()
    records = simulation.keep_records()
    probes = Probes(simulation, 2 * MILLISECOND, 100 * MILLISECOND)
    simulation.run(until=100 * MILLISECOND).conclude()
    busy = [each for each in probes.samples if each.metric == "busy_cores"]
    stints = [record for record in records if record.kind == "ran"]
    assert stints
    for node in (*range(NODES), None):
        ran = sum(record.fields["ran"] for record in stints if node in (None, record.node))
        assert sum(s.value * 2 * MILLISECOND for s in busy if s.node == node) == pytest.approx(ran)
    queued = [each for each in probes.samples if each.metric == "run_queue"]
    for sample in queued:
        waiting = [
            r
            for r in stints
            if sample.node in (None, r.node)
            and r.fields["since"] - r.fields["waited"] <= sample.time < r.fields["since"]
        ]
        assert sample.value == len(waiting)
    assert max(sample.value for sample in queued) > 1


def test_nodes_without_cores_are_not_sampled() -> None:
    """Only nodes that have cores have samples of them, and a simulation without any has none."""
    simulation = flood_on_cores(nodes=(1, 4))
    assert {sample.node for sample in CoreSamples().at_present(simulation)} == {None, 1, 4}
    plain = Simulation(build({"kind": "mesh", "nodes": 3}, 1), Flooding, seed=3)
    assert not list(CoreSamples().at_present(plain))


def test_parts_of_a_message_are_those_of_its_way() -> None:
    """Each message was on the network for its latency and on a core for its cost; the rest it waited in line."""
    simulation = flood_on_cores()
    records = simulation.keep_records()
    simulation.run(until=200 * MILLISECOND).conclude()
    plot = breakdown_figure(view_of_simulation(simulation, records))
    delivered = [r for r in records if r.kind == "delivered"]
    assert len(plot.total) == len(delivered) > NODES
    assert set(plot.parts["network"].tolist()) == {LATENCY}
    assert set(plot.parts["run"].tolist()) == {COST}
    assert sorted(plot.total.tolist()) == sorted(r.time - r.fields["sent_at"] for r in delivered)
    assert plot.parts["queue"].max() > COST
