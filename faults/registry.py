"""Every kind of fault by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from faults.crash import Crash, Restart
from faults.fault import Fault
from faults.partition import Heal, Partition
from faults.pause import Pause


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind: the model that describes and arms it, and what it does in one line."""

    config: type[Fault]
    description: str


FAULTS: Final[dict[str, FaultKind]] = {
    "crash": FaultKind(Crash, "nodes stop and lose their memory; restarted after a time if wanted"),
    "restart": FaultKind(Restart, "crashed nodes run again, from stable storage"),
    "pause": FaultKind(Pause, "nodes stop with their memory kept; resumed after a time if wanted"),
    "partition": FaultKind(Partition, "no message crosses between groups of nodes; healed after a time if wanted"),
    "heal": FaultKind(Heal, "partitions end: one by its name, or all"),
}
