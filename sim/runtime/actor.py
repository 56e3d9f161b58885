"""Actors: agents that share nothing and act by messages (Hewitt, Bishop and Steiger, IJCAI 1973; Agha, 1986)."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from sim.hardware.task import WAIT, SystemCall
from sim.runtime.cache_lines import fetch
from sim.runtime.capabilities import Iso, Val
from sim.runtime.cell import BLOCKED, PARKED, RECEIVING, SLEEPING, Restart
from sim.runtime.envelope import Envelope
from sim.runtime.failure import Stop
from sim.runtime.future import Future
from sim.runtime.handing_over import pass_on
from sim.units import shown

if TYPE_CHECKING:
    from sim.randomness import Stream
    from sim.runtime.cell import Cell
    from sim.runtime.config import MailboxConfig, SupervisionConfig
    from sim.runtime.mailbox import Match
    from sim.runtime.reference import Reference
    from sim.runtime.runtime import Runtime

T = TypeVar("T")
Effect = Generator[Any, Any, T]
"""What is used with `yield from`, and gives a T."""


class Actor:
    """One agent; subclass it and define `run`, which uses the effects below with `yield from`.

    It runs as a thread on the cores of its node, each effect for the time that it costs, or in no time where the node
    has no cores. `run` comes to its end: the actor stops; it raises `ActorFailure`: the actor fails, and its
    supervisor, the actor that spawned it, starts it again as its options say. `runtime`, `me` and `config`,
    the options of the protocol, are set before `__init__` is called with the arguments of `spawn`, and that is before
    every start.

    `mailbox` and `supervision` are options of a class of actors, None: those of the runtime. `traps_exits`: an end of
    an actor that this one is linked to reaches it as a signal `Exit`, and does not end it. `hears_refusals`: that a
    mailbox on another node had no room for a message reaches it as a signal `Rejected`.
    """

    mailbox: MailboxConfig | None = None
    supervision: SupervisionConfig | None = None
    traps_exits: bool = False
    hears_refusals: bool = False

    runtime: Runtime
    me: Reference
    config: Any
    _cell: Cell

    def run(self) -> Effect[Any]:
        """The behaviour."""
        raise NotImplementedError

    @property
    def now(self) -> int:
        """The time on the clock of its node, in nanoseconds."""
        return self.runtime.node.now

    @property
    def elapsed(self) -> int:
        """The same on a clock that nobody sets, for measuring how long something takes."""
        return self.runtime.node.elapsed

    @property
    def random(self) -> Stream:
        """A random stream of its own, of this life."""
        cell = self._cell
        if cell.stream is None:
            cell.stream = self.runtime.lives.stream(f"{cell.me.name}/{cell.lives}")
        return cell.stream

    def record(self, kind: str, **fields: Any) -> None:
        """Put a state record into the run."""
        self.runtime.node.record(kind, **fields)

    # Messages.

    def receive(self, match: Match = None, timeout: int | None = None) -> Effect[Envelope | None]:
        """Take the first message that matches, when it comes; None after `timeout` nanoseconds, at once where it is 0.

        `match` is a class of payloads or a predicate of the envelope; messages that do not match stay. Signals come
        first.
        """
        cell, runtime = self._cell, self.runtime
        cell.current = None
        if cell.debt:
            debt, cell.debt = cell.debt, 0
            yield debt
        if cell.handled >= runtime.turn:
            cell.handled = 0
            runtime.give_way(cell)
            yield WAIT
        envelope = cell.next(match)
        if envelope is None:
            cell.handled = 0
            if timeout is not None:
                if timeout <= 0:
                    return None
                runtime.set_timeout(cell, timeout)
            cell.match = match
            while envelope is None:
                cell.waits = RECEIVING
                yield WAIT
                envelope = cell.next(match)
                if envelope is None and timeout is not None and not cell.timed:
                    return None
            runtime.clear_timeout(cell)
        reading = 0 if envelope.block is None else runtime.memory.received(envelope)
        if runtime.costed:
            cell.handled += 1
            cell.debt += (
                reading + fetch(cell, cell) + runtime.costs.receive + runtime.costs.scan * cell.mailbox.passed_over
            )
        if cell.held_back and cell.mailbox.is_open:
            runtime.relieve(cell)
        cell.current = envelope
        return envelope

    def send(self, to: Reference, payload: Any, size: int = 0, timeout: int | None = None) -> Effect[bool]:
        """Send a message of `size` bytes; waits where the mailbox, or the way to it, takes no more.

        Whether it was taken, as far as is known by then: not where there is no such actor on this node, its mailbox has
        no room and waits for none, or has none for `timeout` nanoseconds. A refusal by another node comes as a signal
        `Rejected` to those that hear of them.
        """
        return self._post(to, Envelope(self.me, payload, size, self.runtime.node.elapsed), timeout)

    def _post(self, to: Reference, envelope: Envelope, timeout: int | None = None) -> Effect[bool]:
        assert envelope.size >= 0, f"found a message of {envelope.size} bytes; expected 0 or more"
        cell, runtime = self._cell, self.runtime
        passing = pass_on(self, to, envelope)
        cell.sending = envelope
        yield cell.debt + passing + runtime.cost_of_send(cell, to, envelope) if runtime.costed else 0
        cell.debt, cell.sending = 0, None
        taken = runtime.deliver(cell, to, envelope)
        if taken is None:
            since = runtime.node.elapsed
            if timeout is not None:
                runtime.set_timeout(cell, timeout)
            cell.waits = BLOCKED
            taken = yield WAIT
            if taken is None:
                cell.leave_line()
                taken = False
            else:
                runtime.clear_timeout(cell)
            cell.blocked += runtime.node.elapsed - since
            cell.handled = 0
        return taken

    def signal(self, to: Reference, payload: Any) -> Effect[None]:
        """Send something small that never waits and goes ahead of messages."""
        cell, runtime = self._cell, self.runtime
        envelope = Envelope(self.me, payload, 0, runtime.node.elapsed)
        passing = pass_on(self, to, envelope)
        yield cell.debt + passing + runtime.cost_of_signal(cell, to) if runtime.costed else 0
        cell.debt = 0
        envelope.sent_at = runtime.node.elapsed
        runtime.signal(to, envelope)

    # What payloads may be done with.

    def iso(self, value: Any) -> Iso:
        """Wrap an object that may change and that nothing else refers to, so that it can be sent without a copy."""
        passing, name = self.runtime.passing, str(self.me)
        return Iso(value, name, checked=False) if passing is None else passing.iso(value, name)

    def val(self, value: Any) -> Val:
        """Wrap an object that nobody can change, so that it can be shared; raises CapabilityError where one can."""
        passing, name = self.runtime.passing, str(self.me)
        if passing is None:
            return Val(value, name, checked=False)
        made, work = passing.val(value, name)
        if self.runtime.costed:
            self._cell.debt += work
        return made

    # Questions and answers.

    def request(self, to: Reference, payload: Any, size: int = 0, timeout: int | None = None) -> Effect[Future]:
        """Send a message that is to be answered by `reply`; gives the future of the answer.

        It fails where the message is not taken, or not within `timeout` nanoseconds.
        """
        runtime = self.runtime
        number, answer = runtime.new_question()
        envelope = Envelope(self.me, payload, size, runtime.node.elapsed, number)
        taken = yield from self._post(to, envelope, timeout)
        if not taken:
            answer.fail("not taken")
        return answer

    def ask(self, to: Reference, payload: Any, size: int = 0, timeout: int | None = None) -> Effect[Any]:
        """Send a message and wait for its answer; None where none came within `timeout` nanoseconds, or none will."""
        since = self.runtime.node.elapsed
        answer = yield from self.request(to, payload, size, timeout)
        left = None if timeout is None else timeout - (self.runtime.node.elapsed - since)
        if answer.pending and (left is None or left > 0):
            answer.when_settled(self.unpark)
            yield from self.park(left)
            answer.forget(self.unpark)
        answer.cancel()
        return answer.value

    def reply(self, envelope: Envelope, payload: Any, size: int = 0) -> Effect[None]:
        """Answer a message that was sent by `request` or `ask`; it never waits, for the one who asked does."""
        assert envelope.question is not None, "nobody waits for an answer to this message"
        cell, runtime = self._cell, self.runtime
        answer = Envelope(self.me, payload, size, runtime.node.elapsed, envelope.question)
        passing = pass_on(self, envelope.sender, answer)
        yield cell.debt + passing + runtime.cost_of_send(cell, envelope.sender, answer) if runtime.costed else 0
        cell.debt = 0
        runtime.answer(envelope.sender, answer)

    # Time.

    def compute(self, work: int) -> Effect[None]:
        """Be busy with so many nanoseconds of work at full speed."""
        assert isinstance(work, int), f"found work of {shown(work)}; expected whole nanoseconds"
        assert work >= 0, f"found work of {work} ns; expected 0 or more"
        cell = self._cell
        if self.runtime.costed:
            work += cell.debt
            cell.debt = 0
            yield work
        else:
            yield 0

    def sleep(self, duration: int) -> Effect[None]:
        """Do nothing for so many nanoseconds on the clock of its node."""
        cell = self._cell
        if cell.debt:
            debt, cell.debt = cell.debt, 0
            yield debt
        self.runtime.set_timeout(cell, duration)
        cell.waits = SLEEPING
        yield WAIT
        cell.handled = 0

    def block(self, duration: int) -> Effect[None]:
        """Be in a call of the operating system for so many nanoseconds, such as one that waits for a disk.

        The scheduler of the cores decides what becomes of the core meanwhile.
        """
        cell = self._cell
        if not self.runtime.costed:
            yield from self.sleep(duration)
            return
        debt, cell.debt = cell.debt, 0
        yield debt
        yield SystemCall(duration)
        cell.handled = 0

    def park(self, timeout: int | None = None) -> Effect[Any]:
        """Wait until `unpark(value)` is called, which this gives; None after `timeout` nanoseconds.

        For those who write further ways of waiting: what parks an actor must see to it that somebody unparks it.
        """
        cell, runtime = self._cell, self.runtime
        if cell.debt:
            debt, cell.debt = cell.debt, 0
            yield debt
        if timeout is not None:
            runtime.set_timeout(cell, timeout)
        cell.waits = PARKED
        value = yield WAIT
        runtime.clear_timeout(cell)
        return value

    def unpark(self, value: Any = None) -> bool:
        """Have the actor go on where it is parked; False where it is not."""
        cell = self._cell
        if cell.actor is not self or cell.waits is not PARKED:
            return False
        cell.wake(value)
        return True

    # Other actors.

    def spawn(
        self,
        actor_class: type[Actor],
        *arguments: Any,
        name: str | None = None,
        restart: Restart = "transient",
        mailbox: MailboxConfig | None = None,
    ) -> Effect[Reference]:
        """Start an actor on this node, as a child that this one supervises.

        `restart`: it is started again always (`permanent`), when it fails (`transient`), or never (`temporary`).
        `mailbox`: options of its mailbox, before those of its class.
        """
        cell, runtime = self._cell, self.runtime
        yield cell.debt + runtime.costs.spawn if runtime.costed else 0
        cell.debt = 0
        return runtime.spawn(actor_class, *arguments, name=name, restart=restart, parent=self, mailbox=mailbox)

    def link(self, to: Reference) -> Effect[None]:
        """Share the fate of another actor: when one of the two fails, so does the other."""
        yield from self._tell_runtime()
        self.runtime.links.link(self._cell, to)
        if self._cell.actor is not self or not self._cell.is_alive:  # the other is not there, and so it has ended too
            raise Stop

    def monitor(self, to: Reference) -> Effect[None]:
        """Be told by a signal `Down` when another actor ends, or its node is not heard any more."""
        yield from self._tell_runtime()
        self.runtime.links.monitor(self._cell, to)

    def _tell_runtime(self) -> Effect[None]:
        cell, runtime = self._cell, self.runtime
        yield cell.debt + runtime.costs.signal if runtime.costed else 0
        cell.debt = 0

    def stop(self) -> NoReturn:
        """End here, as if `run` had come to its end; used without `yield from`, or with it."""
        raise Stop
