"""Probes: time series of a run, taken while it goes on without touching it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from analysis.coherence_tracker import CoherenceTracker
from analysis.core_samples import CoreSamples
from analysis.samples_file import Sample
from analysis.swarm import order
from analysis.swarm.neighborhoods import Neighborhoods
from sim.records import DELIVERED

if TYPE_CHECKING:
    from analysis.convergence import Tracker
    from analysis.measurements import Measurements
    from sim.simulation import Simulation

SERIES: Final = {
    "progress": "fraction of what the protocol's convergence asks for",
    "nodes_up": "nodes that are neither crashed, paused nor absent",
    "messages_sent": "messages sent so far",
    "messages_delivered": "messages delivered so far",
    "messages_in_flight": "messages under way",
}
"""What is sampled of the whole system."""
SWARM_SERIES: Final = {
    "coherence": "Kuramoto order parameter of the agents that are up; none where nobody has a phase",
    "second_order": "second order parameter: 1 also for two opposite clusters",
    "local_coherence": "mean over agents of the coherence of each with its neighbours",
    "entropy": "entropy of the phases, in 36 bins: 0 all in one, 1 spread evenly over all",
}
"""What is sampled of a swarm of phase oscillators, where there is one."""
MEMORY_SERIES: Final = {
    "memory_taken": "bytes that agents of all nodes have taken from their pools, garbage included",
    "memory_garbage": "bytes of garbage among them",
    "memory_fragmentation": "share of the free bytes of all pools that are not in the largest free piece of their own",
}
"""What is sampled of the memory of nodes, where there is any."""
NODE_SERIES: Final = {
    "messages_sent": "messages that the node sent",
    "messages_delivered": "messages that were delivered to the node",
}
"""What is sampled of each node at the end of the run."""


class Probes:
    """Samples a simulation at time 0 and every `every` nanoseconds up to `until`, after all else at these instants.

    `tracker` is that of the run's convergence, where it has one. `samples` grows while the run goes on.
    """

    def __init__(self, simulation: Simulation, every: int, until: int, tracker: Tracker | None = None) -> None:
        assert every > 0
        self.every = every
        self.until = until
        self.tracker = tracker
        self.samples: list[Sample] = []
        self._last = -1
        self._neighborhoods: Neighborhoods | None = None
        self._cores = CoreSamples()
        simulation.kernel.observe_at(simulation.now, self._look, simulation)

    def _look(self, simulation: Simulation) -> None:
        self._sample(simulation)
        following = simulation.now + self.every
        if following <= self.until:
            simulation.kernel.observe_at(following, self._look, simulation)

    def _sample(self, simulation: Simulation) -> None:
        time = self._last = simulation.now
        self.samples += [Sample(time, None, name, value) for name, value in _values(simulation, self.tracker)]
        self.samples += self._cores.at_present(simulation)
        if isinstance(self.tracker, CoherenceTracker):
            if self._neighborhoods is None:
                self._neighborhoods = Neighborhoods(simulation.topology)
            found = _swarm_values(self.tracker, self._neighborhoods, time)
            self.samples += [Sample(time, None, name, value) for name, value in found]

    def finish(self, simulation: Simulation) -> list[Sample]:
        """Sample the end of the run, unless that was done, and return all samples."""
        if simulation.now > self._last:
            self._sample(simulation)
        return self.samples


def _values(simulation: Simulation, tracker: Tracker | None) -> Iterator[tuple[str, float]]:
    simulation.recorder.flush()
    sent, waiting = sum(simulation.sent()), simulation.waiting()
    concluded = sum(simulation.outcome_counts)
    if tracker is not None:
        tracker.advance(simulation.now)
        yield "progress", tracker.fraction
    yield "nodes_up", float(sum(node.life in ("up", "starting") for node in simulation.nodes))
    yield "messages_sent", float(sent)
    yield "messages_delivered", float(simulation.outcome_counts[DELIVERED])
    yield "messages_in_flight", float(sent + simulation.network.duplicated - concluded - waiting)
    uses = [node.memory.use for node in simulation.nodes if node.memory is not None]
    if uses:
        free = sum(use.free for use in uses)
        yield "memory_taken", float(sum(use.reserved + use.garbage for use in uses))
        yield "memory_garbage", float(sum(use.garbage for use in uses))
        yield "memory_fragmentation", 1 - sum(use.largest for use in uses) / free if free else 0.0


def _swarm_values(tracker: CoherenceTracker, neighborhoods: Neighborhoods, time: int) -> Iterator[tuple[str, float]]:
    phases = tracker.phases.at(time)
    if phases.size:
        yield "coherence", order.coherence(phases)
        yield "second_order", order.coherence(phases, 2)
        yield "local_coherence", neighborhoods.coherence(tracker.phases.of_nodes(time))
        yield "entropy", order.entropy(phases)


def node_samples(measurements: Measurements) -> list[Sample]:
    """Return the messages that each node sent and was delivered, at the end of a run that was measured."""
    series = {"messages_sent": measurements.sent, "messages_delivered": measurements.traffic.delivered_to.tolist()}
    return [
        Sample(measurements.end, node, name, float(count))
        for name, counts in series.items()
        for node, count in enumerate(counts or ())
    ]
