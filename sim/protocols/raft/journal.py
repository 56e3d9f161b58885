"""Writes to stable storage that take time: in order, and together where they wait for the same sync.

Section 3.8 of the dissertation asks that a server's term, vote and log are durable before it answers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from sim.network.latency import LatencyModel
    from sim.node import Node
    from sim.protocols.raft.config import RaftConfig

Purpose = Literal["log", "vote", "candidacy"]
SYNC: Final = "sync"
"""The timer that is due when a write is durable."""


class Journal:
    """The disk's queue of one server. What is queued is not on the disk, and lost in a crash.

    `instant`: writes take no time, so that nothing is ever queued.
    """

    __slots__ = ("_laws", "_node", "_queue", "_writing", "instant")

    def __init__(self, node: Node, config: RaftConfig) -> None:
        self._node = node
        laws: dict[Purpose, LatencyModel | None] = {
            "log": config.sync,
            "vote": config.sync_vote or config.sync,
            "candidacy": config.sync_candidacy or config.sync,
        }
        self.instant = not any(laws.values())
        self._laws = {
            purpose: partial(law.sampler(), node.random) if law is not None else _no_time
            for purpose, law in laws.items()
        }
        self._queue: list[tuple[Purpose, Callable[[], None]]] = []
        self._writing: list[tuple[Purpose, Callable[[], None]]] = []

    def write(self, purpose: Purpose, act: Callable[[], None]) -> None:
        """Call `act`, which writes to storage and goes on from there, when the write is durable."""
        if self.instant:
            act()
            return
        self._queue.append((purpose, act))
        if not self._writing:
            self._begin()

    def _begin(self) -> None:
        self._writing, self._queue = self._queue, []
        delay = max(self._laws[purpose]() for purpose in dict.fromkeys(purpose for purpose, _ in self._writing))
        self._node.set_timer(SYNC, delay)

    def synced(self) -> None:
        """The write under way is durable."""
        done, self._writing = self._writing, []
        for _, act in done:
            act()
        if self._queue and not self._writing:
            self._begin()


def _no_time() -> int:
    return 0
