"""Who has which role now, from the records of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.records import Record
    from sim.simulation import Simulation


class RoleTracker:
    """Follows the roles of all nodes from the records that the protocol declares."""

    def __init__(self, simulation: Simulation) -> None:
        roles = simulation.protocol.roles
        assert roles is not None, "checked when the fault was armed"
        self._declared = roles
        self._nodes = simulation.nodes
        self._role = [roles.initial] * len(simulation.nodes)
        self._since = [0] * len(simulation.nodes)
        self._changes = 0
        simulation.recorder.observe(sorted({*roles.kinds, "crashed", "left", "disk-lost"}), self._observe)

    def _observe(self, record: Record) -> None:
        node, declared = record.node, self._declared
        if node is None:
            return
        if record.kind in ("left", "disk-lost"):
            role = declared.initial
        elif record.kind == "crashed":
            role = declared.after_crash.get(self._role[node], declared.initial)
        elif record.kind == declared.record:
            role = str(record.fields[declared.field])
        else:
            role = declared.becomes[record.kind]
        self._changes += 1
        self._role[node], self._since[node] = role, self._changes

    def having(self, role: str) -> tuple[int, ...]:
        """The nodes that are up and have the role, ascending."""
        return tuple(node.id for node in self._nodes if node.life == "up" and self._role[node.id] == role)

    def latest(self, role: str) -> tuple[int, ...]:
        """The node that is up and has taken the role last; empty where there is none."""
        holders = self.having(role)
        return (max(holders, key=lambda node: self._since[node]),) if holders else ()
