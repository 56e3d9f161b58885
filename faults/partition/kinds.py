"""Every partition by its name."""

from __future__ import annotations

from typing import Final

from faults.kind import FaultKind
from faults.partition.partition import Partition

KINDS: Final[dict[str, FaultKind]] = {
    "partition": FaultKind(Partition, "no message crosses between groups of nodes; healed after a time if wanted"),
}
