"""The lives of the actors of one node: how each begins, ends, and is started again by its supervisor."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sim.hardware.task import Thread
from sim.randomness import Stream, derive_seed
from sim.runtime.failure import NORMAL, SHUTDOWN, TOO_MANY_RESTARTS, ActorFailure, Stop
from sim.runtime.instant_thread import InstantThread, Turns
from sim.runtime.supervision import Supervision, is_started_again
from sim.storage import StorageError

if TYPE_CHECKING:
    from collections.abc import Generator

    from sim.runtime.actor import Actor
    from sim.runtime.cell import Cell
    from sim.runtime.runtime import Runtime

AGAIN: Final = "actor-again"
"""The timers of actors that wait to be started again."""


class Lives:
    """Begins and ends actors. Ends that follow from one another are settled one by one, not within each other."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.turns = Turns()
        self._seed: int | None = None
        self._ends: deque[tuple[Cell, str]] = deque()
        self._is_settling = False

    def begin(self, cell: Cell) -> None:
        """Have a new actor run in the cell, from the start."""
        if self._seed is None:
            self._seed = self._runtime.node.random.bits(64)
        cell.forget_life()
        cell.supervision.forget()
        cell.lives += 1
        runtime, name = self._runtime, cell.me.name
        actor = cell.actor_class.__new__(cell.actor_class)
        actor.runtime, actor.me, actor.config, actor._cell = runtime, cell.me, runtime.options, cell
        actor.__init__(*cell.arguments)  # type: ignore[misc]
        cell.actor = actor
        processor = self._runtime.node.processor
        thread: Thread | InstantThread
        if processor is not None and processor.lasting:
            self._runtime.costed = True
            thread = Thread(processor, self._life(actor), name)
        else:
            thread = InstantThread(self.turns, self._life(actor), name)
        cell.thread = thread
        thread.on_end = partial(self._ran_out, cell, thread)
        thread.start()

    def stream(self, name: str) -> Stream:
        """A stream of that name, of this life of the node."""
        assert self._seed is not None
        return Stream(derive_seed(self._seed, name))

    def _life(self, actor: Actor) -> Generator[Any, Any, str]:
        try:
            behaviour = actor.run()
            if behaviour is not None:  # one without any effect is over already
                yield from behaviour
        except ActorFailure as failure:
            return failure.reason
        except Stop:
            pass
        except StorageError as error:
            self._runtime.node.stop_by(error)
        return NORMAL

    def _ran_out(self, cell: Cell, thread: Thread | InstantThread, reason: str) -> None:
        if cell.thread is thread and not self._runtime.closed:
            self.end(cell, reason)

    def end(self, cell: Cell, reason: str) -> None:
        """An actor has ended for this reason, or is to: decide who goes on."""
        self._ends.append((cell, reason))
        if self._is_settling:
            return
        self._is_settling = True
        try:
            while self._ends:
                self._settle(*self._ends.popleft())
        finally:
            self._is_settling = False

    def _settle(self, cell: Cell, reason: str) -> None:
        runtime = self._runtime
        if runtime.cells.get(cell.me.name) is not cell or not (cell.is_alive or reason == SHUTDOWN):
            return
        self._close(cell, reason)
        siblings = runtime.roots if cell.parent is None else cell.parent.children
        supervision = runtime.supervision if cell.parent is None else cell.parent.supervision
        if reason == SHUTDOWN or not is_started_again(cell.restart, reason):
            self._remove(cell)
        elif supervision.allows(runtime.node.elapsed):
            self._start_again(cell, siblings, supervision)
        else:
            self._give_up(cell, siblings)

    def _close(self, cell: Cell, reason: str) -> None:
        """End the life of an actor, whose cell stays; its children end for good, the last ones first."""
        family, found = [], [cell]
        while found:
            member = found.pop()
            family.append(member)
            found.extend(reversed(member.children.values()))
        for member in reversed(family[1:]):
            self._end_life(member, SHUTDOWN)
            self._remove(member)
        self._end_life(cell, reason)

    def _end_life(self, cell: Cell, reason: str) -> None:
        thread, cell.thread = cell.thread, None
        node = self._runtime.node
        node.cancel_timer((AGAIN, cell.me.name))
        if thread is None:
            return
        thread.on_end = None
        thread.cancel()
        if reason != NORMAL and cell.current is not None:
            self._runtime.lose(cell.me.name, cell.current, "failed")
        unsent = cell.leave_line() or cell.sending
        if unsent is not None:
            self._runtime.lose(cell.me.name, unsent, "failed")
        cell.current = cell.sending = None
        cell.waits = None
        self._runtime.memory.forget(cell.me.name)
        self._runtime.clear_timeout(cell)
        if reason in (NORMAL, SHUTDOWN):
            node.record("stopped", actor=cell.me.name, reason=reason)
        else:
            node.record("failed", actor=cell.me.name, reason=reason)
        self._runtime.links.ended(cell, reason)

    def _remove(self, cell: Cell) -> None:
        """Forget an actor that is not started again; what waits for it reaches nobody."""
        runtime, name = self._runtime, cell.me.name
        if runtime.cells.pop(name, None) is None:
            return
        (runtime.roots if cell.parent is None else cell.parent.children).pop(name, None)
        runtime.tell_total(cell)
        for envelope in cell.mailbox.entries:
            runtime.lose(name, envelope, "no-actor")
        for waiter, envelope in cell.waiters:
            waiter.blocked_on = None
            runtime.lose(name, envelope, "no-actor")
            waiter.wake(False)
        runtime.transport.relieve(name)

    def _start_again(self, cell: Cell, siblings: dict[str, Cell], supervision: Supervision) -> None:
        names = supervision.affected(tuple(siblings), cell.me.name)
        for name in reversed(names):
            sibling = siblings[name]
            self._close(sibling, SHUTDOWN)
            if sibling.restart == "temporary":
                self._remove(sibling)
        for turn, name in enumerate(names):
            if name in siblings:
                wait = supervision.delay(self.stream(f"restarts/{name}/{siblings[name].lives}"), turn)
                if wait:
                    self._runtime.node.set_timer((AGAIN, name), wait)
                else:
                    self.again(name)

    def again(self, name: str) -> None:
        """Start an actor again, now."""
        cell = self._runtime.cells[name]
        self._runtime.node.record("restarted-actor", actor=name, lives=cell.lives + 1)
        self.begin(cell)

    def _give_up(self, cell: Cell, siblings: dict[str, Cell]) -> None:
        """Too many restarts: all children end, and their supervisor fails itself."""
        for sibling in tuple(siblings.values())[::-1]:
            self._close(sibling, SHUTDOWN)
            self._remove(sibling)
        if cell.parent is not None:
            self._ends.append((cell.parent, TOO_MANY_RESTARTS))
        else:
            self._runtime.node.record("gave-up", actor=cell.me.name)
