"""Threads of a node without cores: what they compute takes no time, and each runs until it waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from typing import Any, Final

from sim.hardware.task import WAIT, SystemCall, wrong_step
from sim.kernel import EventLimitReached

TURN_LIMIT: Final = 1_000_000
"""Steps of threads at one event beyond which they are taken to be in an endless loop."""


class Turns:
    """Gives the threads that are ready their turns, first in, first out, whoever makes them ready meanwhile."""

    __slots__ = ("_ready", "_running", "steps")

    def __init__(self) -> None:
        self._ready: deque[InstantThread] = deque()
        self._running = False
        self.steps = 0

    @property
    def is_running(self) -> bool:
        """Whether a thread has its turn, or turns are held."""
        return self._running

    def hold(self) -> None:
        """Give no turns until `go`."""
        self._running = True

    def go(self) -> None:
        """Give the turns that wait."""
        self._run()

    def add(self, thread: InstantThread) -> None:
        """Give a thread a turn after those that are ready already."""
        self._ready.append(thread)
        if not self._running:
            self._run()

    def _run(self) -> None:
        self._running = True
        self.steps = 0
        ready = self._ready
        try:
            while ready:
                ready.popleft().turn()
        finally:
            self._running = False

    def count(self, thread: InstantThread) -> None:
        """Count a step; raises EventLimitReached where there is no end of them."""
        self.steps += 1
        if self.steps > TURN_LIMIT:
            raise EventLimitReached(
                f"more than {TURN_LIMIT:,} steps of actors at one instant: an endless loop without delay in actor "
                f"{thread.name}; have it sleep, or give its node cores, on which work takes time"
            )


class InstantThread:
    """Goes on like `sim.hardware.task.Thread`, in no time."""

    __slots__ = ("_generator", "_runs", "_token", "_turns", "_woken", "name", "on_end", "over", "waits")

    def __init__(self, turns: Turns, generator: Generator[Any, Any, Any], name: str) -> None:
        self.name = name
        self.over = False
        self.waits = False
        self.on_end: Callable[[Any], object] | None = None
        self._turns = turns
        self._generator = generator
        self._runs = False
        self._woken = False
        self._token: Any = None

    def start(self) -> InstantThread:
        """Begin when its turn comes."""
        self._turns.add(self)
        return self

    def wake(self, value: Any = None) -> bool:
        """Let it go on after its WAIT, which gives `value`. False where it is over, or was woken already."""
        if self.over or self._woken:
            return False
        self._token = value
        if self.waits:
            self.waits = False
            self._turns.add(self)
        else:
            self._woken = True
        return True

    def cancel(self) -> None:
        """End it where it is."""
        if not self.over:
            self.over = True
            if not self._runs:
                self._generator.close()

    def turn(self) -> None:
        """Go on until it waits."""
        send, count = self._generator.send, self._turns.count
        token = None
        if not self._woken:
            token, self._token = self._token, None
        while not self.over:
            count(self)
            self._runs = True
            try:
                step = send(token)
            except StopIteration as end:
                self.over = True
                if self.on_end is not None:
                    self.on_end(end.value)
                return
            finally:
                self._runs = False
            token = None
            if step is WAIT:
                if not self._woken:
                    self.waits = True
                    return
                self._woken, token, self._token = False, self._token, None
            elif not isinstance(step, (int, SystemCall)):
                self._generator.throw(TypeError(wrong_step(step)))
        self._generator.close()
