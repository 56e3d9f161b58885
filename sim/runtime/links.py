"""Links and monitors: how the end of one actor reaches others (Erlang reference manual, "Processes": links, monitors).

A link goes both ways: when one of the two fails, a signal ends the other, unless it traps exits and only hears of it.
A monitor goes one way, and only tells. Between nodes both are signals of the runtimes; a node that is silent for too
long, or that is back in another life, counts as the end of all its actors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.runtime.envelope import Envelope
from sim.runtime.failure import NO_ACTOR, NODE_DOWN, NORMAL, Down, Exit

if TYPE_CHECKING:
    from sim.runtime.cell import Cell
    from sim.runtime.reference import Reference
    from sim.runtime.runtime import Runtime
    from sim.runtime.transport.messages import ActorSignal


class Links:
    """The links and monitors of the actors of one node."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def _cell(self, actor: Reference) -> Cell | None:
        """The actor, where it lives on this node and runs."""
        cell = self._runtime.cells.get(actor.name)
        return cell if cell is not None and cell.is_alive else None

    def _is_here(self, actor: Reference) -> bool:
        return actor.node == self._runtime.node.id

    def _tell(self, kind: str, to: Reference, about: Reference, reason: str = "") -> None:
        envelope = Envelope(about, reason, 0, self._runtime.node.elapsed)
        self._runtime.transport.signal(to.node, kind, to.name, envelope)

    # What actors ask for.

    def link(self, cell: Cell, to: Reference) -> None:
        """Link an actor of this node with another."""
        if to == cell.me:
            return None
        cell.links[to] = None
        if not self._is_here(to):
            self._tell("link", to, cell.me)
            return self._runtime.transport.watch(to.node)
        other = self._cell(to)
        if other is None:
            return self.exit(cell, to, NO_ACTOR)
        other.links[cell.me] = None
        return None

    def monitor(self, cell: Cell, to: Reference) -> None:
        """Have an actor of this node told when another ends."""
        cell.watching[to] = None
        if not self._is_here(to):
            self._tell("monitor", to, cell.me)
            return self._runtime.transport.watch(to.node)
        other = self._cell(to)
        if other is None:
            return self.down(cell, to, NO_ACTOR)
        other.monitors[cell.me] = None
        return None

    # What other runtimes say.

    def take(self, told: ActorSignal, sender: Reference) -> None:
        """Take a signal about a link or a monitor."""
        cell = self._runtime.cells.get(told.to)
        alive = cell is not None and cell.is_alive
        if told.kind in ("exit", "down"):
            if alive:
                assert cell is not None
                (self.exit if told.kind == "exit" else self.down)(cell, sender, str(told.payload))
        elif told.kind == "forget":
            if cell is not None:
                cell.monitors.pop(sender, None)
        elif not alive:
            here = type(sender)(self._runtime.node.id, told.to)
            self._tell("exit" if told.kind == "link" else "down", sender, here, NO_ACTOR)
        else:
            assert cell is not None
            (cell.links if told.kind == "link" else cell.monitors)[sender] = None
            self._runtime.transport.watch(sender.node)

    # Ends.

    def exit(self, cell: Cell, ended: Reference, reason: str) -> None:
        """An actor that this one is linked to has ended."""
        if ended not in cell.links:
            return
        del cell.links[ended]
        assert cell.actor is not None
        if cell.actor.traps_exits:
            self._hear(cell, Exit(ended, reason))
        elif reason != NORMAL:
            self._runtime.lives.end(cell, reason)

    def down(self, cell: Cell, ended: Reference, reason: str) -> None:
        """An actor that this one monitors has ended."""
        if ended in cell.watching:
            del cell.watching[ended]
            self._hear(cell, Down(ended, reason))

    def _hear(self, cell: Cell, payload: Any) -> None:
        envelope = Envelope(payload.actor, payload, 0, self._runtime.node.elapsed)
        cell.signals.append(envelope)
        cell.told(envelope)

    def ended(self, cell: Cell, reason: str) -> None:
        """An actor of this node has ended: tell those that are to know."""
        links, monitors, watching, me = cell.links, cell.monitors, cell.watching, cell.me
        cell.links, cell.monitors, cell.watching = {}, {}, {}
        for other in links:
            if not self._is_here(other):
                self._tell("exit", other, me, reason)
            elif (linked := self._cell(other)) is not None:
                self.exit(linked, me, reason)
        for other in monitors:
            if not self._is_here(other):
                self._tell("down", other, me, reason)
            elif (watcher := self._cell(other)) is not None:
                self.down(watcher, me, reason)
        for other in watching:
            if not self._is_here(other):
                self._tell("forget", other, me)
            elif (watched := self._cell(other)) is not None:
                watched.monitors.pop(me, None)

    # Other nodes.

    def watches(self, node: int) -> bool:
        """Whether any actor here is linked with, monitors or is monitored by one of that node."""
        return any(
            other.node == node
            for cell in self._runtime.cells.values()
            for others in (cell.links, cell.watching, cell.monitors)
            for other in others
        )

    def node_down(self, node: int) -> None:
        """All actors of that node have ended, as far as anybody here can know."""
        for cell in tuple(self._runtime.cells.values()):
            for other in [other for other in cell.monitors if other.node == node]:
                del cell.monitors[other]
            for other in [other for other in cell.watching if other.node == node]:
                self.down(cell, other, NODE_DOWN)
            for other in [other for other in cell.links if other.node == node]:
                self.exit(cell, other, NODE_DOWN)
