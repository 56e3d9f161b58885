"""Supervision: who is started again when an actor ends, and when its supervisor gives up.

The rules are those of Erlang/OTP ("Supervisor Behaviour", OTP Design Principles; Armstrong, "Making reliable
distributed systems in the presence of software errors", thesis, 2003): a child is permanent, transient or temporary; a
supervisor acts by one of three strategies, and gives up when it has restarted more than `intensity` times within
`period`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.runtime.config import SupervisionConfig
from sim.runtime.failure import NORMAL

if TYPE_CHECKING:
    from sim.randomness import Stream
    from sim.runtime.cell import Restart


def is_started_again(restart: Restart, reason: str) -> bool:
    """Whether a child of this kind that has ended for this reason is."""
    return restart == "permanent" or (restart == "transient" and reason != NORMAL)


class Supervision:
    """What one supervisor decides for its children."""

    __slots__ = ("_restarts", "config")

    def __init__(self, config: SupervisionConfig) -> None:
        self.config = config
        self._restarts: list[int] = []

    def allows(self, now: int) -> bool:
        """Count a restart at this time in nanoseconds; False where it is one too many."""
        restarts = self._restarts
        del restarts[: bisect_right(restarts, now - self.config.period)]
        restarts.append(now)
        return len(restarts) <= self.config.intensity

    def affected(self, children: Sequence[str], ended: str) -> Sequence[str]:
        """Which of the children, in the order in which they were started, are started again when one has ended."""
        strategy = self.config.strategy
        if strategy == "one-for-one":
            return (ended,)
        if strategy == "one-for-all":
            return tuple(children)
        return tuple(children)[children.index(ended) :]

    def delay(self, random: Stream, turn: int = 0) -> int:
        """Nanoseconds that the next restart waits: by chance, and after those of this period.

        `turn`: how many are started again before it because of the same end.
        """
        delay = self.config.delay
        wait = delay.base + delay.stagger * (max(0, len(self._restarts) - 1) + turn)
        return wait + (random.below(delay.jitter + 1) if delay.jitter else 0)

    def forget(self) -> None:
        """Count from anew."""
        self._restarts.clear()
