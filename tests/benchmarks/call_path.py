"""The bare call path: P calls that wait, each of which makes the next one when it happens.

Delays are drawn beforehand and are the same for all sides, so that all end at the same simulated time.
"""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from contender import Measurement

DELAYS: dict[str, Callable[[random.Random], float]] = {
    "like": lambda draws: draws.expovariate(1e-6),
    "mixed": lambda draws: draws.expovariate(1e-9 if draws.random() < 0.5 else 1e-3),
}
"""Nanoseconds: exponential with a mean of 1 ms; or, half and half, with means of 1 s and of 1 µs."""


def delays(scales: str, number: int) -> list[int]:
    """So many whole delays of the distribution."""
    draws = random.Random(1)
    return [int(DELAYS[scales](draws)) + 1 for _ in range(number)]


def simpy_side(scales: str, waiting: int, calls: int) -> Measurement:
    """SimPy: a `Timeout` with a callback for each call."""
    import simpy

    environment = simpy.Environment()
    waits = iter(delays(scales, waiting + calls))
    finished = environment.event()
    left = calls

    def call(event: Any) -> None:
        nonlocal left
        left -= 1
        if left > 0:
            environment.timeout(next(waits)).callbacks.append(call)
        elif left == 0:
            finished.succeed()

    for _ in range(waiting):
        environment.timeout(next(waits)).callbacks.append(call)
    start = time.process_time()
    environment.run(finished)
    return _measurement(time.process_time() - start, calls, environment.now)


def post_side(scales: str, waiting: int, calls: int) -> Measurement:
    """`Kernel.post`: what nodes and the network use."""
    return _kernel_side("post", scales, waiting, calls)


def call_at_side(scales: str, waiting: int, calls: int) -> Measurement:
    """`Kernel.call_at`: the same with checks, cancellable; what faults and workloads use."""
    return _kernel_side("call_at", scales, waiting, calls)


def _kernel_side(method: str, scales: str, waiting: int, calls: int) -> Measurement:
    from sim.kernel import Kernel

    kernel = Kernel()
    schedule = getattr(kernel, method)
    waits: Iterator[int] = iter(delays(scales, waiting + calls))
    left = calls

    def call(argument: int) -> None:
        nonlocal left
        left -= 1
        if left > 0:
            schedule(kernel.now + next(waits), call, argument)
        elif left == 0:
            kernel.stop()

    for number in range(waiting):
        schedule(next(waits), call, number)
    start = time.process_time()
    kernel.run()
    return _measurement(time.process_time() - start, calls, kernel.now)


def _measurement(seconds: float, calls: int, end: float) -> Measurement:
    return Measurement(seconds, calls, {"calls": calls, "simulated end": end})
