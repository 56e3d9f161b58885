"""Agreements of Murmur with itself, as data: one swarm by messages and by integration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from tests.published.measurement import Part, Quantity, Row, Samples, Statistic, Until, column

MESSAGES, INTEGRATION = "attract-by-messages", "attract-by-integration"
SWARM = "swarm"
CONVERGED = "first_converged_at"


def largest_difference(one: str, other: str, samples: Samples) -> np.ndarray:
    """For each seed, the largest difference of the coherence in one part from that in another at any look."""
    return np.array(
        [
            max(abs(first[look] - second[look]) for look in first if look.startswith("look."))
            for first, second in zip(samples[one], samples[other], strict=True)
        ]
    )


def apart(every: int) -> Statistic:
    """The largest of that difference in any run, for reports every so many milliseconds."""

    def statistic(samples: Samples) -> tuple[float, float]:
        found = largest_difference(f"messages {every}", f"integration {every}", samples)
        return float(np.max(found)), 0.0

    return statistic


def shrinks(longer: int, shorter: int) -> Statistic:
    """The mean ratio of that difference for shorter intervals to that for longer ones."""

    def statistic(samples: Samples) -> tuple[float, float]:
        long, short = (
            largest_difference(f"messages {every}", f"integration {every}", samples) for every in (longer, shorter)
        )
        return float(np.mean(short / long)), float(stats.sem(short / long))

    return statistic


def takes(one: str, other: str) -> Statistic:
    """The mean time until one part converges over that of another, its error by the differences within pairs."""

    def statistic(samples: Samples) -> tuple[float, float]:
        first, second = column(samples, one, CONVERGED), column(samples, other, CONVERGED)
        average = float(np.mean(second))
        return float(np.mean(first)) / average, float(stats.sem(first - second)) / average

    return statistic


def never(part: str) -> Statistic:
    """How many runs of a part did not converge."""
    return lambda samples: (float(np.sum(column(samples, part, CONVERGED) == 0.0)), 0.0)


def _parts(every: int, settings: tuple[str, ...], until: Until, quick: bool) -> dict[str, Part]:
    """The swarm with reports every so many milliseconds, and integrated with that step; all by the same seeds."""
    steps = (f"protocol.step={every}ms", f"protocol.snapshot={every}ms")
    return {
        f"messages {every}": Part(MESSAGES, (*settings, f"protocol.report={every}ms"), until, quick, SWARM),
        f"integration {every}": Part(INTEGRATION, (*settings, *steps), until, quick, SWARM),
    }


def _course() -> Row:
    """Looks are 50 ms apart. What is left is of the first order in the interval, as the error of Euler's method is."""
    parts = _parts(40, (), "course", True) | _parts(20, (), "course", True) | _parts(10, (), "course", False)
    quantities = (
        Quantity("largest difference of R, reports every 40 ms", 0, 0.04, apart(40)),
        Quantity("largest difference of R, reports every 20 ms", 0, 0.02, apart(20)),
        Quantity("largest difference of R, reports every 10 ms", 0, 0.01, apart(10), False),
        Quantity("its ratio, 20 ms to 40 ms", 0.5, 0.05, shrinks(40, 20), False),
        Quantity("its ratio, 10 ms to 20 ms", 0.5, 0.05, shrinks(20, 10), False),
    )
    return Row("A01", "coherence over time, by messages and integrated", SOURCE, parts, quantities, 20, 4)


def _convergence() -> Row:
    settings = ("duration=30s", "stop_when=converged", "protocol.phases={kind: uniform}")
    parts = _parts(20, settings, "end", True) | _parts(10, settings, "end", False)
    for name, part in parts.items():
        strength = "protocol.strategy.strength=4.0" if part.scenario == MESSAGES else "protocol.strength=4.0"
        parts[name] = replace(part, overrides=(*part.overrides, strength))
    quantities = (
        *(Quantity(f"runs that never converge, {name}", 0, 0, never(name), part.quick) for name, part in parts.items()),
        Quantity("time by messages, of that integrated, 20 ms", 1, 0.06, takes("messages 20", "integration 20")),
        Quantity("time by messages, of that integrated, 10 ms", 1, 0.03, takes("messages 10", "integration 10"), False),
    )
    return Row("A02", "time to converge, by messages and integrated", SOURCE, parts, quantities, 50, 4)


SOURCE = "of our own: the same swarm in the limit of frequent reports"
AGREEMENT_ROWS = (_course(), _convergence())
