"""Published results on quorums and calls that fan out, as data: the tail at scale, barriers, retries."""

from __future__ import annotations

from math import fsum

from tests.published.measurement import Part, Quantity, Row, Samples, Statistic, mean

SECOND, MILLISECOND = 1e9, 1e6


def incomplete(part: str) -> Statistic:
    """The share of gathers that had not all answers in time."""
    complete = mean("gathers_complete", part)

    def statistic(samples: Samples) -> tuple[float, float]:
        share, error = complete(samples)
        return 1.0 - share, error

    return statistic


def _tail() -> Row:
    """A barrier is a call to leaves that take exponential times, or a step of a pool; H_n is the mean of its length."""
    exponential = ("topology.nodes=17", "protocol.service={kind: exponential, mean: 1s}", "protocol.timeout=1h")
    updates = ("protocol.agents=16", "protocol.update={kind: exponential, mean: 1ms}", "protocol.serial=0s")
    parts = {
        "slow": Part("fan-out"),
        "barrier": Part("fan-out", (*exponential, "duration=10min")),
        "pool": Part("worker-pool", (*updates, "protocol.steps=100")),
    }
    longest = fsum(1.0 / k for k in range(1, 17))
    quantities = (
        Quantity("share of calls that wait for a slow leaf", 1.0 - 0.99**100, 0.017, incomplete("slow")),
        Quantity("longest of 16 calls, in their mean", longest, 0.05, mean("gather_time_mean", "barrier", SECOND)),
        Quantity("step of 16 updates, in their mean", longest, 0.05, mean("step_time_mean", "pool", MILLISECOND)),
    )
    source = "Dean and Barroso, The tail at scale, CACM 2013; order statistics"
    return Row("Q23", "fan-out and barriers", source, parts, quantities, 500, 5)


def _retries() -> Row:
    attempts = fsum(0.3**k for k in range(4))
    quantities = (
        Quantity("attempts", attempts, 0.008, mean("gather_attempts")),
        Quantity("successes", 1.0 - 0.3**4, 0.002, mean("gathers_complete")),
    )
    return Row("Q25", "three retries of what fails by 0.3", "geometric", {"": Part("retries")}, quantities, 200, 4)


QUORUM_ROWS = (_tail(), _retries())
