"""A bounded mailbox with two watermarks between which it keeps its mind (hysteresis)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

from sim.runtime.config import MailboxConfig, Overflow
from sim.runtime.envelope import Envelope

Match = type | Callable[[Envelope], bool] | None
"""Which messages: all, those with a payload of a class, or those of which this is true."""
Event = Literal["high", "low", "full", "over"]


def matches(match: Match, envelope: Envelope) -> bool:
    """Whether a message is one of these."""
    if match is None:
        return True
    if isinstance(match, type):
        return isinstance(envelope.payload, match)
    return match(envelope)


class Mailbox:
    """Messages in the order in which they came.

    `pressed`: it reached its high watermark, and since then never went down to its low one. `reserved` are places kept
    for messages that have arrived out of their order. `told(event)` is called at a crossing: `high` and `low`, and
    `full` when the bound is reached. `peak`, the most that it held; `taken`, how many were taken out of it, and
    `waited`, the nanoseconds that these were in it together, by the clock `now`.
    """

    __slots__ = (
        "_full",
        "capacity",
        "entries",
        "high",
        "low",
        "now",
        "overflow",
        "passed_over",
        "peak",
        "pressed",
        "reserved",
        "taken",
        "told",
        "waited",
    )

    def __init__(
        self, config: MailboxConfig, told: Callable[[Event], object], now: Callable[[], int] = lambda: 0
    ) -> None:
        self.entries: deque[Envelope] = deque()
        self.capacity = config.capacity
        self.overflow: Overflow = config.overflow
        self.high = config.high_mark
        self.low = config.low_mark
        self.told = told
        self.now = now
        self.pressed = False
        self.reserved = 0
        self.peak = 0
        self.passed_over = 0
        self.taken = 0
        self.waited = 0
        self._full = False

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def room(self) -> int:
        """Messages that it would take before it is full."""
        return self.capacity - len(self.entries) - self.reserved

    @property
    def is_open(self) -> bool:
        """Whether who sends to it may go on at once."""
        if self.overflow == "back-pressure" and self.pressed:
            return False
        return len(self.entries) + self.reserved < self.capacity

    def put(self, envelope: Envelope) -> None:
        """Take a message; the caller has seen that there is room."""
        envelope.taken_at = self.now()
        self.entries.append(envelope)
        depth = len(self.entries)
        if depth > self.peak:
            self.peak = depth
        if depth >= self.high:
            self._rose(depth)

    def _rose(self, depth: int) -> None:
        assert depth <= self.capacity, "more than a mailbox holds"
        if not self.pressed:
            self.pressed = True
            self.told("high")
        if depth == self.capacity and not self._full:
            self._full = True
            self.told("full")

    def take(self, match: Match = None) -> Envelope | None:
        """Take out the first message that matches, None where there is none; `passed_over` counts those before it."""
        entries = self.entries
        self.passed_over = 0
        if match is None:
            if not entries:
                return None
            envelope = entries.popleft()
        else:
            for place, envelope in enumerate(entries):
                if matches(match, envelope):
                    self.passed_over = place
                    del entries[place]
                    break
            else:
                self.passed_over = len(entries)
                return None
        self.taken += 1
        self.waited += self.now() - envelope.taken_at
        if self.pressed and len(entries) <= self.low:
            self._sank()
        return envelope

    def _sank(self) -> None:
        self.pressed = self._full = False
        self.told("low")


class MailboxWithoutBound(Mailbox):
    """Takes whatever comes, for an ablation: it has watermarks, and no one heeds them."""

    __slots__ = ()

    @property
    def room(self) -> int:
        """Always more."""
        return 1 << 60

    @property
    def is_open(self) -> bool:
        """Always."""
        return True

    def _rose(self, depth: int) -> None:
        if not self.pressed:
            self.pressed = True
            self.told("high")
        if depth > self.capacity and not self._full:
            self._full = True
            self.told("over")


class MailboxWithInvertedWatermarks(Mailbox):
    """Has its senders wait when it is nearly empty and go on when it is nearly full, for an ablation.

    It trusts that its watermarks keep it below its bound: what comes when it is full falls off.
    """

    __slots__ = ()

    @property
    def room(self) -> int:
        """Always one more, as long as senders need not wait."""
        return int(self.is_open)

    @property
    def is_open(self) -> bool:
        """Whether who sends to it may go on at once."""
        return not self.pressed

    def put(self, envelope: Envelope) -> None:
        """Take a message, or lose it."""
        if len(self.entries) >= self.capacity:
            return
        super().put(envelope)

    def _rose(self, depth: int) -> None:
        if self.pressed:
            self.pressed = False
            self.told("low")

    def take(self, match: Match = None) -> Envelope | None:
        """Take out the first message that matches."""
        envelope = super().take(match)
        if envelope is not None and not self.pressed and 0 < len(self.entries) <= self.low:
            self.pressed = True
            self.told("high")
        return envelope
