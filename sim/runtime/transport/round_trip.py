"""How long to wait for an acknowledgement."""

from __future__ import annotations

from sim.runtime.config import TransportConfig


class RoundTrip:
    """The waiting time by the mean of measured round trips and their deviation.

    Jacobson and Karels, "Congestion avoidance and control", SIGCOMM 1988; RFC 6298, section 2, in integers. Only what
    was sent once is timed (Karn and Partridge, SIGCOMM 1987).
    """

    __slots__ = ("_config", "_deviation", "_mean", "timeout")

    def __init__(self, config: TransportConfig) -> None:
        self._config = config
        self._mean: int | None = None
        self._deviation = 0
        self.timeout = config.first_timeout

    def measured(self, duration: int) -> None:
        """Take a round trip in nanoseconds."""
        if self._mean is None:
            self._mean, self._deviation = duration, duration // 2
        else:
            self._deviation += (abs(duration - self._mean) - self._deviation) // 4
            self._mean += (duration - self._mean) // 8
        timeout = self._mean + max(4 * self._deviation, self._config.shortest_timeout)
        self.timeout = min(timeout, self._config.longest_timeout)
