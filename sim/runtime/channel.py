"""Channels between the actors of a node (Hoare, "Communicating sequential processes", CACM 1978, as Go has them).

A channel holds at most `capacity` values. With capacity 0 nobody sends before somebody receives: they meet. Who cannot
go on waits in a queue, first come, first served. A closed channel takes no more, gives what it still holds, and then
says that it is at its end. Nothing here takes time: `sim.runtime.selecting` has actors wait for channels, at a cost.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sim.hardware.core import Core
    from sim.runtime.future import Future


class ChannelClosed(Exception):
    """Something was sent over a closed channel, or one was closed twice: the sender's mistake, of which its actor
    fails."""


class Chosen(NamedTuple):
    """What came of a choice among channels: which case, what was received, and whether the channel was open.

    `open` is False for a receipt at the end of a closed channel, and for sending over one that was closed meanwhile.
    """

    case: int
    value: Any
    open: bool


class _Waiting(NamedTuple):
    """An actor in a queue: what is settled when it goes on, the place of its case, and what it sends."""

    future: Future
    case: int
    value: Any


class Channel:
    """A channel. `sent` and `received` count the values that have gone in and out; `depth_peak` is the most it held."""

    __slots__ = (
        "_receivers",
        "_senders",
        "_values",
        "capacity",
        "closed",
        "depth_peak",
        "line",
        "name",
        "received",
        "sent",
    )

    def __init__(self, capacity: int = 0, name: str = "") -> None:
        assert capacity >= 0, f"a channel with a capacity of {capacity}"
        self.capacity = capacity
        self.name = name
        self.closed = False
        self.line: Core | None = None
        """The core that used it last."""
        self.sent = self.received = self.depth_peak = 0
        self._values: deque[Any] = deque()
        self._senders: deque[_Waiting] = deque()
        self._receivers: deque[_Waiting] = deque()

    def __len__(self) -> int:
        return len(self._values)

    @property
    def can_send(self) -> bool:
        """Whether sending goes on at once; over a closed channel it does, by failing."""
        return self.closed or len(self._values) < self.capacity or self._first(self._receivers) is not None

    @property
    def can_receive(self) -> bool:
        """Whether receiving goes on at once; from a closed channel it does, by its end."""
        return bool(self._values) or self.closed or self._first(self._senders) is not None

    def send(self, value: Any) -> None:
        """Send where that goes on at once; raises ChannelClosed."""
        if self.closed:
            raise ChannelClosed(f"sent over channel {self.name!r}, which is closed")
        self.sent += 1
        receiver = self._first(self._receivers)
        if receiver is not None:
            self._receivers.popleft()
            self.received += 1
            receiver.future.settle(Chosen(receiver.case, value, True))
            return
        assert len(self._values) < self.capacity, "sent over a channel that takes nothing now"
        self._values.append(value)
        self.depth_peak = max(self.depth_peak, len(self._values))

    def receive(self) -> tuple[Any, bool]:
        """Receive where that goes on at once: the value and True, or None and False at the end of a closed channel."""
        sender = self._first(self._senders)
        if self._values:
            value = self._values.popleft()
            if sender is not None:
                self._values.append(sender.value)
        elif sender is not None:
            value = sender.value
        else:
            assert self.closed, "received from a channel that gives nothing now"
            return None, False
        if sender is not None:
            self._senders.popleft()
            self.sent += 1
            sender.future.settle(Chosen(sender.case, None, True))
        self.received += 1
        return value, True

    def close(self) -> None:
        """Take no more; whoever waits to receive comes to the end, who waits to send fails. Raises ChannelClosed."""
        if self.closed:
            raise ChannelClosed(f"closed channel {self.name!r}, which is closed already")
        self.closed = True
        waiting = [*self._receivers, *self._senders]
        self._receivers.clear()
        self._senders.clear()
        for one in waiting:
            if one.future.pending:
                one.future.settle(Chosen(one.case, None, False))

    def wait_to_send(self, future: Future, case: int, value: Any) -> None:
        """Have the future settled once the value is sent."""
        assert not self.can_send or self._receivers[0].future is future, "it need not wait"
        self._senders.append(_Waiting(future, case, value))

    def wait_to_receive(self, future: Future, case: int) -> None:
        """Have the future settled with what is received."""
        assert not self.can_receive or self._senders[0].future is future, "it need not wait"
        self._receivers.append(_Waiting(future, case, None))

    def forget(self, future: Future) -> None:
        """Take whoever waits with this future out of the queues."""
        self._senders = deque(one for one in self._senders if one.future is not future)
        self._receivers = deque(one for one in self._receivers if one.future is not future)

    @property
    def waiting(self) -> tuple[int, int]:
        """How many wait to send, and to receive."""
        return tuple(sum(one.future.pending for one in queue) for queue in (self._senders, self._receivers))  # type: ignore[return-value]

    def _first(self, queue: deque[_Waiting]) -> _Waiting | None:
        """The first who still waits; those who went on by another case leave the queue."""
        while queue and not queue[0].future.pending:
            queue.popleft()
        return queue[0] if queue else None
