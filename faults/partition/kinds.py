"""Every partition by its name."""

from __future__ import annotations

from typing import Final

from faults.kind import FaultKind
from faults.partition.partition import Partition
from faults.partition.swizzle import Swizzle

KINDS: Final[dict[str, FaultKind]] = {
    "partition": FaultKind(Partition, "no message crosses between groups of nodes; healed after a time if wanted"),
    "swizzle": FaultKind(Swizzle, "nodes are cut off one by one, and come back one by one in another order"),
}
