"""Twins: a second node under the identity of the first (Bano et al., "Twins: BFT systems made robust", OPODIS 2021).

Both run the protocol and send in the one name; what is sent to that name reaches both, or each hears a part of the
others.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.message import Message
    from sim.network.network import Network
    from sim.node import Node


class Twins:
    """Two nodes with one identity: the `first`, which was there before, and its `second`.

    `second_hears` tells whose messages reach the second alone, all others the first alone; None: both hear everyone.
    """

    def __init__(self, network: Network, first: Node, second: Node, second_hears: Callable[[int], bool] | None) -> None:
        self.first = first
        self.second = second
        self.heard_by_second = 0
        self._network = network
        self._second_hears = second_hears
        self._together = True
        self._earlier = network.redirect(first.id, self.accept)

    def accept(self, message: Message) -> None:
        """A message for the identity arrives."""
        if not self._together:
            return self.first.accept(message)
        if self._second_hears is None:
            twin = copy(message)
            self._network.duplicated += 1
            self.first.accept(message)
            self.heard_by_second += 1
            return self.second.accept(twin)
        if self._second_hears(message.source):
            self.heard_by_second += 1
            return self.second.accept(message)
        return self.first.accept(message)

    def part(self) -> None:
        """End the second; the first goes on as if it had always been alone."""
        self._together = False
        self._network.redirect(self.first.id, self._earlier)
        self.second.vanish()
