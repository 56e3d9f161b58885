"""Every fault of nodes by its name."""

from __future__ import annotations

from typing import Final

from faults.kind import FaultKind
from faults.node.churn import Churn
from faults.node.crash import Crash, Restart
from faults.node.crash_loop import CrashLoop
from faults.node.membership import Join, Leave
from faults.node.pause import Pause, Resume
from faults.node.rolling_restart import RollingRestart
from faults.node.slow_node import SlowNode

KINDS: Final[dict[str, FaultKind]] = {
    "crash": FaultKind(Crash, "nodes stop and lose their memory, and the disk if wanted; restarted after a time"),
    "restart": FaultKind(Restart, "crashed nodes run again, from stable storage"),
    "crash-loop": FaultKind(CrashLoop, "nodes crash again soon after each restart, so many times or until healed"),
    "rolling-restart": FaultKind(RollingRestart, "nodes crash and restart one after the other, never two at once"),
    "pause": FaultKind(Pause, "nodes stop with their memory kept; resumed after a time if wanted"),
    "resume": FaultKind(Resume, "paused nodes go on"),
    "join": FaultKind(Join, "nodes that are absent from the start join, as new ones"),
    "leave": FaultKind(Leave, "nodes leave, with memory and disk lost; they rejoin as new ones if wanted"),
    "churn": FaultKind(Churn, "nodes come and go, for times that are drawn, or as a churn file says"),
    "slow-node": FaultKind(SlowNode, "nodes take extra time for each message, timer and request"),
}
