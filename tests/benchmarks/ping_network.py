"""The ping network: balls that go from node to random neighbour, each hop with an exponential delay.

1,000 nodes of a random 8-regular graph, 10 balls a node on their way. By Little's law the deliveries in a given time
tell the mean delay, so that one count checks both.
"""

import random
import sys
import time
from typing import Any

from contender import Measurement

NODES = 1_000
BALLS = 10
DEGREE = 8
SEED = 1
MEAN_DELAY = 1_000_000
"""Nanoseconds."""


def graph() -> Any:
    """The topology, the same for all sides."""
    from topologies.registry import TOPOLOGIES, build

    parameters = {"kind": "random-regular", "nodes": NODES, "degree": DEGREE}
    return build(TOPOLOGIES["random-regular"].config.model_validate(parameters), SEED)


def measurement(seconds: float, delivered: int, mean_delays: float, notes: dict[str, str] | None = None) -> Measurement:
    """What a side did in so many mean delays of simulated time."""
    mean_delay = NODES * BALLS * mean_delays / delivered
    return Measurement(seconds, delivered, {"deliveries": delivered, "mean delay": mean_delay}, notes=notes or {})


def mean_delays(deliveries: int) -> float:
    """Simulated time in mean delays, in which that many deliveries are to be expected."""
    return deliveries / (NODES * BALLS)


def simpy_side(deliveries: int) -> Measurement:
    """Plain SimPy as its users write it: a process per node with a Store, and a process per message."""
    import simpy

    near = graph().neighbors
    environment = simpy.Environment()
    draws = random.Random(SEED)
    mailboxes = [simpy.Store(environment) for _ in range(NODES)]
    received = [0] * NODES

    def message(destination: int, ball: Any) -> Any:
        yield environment.timeout(draws.expovariate(1.0))
        yield mailboxes[destination].put(ball)

    def node(number: int) -> Any:
        for ball in range(BALLS):
            environment.process(message(draws.choice(near[number]), ball))
        while True:
            ball = yield mailboxes[number].get()
            received[number] += 1
            environment.process(message(draws.choice(near[number]), ball))

    for number in range(NODES):
        environment.process(node(number))
    horizon = mean_delays(deliveries)
    start = time.process_time()
    environment.run(until=horizon)
    return measurement(time.process_time() - start, sum(received), horizon)


def happysim_side(deliveries: int) -> Measurement:
    """happysim: an Entity per node that answers each Event with the next; no component of its network in between."""
    try:
        from happysimulator import Entity, Event, Instant, Simulation
    except ImportError:
        print("happysim is not installed (the extra `bench`; it needs Python 3.13)", file=sys.stderr)
        raise SystemExit(3) from None

    near = graph().neighbors
    draws = random.Random(SEED)

    class Node(Entity):
        def __init__(self, number: int) -> None:
            super().__init__(f"node {number}")
            self.near: list[Node] = []
            self.received = 0

        def handle_event(self, event: Event) -> Event:
            self.received += 1
            delay = draws.expovariate(1.0)
            return Event(self.now + delay, "ball", draws.choice(self.near))

    nodes = [Node(number) for number in range(NODES)]
    for node, others in zip(nodes, near, strict=True):
        node.near = [nodes[other] for other in others]
    horizon = mean_delays(deliveries)
    simulation = Simulation(entities=list(nodes), duration=horizon)
    for node in nodes:
        for _ in range(BALLS):
            when = Instant.from_seconds(draws.expovariate(1.0))
            simulation.schedule(Event(when, "ball", draws.choice(node.near)))
    start = time.process_time()
    simulation.run()
    return measurement(time.process_time() - start, sum(node.received for node in nodes), horizon)


def ping_simulation(network: dict[str, Any], faults: tuple[dict[str, Any], ...]) -> Any:
    """The ping network of Murmur's own nodes, protocol and network, records at the level of detail `summary`."""
    import numpy  # noqa: F401 - what a run loads when it first needs it is loaded before the clock starts

    from faults.registry import FAULTS
    from sim.network.config import NetworkConfig
    from sim.protocol import Protocol
    from sim.simulation import Simulation

    class Ball:
        __slots__ = ()

    ball = Ball()

    class Ping(Protocol):
        def on_start(self) -> None:
            node = self.node
            for _ in range(BALLS):
                node.send(node.random.choice(node.neighbors), ball)

        def on_message(self, message: Any) -> None:
            node = self.node
            node.send(node.random.choice(node.neighbors), message.payload)

    options = {"latency": {"kind": "exponential", "mean": MEAN_DELAY}, **network}
    return Simulation(
        graph(),
        Ping,
        network=NetworkConfig.model_validate(options),
        seed=SEED,
        detail="summary",
        faults=[FAULTS[fault["kind"]].config.model_validate(fault) for fault in faults],
    )


def murmur_side(
    deliveries: int, network: dict[str, Any] | None = None, faults: tuple[dict[str, Any], ...] = ()
) -> Measurement:
    """Murmur, with options of its network and faults as in a scenario."""
    simulation = ping_simulation(network or {}, faults)
    horizon = mean_delays(deliveries)
    start = time.process_time()
    simulation.run(until=int(horizon * MEAN_DELAY))
    return murmur_measurement(simulation, time.process_time() - start, horizon)


def murmur_measurement(
    simulation: Any, seconds: float, horizon: float, notes: dict[str, str] | None = None
) -> Measurement:
    """What came out of a run of Murmur, whose messages are all accounted for."""
    balance = simulation.balance()
    assert balance.sums, balance
    return measurement(seconds, balance.outcomes["delivered"], horizon, notes)


def records_side(deliveries: int) -> Measurement:
    """Murmur again, with the share of time that the records of messages and their digest take.

    Batches are timed as they are digested; the entry of each outcome in its batch is timed in a loop of its own.
    """
    simulation = ping_simulation({}, ())
    recorder, lane = simulation.recorder, _TimedLane(simulation.recorder._outcome_lane)
    recorder._outcome_lane = lane
    flush, flushing = recorder.flush, 0.0

    def timed_flush() -> None:
        nonlocal flushing
        start = time.process_time()
        flush()
        flushing += time.process_time() - start

    recorder.flush = timed_flush
    horizon = mean_delays(deliveries)
    start = time.process_time()
    simulation.run(until=int(horizon * MEAN_DELAY))
    seconds = time.process_time() - start
    entering = _seconds_to_enter(deliveries)
    return murmur_measurement(
        simulation,
        seconds,
        horizon,
        {
            "digest": f"{lane.seconds / seconds:.1%} of the time",
            "records and digest": f"{(flushing + entering) / seconds:.1%} of the time",
        },
    )


class _TimedLane:
    """A digest that knows how long it was busy."""

    def __init__(self, digest: Any) -> None:
        self._digest = digest
        self.digest = digest.digest
        self.seconds = 0.0

    def update(self, data: Any) -> None:
        start = time.process_time()
        self._digest.update(data)
        self.seconds += time.process_time() - start


def _seconds_to_enter(outcomes: int) -> float:
    """Time to enter that many outcomes into batches of the usual length, the loop itself not counted."""
    lane: list[int] = []
    extend, now, code = lane.extend, 10**9, 10**9
    batches = max(1, outcomes // 8192)
    start = time.process_time()
    for _ in range(batches):
        for _ in range(8192):
            extend((now, code))
        lane.clear()
    full = time.process_time() - start
    start = time.process_time()
    for _ in range(batches):
        for _ in range(8192):
            pass
    return full - (time.process_time() - start)
