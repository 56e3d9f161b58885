"""The published results on threads that share state: compare-and-swap, speed-up, barriers."""

from __future__ import annotations

import numpy as np

from analysis.scalability import Scalability, fit_scalability
from tests.published.measurement import Part, Quantity, Row, Samples, Statistic, column, mean, middle

SPEED_UP = "parallel_speed_up"
THREADS = (1, 2, 4, 8, 16, 31, 48, 64)


def _compare_and_swap() -> Row:
    """Operations enough that the first steps, when no thread has read yet, do not count: 100,000 or more in all."""
    references = {1: (2.0, 10_000), 4: (3.997, 10_000), 16: (7.658, 10_000), 64: (14.83, 10_000), 256: (29.01, 40_000)}
    parts, quantities = {}, []
    for threads, (reference, operations) in references.items():
        name, quick = f"n={threads}", threads <= 4
        settings = (f"hardware.cores={threads}", f"protocol.threads={threads}", f"protocol.operations={operations}")
        parts[name] = Part("compare-and-swap", settings, quick=quick)
        statistic = mean("steps_per_update", name)
        quantities.append(Quantity(f"steps per operation, {name}", reference, 0.01 * reference, statistic, quick))
    source = "Alistarh, Censor-Hillel and Shavit, J. ACM 63(4), 2016: SCU(0, 1)"
    return Row("Q20", "read, then compare-and-swap", source, parts, tuple(quantities), 10, 3)


def _fitted(value: str) -> Statistic:
    """A number of Gunther's law as it fits the speed-ups of all parts."""

    def statistic(samples: Samples) -> tuple[float, float]:
        speed_ups = [float(np.median(column(samples, f"N={threads}", SPEED_UP))) for threads in THREADS]
        law = fit_scalability(THREADS, speed_ups, ()).law
        return {"best": law.peak, "peak": law.speedup(law.peak)}[value], 0.0

    return statistic


def _speed_up() -> Row:
    exchanging = (
        "hardware.transfer.same_socket=50ns",
        "protocol.exchange=true",
        "protocol.agents=9500",
        "protocol.update=10ns",
        "protocol.serial=5us",
        "protocol.steps=1",
    )
    parts = {"serial 5 %": Part("worker-pool")}
    parts |= {f"N={n}": Part("worker-pool", (*exchanging, f"protocol.workers={n}")) for n in THREADS}
    law = Scalability(1.0, 0.05, 0.001)
    best, peak = law.peak, law.speedup(law.peak)
    quantities = (
        Quantity("speed-up of 16, a twentieth serial", 1 / (0.05 + 0.95 / 16), 1e-9, middle(SPEED_UP, "serial 5 %")),
        Quantity("best number of workers, fitted", best, 0.05 * best, _fitted("best")),
        Quantity("speed-up there, fitted", peak, 0.05 * peak, _fitted("peak")),
    )
    source = "Amdahl, AFIPS 1967; Gunther, Guerrilla Capacity Planning, 2007"
    return Row("Q21", "speed-up by workers", source, parts, quantities, 2, 2)


SHARED_STATE_ROWS = (_compare_and_swap(), _speed_up())
