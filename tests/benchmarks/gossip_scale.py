"""Push gossip until every node of a mesh is informed: clocks of their own (Poisson), exponential latency."""

import time
from typing import Any

from contender import Measurement

PERIOD = "1s"
LATENCY = {"kind": "exponential", "mean": "20ms"}


def push_side(nodes: int, runs: int) -> Measurement:
    """So many runs with different seeds; an operation is a message that was delivered, building is not counted."""
    import numpy  # noqa: F401 - what a run loads when it first needs it is loaded before the clock starts

    building = running = 0.0
    delivered = simulated = 0
    for seed in range(runs):
        start = time.process_time()
        simulation = _simulation(nodes, seed)
        built = time.process_time()
        simulation.run()
        running += time.process_time() - built
        building += built - start
        delivered += simulation.balance().outcomes["delivered"]
        simulated += simulation.now
    notes = {
        "one run": f"{(building + running) / runs:.3g} s, building included",
        "all informed after": f"{simulated / runs / 1e9:.1f} s of simulated time",
    }
    return Measurement(running, delivered, {}, notes=notes)


def _simulation(nodes: int, seed: int) -> Any:
    """One rumour from one node; the run ends when every node has a record that it was informed."""
    from sim.network.config import NetworkConfig
    from sim.protocols.registry import PROTOCOLS
    from sim.simulation import Simulation
    from sim.workloads.registry import WORKLOADS
    from topologies.registry import TOPOLOGIES, build

    gossip = PROTOCOLS["gossip"]
    options = gossip.config.model_validate({"exchange": "push", "timing": "poisson", "period": PERIOD})
    simulation = Simulation(
        build(TOPOLOGIES["mesh"].config.model_validate({"kind": "mesh", "nodes": nodes}), seed),
        gossip.protocol,
        options,
        network=NetworkConfig.model_validate({"latency": LATENCY}),
        workload=[WORKLOADS["rumour"].config.model_validate({"kind": "rumour"})],
        seed=seed,
        detail="summary",
    )
    left = nodes

    def informed(_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            simulation.kernel.stop()

    simulation.recorder.observe(("informed",), informed)
    return simulation
