"""Every kind of fault by its name."""

from __future__ import annotations

from typing import Final

from faults.byzantine.kinds import KINDS as BYZANTINE
from faults.clock.kinds import KINDS as CLOCK
from faults.core.kinds import KINDS as CORE
from faults.heal import Heal
from faults.kind import FaultKind
from faults.network.kinds import KINDS as NETWORK
from faults.node.kinds import KINDS as NODE
from faults.partition.kinds import KINDS as PARTITION
from faults.storage.kinds import KINDS as STORAGE
from faults.swarm.kinds import KINDS as SWARM

LAYERS: Final = ("node", "network", "partition", "clock", "storage", "core", "byzantine", "swarm")
"""What can break, from the node outwards."""

FAULTS: Final[dict[str, FaultKind]] = {
    **NODE,
    **NETWORK,
    **PARTITION,
    **CLOCK,
    **STORAGE,
    **CORE,
    **BYZANTINE,
    **SWARM,
    "heal": FaultKind(Heal, "faults end: partitions or another kind, one by its name, or all"),
}
