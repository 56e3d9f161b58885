"""Every fault of this layer by its name."""

from __future__ import annotations

from typing import Final

from faults.core.slow_core import SlowCore, ThrottledCore
from faults.core.stalled_core import GarbageCollection, StalledCore
from faults.kind import FaultKind

KINDS: Final[dict[str, FaultKind]] = {
    "slow-core": FaultKind(SlowCore, "cores work at a share of their speed"),
    "stalled-core": FaultKind(StalledCore, "cores serve nothing; the node seems to be up"),
    "throttled-core": FaultKind(ThrottledCore, "cores are slow in a part of each period"),
    "garbage-collection": FaultKind(GarbageCollection, "nodes stand still again and again, each time for a drawn time"),
}
