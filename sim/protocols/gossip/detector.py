"""A local convergence detector: a node's own guess whether all nodes agree, from what it hears alone.

It can be wrong both ways, and no local rule can be right always; how often it is wrong is measured from the records.
*Quiet*: nothing new for so many periods of the own clock. *Equal digests*: so many digests in a row that were equal to
the own state. A node that knows nothing believes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.node import Node
    from sim.protocols.gossip.config import GossipConfig


class Detector:
    """Counts signs of convergence and records `believes` when the guess changes."""

    __slots__ = ("_by_digests", "_converged", "_enough", "_fresh", "_signs")

    def __init__(self, config: GossipConfig) -> None:
        self._by_digests = config.detector == "equal-digests"
        self._enough = config.detector_periods
        self._signs = 0
        self._fresh = False
        self._converged = False

    def news(self, node: Node) -> None:
        """The node learned something, or heard of a difference."""
        self._signs, self._fresh = 0, True
        self._believe(node, False)

    def period(self, node: Node, knows: bool) -> None:
        """A period of the node's clock has gone by; the one in which news came is none without news."""
        if not self._by_digests and knows and not self._fresh:
            self._sign(node)
        self._fresh = False

    def compared(self, node: Node, equal: bool) -> None:
        """The node compared its state with another's."""
        if self._by_digests:
            if equal:
                self._sign(node)
            else:
                self.news(node)

    def _sign(self, node: Node) -> None:
        self._signs += 1
        if self._signs >= self._enough:
            self._believe(node, True)

    def _believe(self, node: Node, converged: bool) -> None:
        if converged != self._converged:
            self._converged = converged
            node.record("believes", converged=converged)
