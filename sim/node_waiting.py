"""A node whose process waits in its writes: what a handler does after a slow write happens when the write is over."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from sim.node import Node

if TYPE_CHECKING:
    from sim.hardware.processor import Processor


class WaitingNode(Node):
    """A single-threaded process: while it waits for its disk, nothing of it goes on, and what comes to it waits.

    A handler itself runs through at one instant of the simulation. What the protocol sends, sets and records after a
    slow write is put off to the end of that write, and its clock reads the time of that end; a crash before it takes
    all of that back.
    """

    __slots__ = ()
    plain: ClassVar[type[Node]]

    @property
    def _cores(self) -> Processor:
        return self.own_processor()

    @property
    def now(self) -> int:
        """The time on the node's own clock, in nanoseconds, when the writes so far are over."""
        now = self._kernel._now + self._cores.held_up_for
        return now if self.clock is None else self.clock.read(now)

    @property
    def elapsed(self) -> int:
        """Nanoseconds on a clock of the node that nobody sets, when the writes so far are over."""
        now = self._kernel._now + self._cores.held_up_for
        return now if self.clock is None else self.clock.elapsed(now)

    def send(self, destination: int, payload: Any, size: int = 0) -> None:
        """Send a payload, once the writes so far are over."""
        send = super().send
        if self._cores.is_held_up:
            self._cores.put_off(partial(send, destination, payload, size))
        else:
            send(destination, payload, size)

    def set_timer(self, name: Hashable, delay: int) -> None:
        """Set a timer, once the writes so far are over."""
        set_timer = super().set_timer
        if self._cores.is_held_up:
            self._cores.put_off(partial(set_timer, name, delay))
        else:
            set_timer(name, delay)

    def cancel_timer(self, name: Hashable) -> None:
        """Take back a timer, once the writes so far are over."""
        cancel_timer = super().cancel_timer
        if self._cores.is_held_up:
            self._cores.put_off(partial(cancel_timer, name))
        else:
            cancel_timer(name)

    def reply(self, client: int, reply: Any) -> None:
        """Answer a client, once the writes so far are over."""
        answer = super().reply
        if self._cores.is_held_up:
            self._cores.put_off(partial(answer, client, reply))
        else:
            answer(client, reply)

    def record(self, kind: str, **fields: Any) -> None:
        """Put a state record into the run, once the writes so far are over."""
        record = super().record
        if self._cores.is_held_up:
            self._cores.put_off(partial(record, kind, **fields))
        else:
            record(kind, **fields)

    def release_processor(self) -> None:
        """Do without cores, and be the plain kind of node again, where it makes no difference any more."""
        slow = self.disk is not None and any(behaviour.takes_time for behaviour in self.disk.behaviours)
        if not slow and not self._cores.is_held_up:
            self.__class__ = type(self).plain  # type: ignore[assignment]
        Node.release_processor(self)


_KINDS: dict[type[Node], type[WaitingNode]] = {}


def _waiting(plain: type[Node]) -> type[WaitingNode]:
    """The kind of node that waits in its writes and is otherwise of this kind; of the same layout."""
    if plain not in _KINDS:
        _KINDS[plain] = type(f"Waiting{plain.__name__}", (WaitingNode, plain), {"__slots__": (), "plain": plain})
    return _KINDS[plain]


def have_wait(node: Node) -> Processor:
    """Have a node wait in its writes from now on; gives the processor that is held up by them."""
    processor = node.own_processor()
    if not isinstance(node, WaitingNode):
        node.__class__ = _waiting(type(node))
    return processor
