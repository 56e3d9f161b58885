"""Actors that send to one another as fast as mailboxes take it, and actors that are spawned, are asked, and end."""

import time
from typing import Any

from contender import Measurement


def system(nodes: int, cores: int, begin: Any) -> Any:
    """A simulation of actors that has not run yet; `begin` is called with the runtime of each node."""
    from sim.hardware.config import HardwareConfig
    from sim.runtime.actor_protocol import ActorProtocol
    from sim.simulation import Simulation
    from topologies.registry import build

    class Actors(ActorProtocol):
        def begin(self) -> None:
            begin(self.runtime)

    hardware = [HardwareConfig(cores=cores)] if cores else ()
    return Simulation(build({"kind": "mesh", "nodes": nodes}, 1), Actors, detail="summary", hardware=hardware)


def stream_side(nodes: int, cores: int, messages: int) -> Measurement:
    """A source on the first node sends to a sink on the last."""
    from sim.runtime.actor import Actor, Effect
    from sim.runtime.reference import Reference

    class Sink(Actor):
        def run(self) -> Effect[None]:
            for _ in range(messages):
                yield from self.receive()

    class Source(Actor):
        def run(self) -> Effect[None]:
            for number in range(messages):
                yield from self.send(Reference(nodes - 1, "sink"), number)

    def begin(runtime: Any) -> None:
        if runtime.node.id == nodes - 1:
            runtime.spawn(Sink, name="sink")
        if runtime.node.id == 0:
            runtime.spawn(Source)

    simulation = system(nodes, cores, begin)
    start = time.process_time()
    simulation.run(10**15)
    took = time.process_time() - start
    taken = sum(len(node.protocol.runtime.cells) for node in simulation.nodes)
    return Measurement(took, messages, {"actors left": taken})


def spawn_side(cores: int, actors: int) -> Measurement:
    """One actor spawns many, asks each of them once, and each answers and ends."""
    from sim.runtime.actor import Actor, Effect

    class Leaf(Actor):
        def run(self) -> Effect[None]:
            envelope = yield from self.receive()
            assert envelope is not None
            yield from self.reply(envelope, None)

    class Root(Actor):
        def run(self) -> Effect[None]:
            leaves = []
            for _ in range(actors):
                leaf = yield from self.spawn(Leaf, restart="temporary")
                leaves.append(leaf)
            for leaf in leaves:
                yield from self.ask(leaf, None)

    simulation = system(1, cores, lambda runtime: runtime.spawn(Root))
    start = time.process_time()
    simulation.run(10**15)
    took = time.process_time() - start
    return Measurement(took, actors, {"actors left": len(simulation.nodes[0].protocol.runtime.cells)})
