"""Measurements of what Python itself offers: its locks and queues, with what the interpreter adds to them."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Lock, Thread
from time import perf_counter_ns
from typing import Any

COPIED = 1 << 24
"""Bytes of a copy, more than fit into most caches."""


def lock(times: int) -> float:
    """Return nanoseconds of acquiring and releasing a `threading.Lock` that nobody else wants."""
    guard = Lock()
    acquire, release = guard.acquire, guard.release
    begin = perf_counter_ns()
    for _ in range(times):
        acquire()
        release()
    return (perf_counter_ns() - begin) / times


def queue(times: int) -> float:
    """Return nanoseconds of putting a value into a `queue.SimpleQueue` and taking it out, by one thread."""
    values: SimpleQueue[int] = SimpleQueue()
    put, get = values.put, values.get
    begin = perf_counter_ns()
    for number in range(times):
        put(number)
        get()
    return (perf_counter_ns() - begin) / times


def hand_over(times: int) -> float:
    """Return nanoseconds from when one thread puts a value into a queue until another, which waits, has it."""
    there: SimpleQueue[int] = SimpleQueue()
    back: SimpleQueue[int] = SimpleQueue()

    def answer() -> None:
        for _ in range(times):
            back.put(there.get())

    other = Thread(target=answer, daemon=True)
    other.start()
    begin = perf_counter_ns()
    for number in range(times):
        there.put(number)
        back.get()
    took = perf_counter_ns() - begin
    other.join()
    return took / times / 2


def copy(times: int) -> float:
    """Return nanoseconds of copying one byte, in copies of 16 MiB from one `bytearray` to another."""
    source, target = bytearray(b"1") * COPIED, bytearray(COPIED)
    begin = perf_counter_ns()
    for _ in range(times):
        target[:] = source
    return (perf_counter_ns() - begin) / times / COPIED


def strided(times: int, stride: int = 64) -> float:
    """Return nanoseconds of reading one byte of every `stride` bytes of 16 MiB, by numpy."""
    import numpy as np

    memory: Any = np.ones(COPIED, np.uint8)[::stride]
    begin = perf_counter_ns()
    for _ in range(times):
        memory.sum()
    return (perf_counter_ns() - begin) / times / len(memory)
