"""What faults of storage share: something between a node's storage and its medium while they last."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from faults.fault import LastingFault
from faults.node.node_fault import NodeFault
from sim.disk import DiskBehaviour, Values

if TYPE_CHECKING:
    from faults.strike import Strike
    from sim.node import Node


class FaultyDisk(DiskBehaviour):
    """Base of what a fault does to one disk. `touched` counts the reads and writes that it did something to."""

    touched = 0

    def healed(self, values: Values) -> None:
        """The disk is repaired."""


class StorageFault(LastingFault, NodeFault):
    """Base of faults of the storage of nodes, which act also while their node is down. Subclasses give `behaviour`.

    `state` of a strike maps nodes to what stands between; `touched` counts reads and writes.
    """

    layer: ClassVar[str] = "storage"

    def changeable(self, node: Node) -> bool:
        """Whether the node has a disk."""
        return node.life != "absent"

    def begin(self, strike: Strike) -> None:
        """Make the disks faulty."""
        strike.state = {}
        super().begin(strike)

    def hit(self, strike: Strike, node: int) -> bool:
        """Make one disk faulty."""
        target = strike.simulation.nodes[node]
        strike.state[node] = faulty = self.behaviour(strike, target)
        target.own_disk().add(faulty)
        return True

    def mend(self, strike: Strike, node: int) -> bool:
        """Repair one disk."""
        if node not in strike.state:
            return False
        target = strike.simulation.nodes[node]
        faulty: FaultyDisk = strike.state.pop(node)
        target.own_disk().remove(faulty)
        faulty.healed(target.storage.medium)
        target.release_disk()
        self.mended(target)
        strike.touched += faulty.touched
        return True

    def mended(self, node: Node) -> None:
        """Put right what else was changed on a node whose disk is repaired."""

    def count(self, strike: Strike) -> None:
        """Take in what was touched on the disks that are still faulty."""
        strike.touched += sum([faulty.touched for faulty in strike.state.values()])

    def behaviour(self, strike: Strike, node: Node) -> FaultyDisk:
        """What the fault does to the disk of a node."""
        raise NotImplementedError
