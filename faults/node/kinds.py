"""Every fault of nodes by its name."""

from __future__ import annotations

from typing import Final

from faults.kind import FaultKind
from faults.node.crash import Crash, Restart
from faults.node.pause import Pause, Resume

KINDS: Final[dict[str, FaultKind]] = {
    "crash": FaultKind(Crash, "nodes stop and lose their memory, and the disk if wanted; restarted after a time"),
    "restart": FaultKind(Restart, "crashed nodes run again, from stable storage"),
    "pause": FaultKind(Pause, "nodes stop with their memory kept; resumed after a time if wanted"),
    "resume": FaultKind(Resume, "paused nodes go on"),
}
