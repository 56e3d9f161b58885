"""What is measured: each number with how it is made, how often, and which cost of a scenario it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from scenarios.calibration import interpreted
from scenarios.calibration.native import Native, pairs_of_cpus, usable_cpus

TIMES: Final = 20_000
"""Operations of one repetition, where one takes nanoseconds."""
FEW: Final = 300
"""The same, where threads answer each other."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number to measure.

    `once` gives nanoseconds of one operation, None where it cannot be had; `how` says what is measured; `field` is the
    field of a scenario's `hardware` that it stands for, None: it is for people.
    """

    name: str
    how: str
    once: Callable[[], float | None]
    field: str | None = None
    unit: str = "ns"


_NATIVE: Final = (
    (
        "mutex",
        "pthread_mutex_lock and _unlock of a mutex that is free, by one of two threads that live",
        "shared.mutex",
    ),
    (
        "compare_and_swap",
        "an atomic load, then a compare-and-swap that succeeds, by one thread",
        "shared.compare_and_swap",
    ),
    ("channel", "a value put into a bounded buffer under a mutex and taken out, by one thread", "shared.channel"),
    ("read", "announcing a read in an atomic word, following a pointer, and taking that back", "shared.read"),
    ("update", "copying 64 words into a new block, publishing it, and freeing the one before", "shared.update"),
    ("fetch_add", "an atomic addition, as one that comes to a barrier makes", "shared.barrier"),
    ("spin", "an atomic load and the processor's pause", "shared.spin"),
)


def measures(native: Native | None) -> Iterator[Measure]:
    """Yield all that is to be measured, in order; without compiled code what Python has stands for it."""
    if native is not None:
        yield from _measures_in_c(native)
    instead = native is None
    yield Measure(
        "python_lock",
        "acquire and release of a threading.Lock that is free, with what the interpreter adds",
        partial(interpreted.lock, TIMES),
        "shared.mutex" if instead else None,
    )
    yield Measure(
        "python_queue",
        "a value put into a queue.SimpleQueue and taken out by one thread, with what the interpreter adds",
        partial(interpreted.queue, TIMES),
        "shared.channel" if instead else None,
    )
    yield Measure(
        "python_hand_over",
        "from putting a value into a queue.SimpleQueue until a thread that waits has it: half a round trip",
        partial(interpreted.hand_over, FEW),
        "shared.wake" if instead else None,
    )
    yield Measure(
        "python_copy",
        "copying a byte, in copies of 16 MiB between bytearrays",
        partial(interpreted.copy, 2),
        unit="ns/byte",
    )
    yield Measure(
        "python_stride_64", "reading every 64th byte of 16 MiB by numpy, in order", partial(interpreted.strided, 2)
    )


def _measures_in_c(native: Native) -> Iterator[Measure]:
    for name, how, field in _NATIVE:
        yield Measure(name, how, partial(native.nanoseconds, name, TIMES), field)
    yield Measure(
        "wake",
        "from signalling a condition until the thread that waits for it runs: half a round trip",
        partial(native.nanoseconds, "wake", FEW),
        "shared.wake",
    )
    yield Measure(
        "signal",
        "of the same, what signalling the condition takes the thread that does it",
        partial(native.nanoseconds, "signal", FEW),
        "shared.signal",
    )
    for distance, cpus in pairs_of_cpus(usable_cpus()).items():
        where = "of one socket" if distance == "same_socket" else "of two sockets"
        yield Measure(
            f"transfer_{distance}",
            f"a word that one core wrote until another, {where}, has read it: half a round trip",
            partial(native.nanoseconds, "transfer", FEW, cpus=cpus),
            f"transfer.{distance}",
        )
    for name, size, field in (("hit", 1 << 14, "shared.hit"), ("memory", 1 << 26, "shared.memory")):
        how = f"reads that each need the one before, in random order over {size >> 10} KiB, one of each 64 bytes"
        yield Measure(name, how, partial(native.nanoseconds, "chase", TIMES, size, 64), field)
    for stride in (1, 64, 4096):
        how = f"writing one byte of every {stride} of 16 MiB, in order"
        yield Measure(f"stride_{stride}", how, partial(native.nanoseconds, "stride", 1, 1 << 24, stride))
    yield Measure(
        "copy", "copying a byte, in copies of 16 MiB", partial(native.nanoseconds, "copy", 2, 1 << 24), unit="ns/byte"
    )
