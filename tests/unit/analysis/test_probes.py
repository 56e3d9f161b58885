"""Probes: what they sample is what was so, and the run does not notice them."""

from __future__ import annotations

import pytest

from analysis.measurements import Measurements
from analysis.probes import NODE_SERIES, SERIES, Probes, node_samples
from sim.network.config import IndependentLoss, NetworkConfig
from sim.simulation import Simulation
from tests.small_protocols import MILLISECOND, At, flooding

END = 20 * MILLISECOND
FAULTS = (At(((2 * MILLISECOND, "crash", 3), (3 * MILLISECOND, "pause", 5), (9 * MILLISECOND, "restart", 3))),)


def lossy(faults: tuple[At, ...] = FAULTS) -> Simulation:
    """Flooding on a mesh whose links lose one message in five."""
    network = NetworkConfig(loss=IndependentLoss(probability=0.2), duplication=0.1)
    return flooding(nodes=30, kind="mesh", network=network, faults=faults, detail="all")


def series(probes: Probes, metric: str) -> dict[int, float]:
    """The values of one metric by time in milliseconds."""
    return {sample.time // MILLISECOND: sample.value for sample in probes.samples if sample.metric == metric}


def test_samples_of_a_flood() -> None:
    """On a ring of 8 from 1 ms on, progress, messages and lives are at each millisecond what they are by hand."""
    simulation = flooding(faults=(At(((0, "pause", 4), (4 * MILLISECOND, "resume", 4))),))
    measurements = Measurements.attach(simulation)
    probes = Probes(simulation, MILLISECOND, END, measurements.tracker)
    simulation.run(until=6 * MILLISECOND + 500_000)
    probes.finish(simulation)
    assert series(probes, "progress") == {0: 0, 1: 1 / 7, 2: 3 / 7, 3: 5 / 7, 4: 7 / 8, 5: 1, 6: 1}
    assert series(probes, "nodes_up") == {0: 7, 1: 7, 2: 7, 3: 7, 4: 8, 5: 8, 6: 8}
    assert series(probes, "messages_sent") == {0: 0, 1: 2, 2: 6, 3: 10, 4: 14, 5: 16, 6: 16}
    assert series(probes, "messages_delivered") == {0: 0, 1: 0, 2: 2, 3: 6, 4: 10, 5: 14, 6: 16}
    assert series(probes, "messages_in_flight") == {0: 0, 1: 2, 2: 4, 3: 4, 4: 4, 5: 2, 6: 0}
    assert {sample.metric for sample in probes.samples} == SERIES.keys()
    assert max(sample.time for sample in probes.samples) == simulation.now


@pytest.mark.parametrize("every", [1, 7, 1000])
def test_probes_change_nothing(every: int) -> None:
    """The records and the digest of a run are the same with probes at any interval and without."""
    plain, probed = lossy(), lossy()
    kept = plain.keep_records(), probed.keep_records()
    Probes(probed, every * 100_000, END)
    assert plain.run(until=END).digest() == probed.run(until=END).digest()
    assert kept[0] == kept[1]


def test_probes_let_a_run_end() -> None:
    """A run until nothing is left ends, though probes look at it up to their last time."""
    simulation = lossy(())
    Probes(simulation, MILLISECOND, END)
    simulation.run()
    assert simulation.now == END


def test_in_flight_agrees_with_the_queue() -> None:
    """Messages in flight, reckoned from what was sent and concluded, are those whose arrival waits in the queue."""
    simulation = lossy()
    probes = Probes(simulation, MILLISECOND, END)
    for time in range(1, 20):
        simulation.run(until=time * MILLISECOND + 1)
        assert series(probes, "messages_in_flight")[time] == simulation.balance().in_flight


def test_every_node_is_sampled_at_the_end() -> None:
    """At the end each node has what it sent and was delivered, which add up to the totals."""
    simulation = lossy()
    measurements = Measurements.attach(simulation)
    measurements.ended(simulation.run(until=END))
    samples = node_samples(measurements)
    totals = {name: sum(sample.value for sample in samples if sample.metric == name) for name in NODE_SERIES}
    balance = simulation.balance()
    assert totals == {"messages_sent": balance.sent, "messages_delivered": balance.outcomes["delivered"]}
    assert [sample.node for sample in samples] == [*range(30), *range(30)]
