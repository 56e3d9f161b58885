"""Threads whose body knows them: what is shared has to be told which thread uses it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from sim.hardware.processor import Processor
from sim.hardware.task import Thread

Body = Callable[[Thread], Generator[Any, Any, Any]]
"""What a thread does, given the thread: it yields nanoseconds of work, or waits by what is shared."""


def thread_of(processor: Processor, body: Body, name: str = "thread") -> Thread:
    """A thread, not yet started, that does what `body` says."""

    def run() -> Generator[Any, Any, Any]:
        return (yield from body(thread))

    thread = Thread(processor, run(), name)
    return thread
