"""Every fault of this layer by its name."""

from __future__ import annotations

from typing import Final

from faults.kind import FaultKind
from faults.storage.failing_disk import DiskFull, ReadError
from faults.storage.lost_writes import LostWrites, TornWrite
from faults.storage.silent_corruption import SilentCorruption
from faults.storage.slow_disk import SlowDisk

KINDS: Final[dict[str, FaultKind]] = {
    "lost-writes": FaultKind(LostWrites, "disks only say that they have written; a crash loses what is not flushed"),
    "torn-write": FaultKind(TornWrite, "a crash leaves the last batch of writes half done"),
    "disk-full": FaultKind(DiskFull, "writes fail"),
    "slow-disk": FaultKind(SlowDisk, "each write takes a time in which the node waits"),
    "read-error": FaultKind(ReadError, "reads fail by chance"),
    "silent-corruption": FaultKind(SilentCorruption, "reads are wrong by chance, and nothing says so"),
}
