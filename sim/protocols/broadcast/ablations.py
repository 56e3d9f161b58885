"""Broadcasts with a safeguard removed, to show what each is good for, and that checks notice when it is missing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sim.protocols.broadcast.broadcast import Broadcast
from sim.runtime.broadcasts.order_buffer import OrderBuffer

if TYPE_CHECKING:
    from sim.protocols.broadcast.config import Safeguard


class WithoutOrderingBuffer(Broadcast):
    """Hands up what comes as it comes, whatever order was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.buffer = OrderBuffer(self.node.population)


class WithoutRepair(Broadcast):
    """Never compares what it holds with another: what is lost stays lost."""

    def _await_repair(self) -> None:
        """Wait for nothing."""


WITHOUT: Final[dict[Safeguard, type[Broadcast]]] = {
    "ordering-buffer": WithoutOrderingBuffer,
    "repair": WithoutRepair,
}


@cache
def without(whole: type[Broadcast], safeguards: tuple[Safeguard, ...]) -> type[Broadcast]:
    """A class of broadcasts without these safeguards, whose streams and messages are called as before."""
    ablated = [ablation for name, ablation in WITHOUT.items() if name in safeguards]
    return type(whole.__name__, (*ablated, whole), {})
