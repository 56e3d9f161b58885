"""Systems of actors that tests are made of: whoever runs on each node is given as a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from sim.hardware.config import HardwareConfig
from sim.hardware.memory.config import MemoryConfig
from sim.network.config import NetworkConfig
from sim.records import Record
from sim.runtime.actor_protocol import ActorConfig, ActorProtocol
from sim.runtime.config import MailboxConfig, RuntimeConfig, Safeguard
from sim.runtime.runtime import Runtime
from sim.simulation import Plan, Simulation
from topologies.registry import build

MILLISECOND = 1_000_000
SECOND = 1_000_000_000


class AblatedConfig(ActorConfig):
    """Options of actors without safeguards."""

    ablate: tuple[Safeguard, ...] = ()


def system(
    begin: Callable[[Runtime], Any],
    nodes: int = 1,
    *,
    cores: int = 0,
    runtime: RuntimeConfig | None = None,
    mailbox: MailboxConfig | None = None,
    network: NetworkConfig | None = None,
    faults: Sequence[Plan] = (),
    seed: int = 3,
    ablate: tuple[Safeguard, ...] = (),
    topology: str = "mesh",
    memory: MemoryConfig | None = None,
    sockets: int = 1,
) -> tuple[Simulation, list[Record]]:
    """A simulation of actors, which has not run yet, and the list that will hold its records.

    `begin` is called with the runtime of each node when the node starts, and when it starts again.
    """

    class Actors(ActorProtocol):
        records: ClassVar[tuple[str, ...] | None] = None

        def begin(self) -> None:
            begin(self.runtime)

    options = runtime or RuntimeConfig(mailbox=mailbox or MailboxConfig())
    simulation = Simulation(
        build({"kind": topology, "nodes": nodes}, seed),
        Actors,
        AblatedConfig(runtime=options, ablate=ablate),
        network=network,
        seed=seed,
        faults=faults,
        hardware=[HardwareConfig(cores=cores or 1, sockets=sockets, memory=memory)] if cores or memory else (),
    )
    return simulation, simulation.keep_records()


def told(records: Sequence[Record], kind: str, field: str) -> list[Any]:
    """A field of all records of a kind, in order."""
    return [record.fields[field] for record in records if record.kind == kind]
