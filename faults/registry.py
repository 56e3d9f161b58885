"""Every kind of fault by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from faults.fault import Fault
from faults.heal import Heal
from faults.network.loss import Loss
from faults.node.crash import Crash, Restart
from faults.node.pause import Pause, Resume
from faults.partition.partition import Partition


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind: the model that describes and arms it, and what it does in one line."""

    config: type[Fault]
    description: str


LAYERS: Final = ("node", "network", "partition", "clock", "storage", "core", "byzantine", "swarm")
"""What can break, from the node outwards."""

NODE: Final[dict[str, FaultKind]] = {
    "crash": FaultKind(Crash, "nodes stop and lose their memory, and the disk if wanted; restarted after a time"),
    "restart": FaultKind(Restart, "crashed nodes run again, from stable storage"),
    "pause": FaultKind(Pause, "nodes stop with their memory kept; resumed after a time if wanted"),
    "resume": FaultKind(Resume, "paused nodes go on"),
}
PARTITION: Final[dict[str, FaultKind]] = {
    "partition": FaultKind(Partition, "no message crosses between groups of nodes; healed after a time if wanted"),
}
NETWORK: Final[dict[str, FaultKind]] = {
    "loss": FaultKind(Loss, "messages are lost, each by itself with the same probability"),
}

FAULTS: Final[dict[str, FaultKind]] = {
    **NODE,
    **PARTITION,
    **NETWORK,
    "heal": FaultKind(Heal, "faults end: partitions or another kind, one by its name, or all"),
}
