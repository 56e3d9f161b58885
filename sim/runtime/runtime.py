"""The runtime of one node: its actors, their mailboxes, and who lives on when one of them ends."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sim.hardware.task import Thread
from sim.runtime.actor_memory import ActorMemory
from sim.runtime.cache_lines import fetch
from sim.runtime.cell import RESTARTS, Cell, Restart
from sim.runtime.config import MailboxConfig, RuntimeConfig, Safeguard
from sim.runtime.envelope import Envelope
from sim.runtime.failure import SHUTDOWN, Rejected
from sim.runtime.future import Future
from sim.runtime.links import Links
from sim.runtime.lives import AGAIN, Lives
from sim.runtime.mailbox import Mailbox, MailboxWithInvertedWatermarks, MailboxWithoutBound
from sim.runtime.passing import Passing
from sim.runtime.reference import Reference
from sim.runtime.supervision import Supervision
from sim.runtime.transport.transport import TIMER, Transport

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node
    from sim.runtime.actor import Actor
    from sim.runtime.transport.messages import ActorSignal

WAKE: Final = "actor-wake"


class Runtime:
    """All actors of one node.

    `options` are what actors find as their `config`; `ablate` leaves out safeguards; `label` says how a payload is
    named in records, None: not at all.

    Records: `spawned` (actor, by), `stopped` (actor, reason), `failed` (actor, reason), `restarted-actor` (actor,
    lives), `gave-up` (restarts), `mailbox` (actor, depth, event: `high`, `low`, `full` or `over`, capacity),
    `dropped-message` (actor, reason, message), and at the end of an actor or of the run `actor-total` (actor, capacity,
    peak, taken: messages taken out of its mailbox, waited: nanoseconds that these were in it, blocked: nanoseconds that
    the actor waited for room elsewhere).
    """

    def __init__(
        self,
        node: Node,
        config: RuntimeConfig,
        options: Any = None,
        ablate: tuple[Safeguard, ...] = (),
        label: Callable[[Any], Any] | None = None,
    ) -> None:
        self.node = node
        self.config = config
        self.options = options
        self.costs = config.costs
        self.costed = False
        self.turn = config.turn
        self.closed = False
        self.cells: dict[str, Cell] = {}
        self.roots: dict[str, Cell] = {}
        self.supervision = Supervision(config.supervision)
        self.links = Links(self)
        self.lives = Lives(self)
        self.transport = Transport(self, config.transport, ablate)
        self.memory = ActorMemory(self)
        self.passing: Passing | None = None
        if config.capabilities is not None:
            self.passing = Passing(config.capabilities, node.id, lambda: node.now, config.costs.copy_time, node.record)
        self._label = label or (lambda payload: None)
        self._mailbox = _mailbox_class(ablate)
        self._names: dict[str, int] = {}
        self._questions: dict[int, Future] = {}
        self._asked = 0

    # Actors begin.

    def begin(self, first: Callable[[], object]) -> None:
        """Have a function spawn the first actors; none of them acts before all are there."""
        self.lives.turns.hold()
        first()
        self.lives.turns.go()

    def spawn(
        self,
        actor_class: type[Actor],
        *arguments: Any,
        name: str | None = None,
        restart: Restart = "transient",
        parent: Actor | None = None,
        mailbox: MailboxConfig | None = None,
    ) -> Reference:
        """Start an actor; without a `parent` it is one of the node's own, which the runtime supervises.

        `mailbox`: options of its mailbox; those of its class where it is None, or else those of the runtime.
        """
        assert isinstance(actor_class, type), (
            f"found an object of the class {type(actor_class).__name__} to spawn; expected a class, then its arguments"
        )
        assert restart in RESTARTS, f"found a restart {restart!r}; expected one of {', '.join(RESTARTS)}"
        if name is None:
            name = self._new_name(actor_class)
        assert name, "an actor without a name"
        assert name not in self.cells, f"node {self.node.id} has an actor {name!r} already"
        by = None if parent is None else parent._cell
        me = Reference(self.node.id, name)
        config = mailbox or actor_class.mailbox or self.config.mailbox
        box = self._mailbox(config, partial(self._crossed, name), self._now)
        box.reserved = self.transport.ahead_of(name)
        supervision = Supervision(actor_class.supervision or self.config.supervision)
        cell = Cell(me, actor_class, arguments, by, restart, box, supervision)
        self.cells[name] = cell
        (self.roots if by is None else by.children)[name] = cell
        self.node.record("spawned", actor=name, by=None if by is None else by.me.name)
        self.lives.begin(cell)
        return me

    def _now(self) -> int:
        return self.node.elapsed

    def _new_name(self, actor_class: type[Actor]) -> str:
        kind = actor_class.__name__.lower()
        while True:
            number = self._names[kind] = self._names.get(kind, 0) + 1
            if f"{kind}-{number}" not in self.cells:
                return f"{kind}-{number}"

    def stop(self, name: str) -> None:
        """Stop an actor of this node, and its children, for good; where one of them asks for it, when it has acted."""
        cell, processor = self.cells.get(name), self.node.processor
        acting = self.lives.turns.is_running or (processor is not None and processor.current is not None)
        if cell is not None and acting:
            kernel = self.node._kernel
            kernel.post(kernel.now, self._stop, cell)
        elif cell is not None:
            self._stop(cell)

    def _stop(self, cell: Cell) -> None:
        if not self.closed:
            self.lives.end(cell, SHUTDOWN)

    def close(self) -> None:
        """The node goes down: nothing here ever goes on."""
        self.closed = True
        for cell in self.cells.values():
            if cell.thread is not None:
                cell.thread.on_end = None
                cell.thread.cancel()

    # Messages.

    def cost_of_send(self, cell: Cell, to: Reference, envelope: Envelope) -> int:
        """Work of sending a message, in nanoseconds: it is put into a mailbox here, or copied for another node."""
        costs = self.costs
        if to.node == self.node.id:
            return costs.send + self.memory.prepare(envelope.size) + fetch(cell, self.cells.get(to.name))
        return costs.send + costs.copy_time(envelope.size)

    def cost_of_signal(self, cell: Cell, to: Reference) -> int:
        """Work of sending a signal, in nanoseconds."""
        return self.costs.signal + (fetch(cell, self.cells.get(to.name)) if to.node == self.node.id else 0)

    def deliver(self, cell: Cell, to: Reference, envelope: Envelope) -> bool | None:
        """Take a message from an actor of this node: whether it was taken, None: its sender is in line and waits."""
        if to.node != self.node.id:
            return self.transport.send(cell, to.node, to.name, envelope)
        target = self.cells.get(to.name)
        if target is None:
            self.lose(to.name, envelope, "no-actor")
            return False
        mailbox = target.mailbox
        if mailbox.is_open and not target.waiters and self.memory.hold(to.name, envelope):
            self._put(target, envelope)
            return True
        if mailbox.overflow != "back-pressure":
            return self._overflow(target, envelope)
        target.waiters.append((cell, envelope))
        cell.blocked_on = target.waiters
        target.held_back = True
        return None

    def _put(self, target: Cell, envelope: Envelope) -> None:
        if self.memory.is_too_large(envelope):
            self.lose(target.me.name, envelope, "too-large")
            return
        target.mailbox.put(envelope)
        target.told(envelope)

    def admit(self, target: Cell, envelope: Envelope) -> None:
        """Take a message from another node, for which there is room where anybody waits for room."""
        mailbox = target.mailbox
        if mailbox.overflow == "back-pressure" or (mailbox.room > 0 and self.memory.hold(target.me.name, envelope)):
            self._put(target, envelope)
        elif not self._overflow(target, envelope):
            told = Rejected(target.me, envelope.payload)
            refusal = Envelope(target.me, told, 0, self.node.elapsed, envelope.question)
            self.transport.signal(envelope.sender.node, "signal", envelope.sender.name, refusal)

    def _overflow(self, target: Cell, envelope: Envelope) -> bool:
        """Do what a full mailbox does that makes nobody wait; whether the sender is to think that it was taken."""
        policy, name, entries = target.mailbox.overflow, target.me.name, target.mailbox.entries
        has_room = target.mailbox.room > 0
        if policy == "drop-oldest" and entries:
            self.lose(name, entries.popleft(), "out-of-memory" if has_room else policy)
            if self.memory.hold(name, envelope):
                self._put(target, envelope)
                return True
        self.lose(name, envelope, "out-of-memory" if has_room else policy)
        return policy != "reject"

    def takes(self, to: Reference) -> bool:
        """Whether a message to that actor goes at once, and its sender need not wait."""
        if to.node != self.node.id:
            return self.transport.takes(to.node, to.name)
        target = self.cells.get(to.name)
        if target is None or target.mailbox.overflow != "back-pressure":
            return True
        return target.mailbox.is_open and not target.waiters

    def tell(self, name: str, payload: Any) -> bool:
        """Take a message from outside of the actors; one for which there is no room is dropped: False."""
        target = self.cells.get(name)
        envelope = Envelope(Reference(self.node.id, ""), payload, 0, self.node.elapsed)
        if target is not None and target.mailbox.room > 0:
            self._put(target, envelope)
            return True
        self.lose(name, envelope, "no-actor" if target is None else "full")
        return False

    def relieve(self, target: Cell) -> None:
        """Let those go on that wait for room in a mailbox: other nodes first, for what they send is yet to come."""
        target.held_back = False
        self.transport.relieve(target.me.name)
        waiters, mailbox = target.waiters, target.mailbox
        while waiters and mailbox.is_open and self.memory.hold(target.me.name, waiters[0][1], again=True):
            cell, envelope = waiters.popleft()
            cell.blocked_on = None
            self._put(target, envelope)
            cell.wake(True)
        target.held_back = target.held_back or bool(waiters)

    def lose(self, actor: str, envelope: Envelope, reason: str) -> None:
        """Record that a message reaches nobody; an answer to it is not to be awaited."""
        self.memory.release(envelope)
        self.node.record("dropped-message", actor=actor, reason=reason, message=self._label(envelope.payload))
        if envelope.question is not None and envelope.sender.node == self.node.id:
            self._fail_question(envelope.question)

    def _crossed(self, name: str, event: str) -> None:
        mailbox = self.cells[name].mailbox
        self.node.record("mailbox", actor=name, depth=len(mailbox), event=event, capacity=mailbox.capacity)

    def give_way(self, cell: Cell) -> None:
        """Let an actor that is about to wait go on at once, behind the others that are ready for its core."""
        thread, processor = cell.thread, self.node.processor
        assert isinstance(thread, Thread)
        assert processor is not None
        processor.kernel.post(processor.kernel.now, thread.wake, None)

    # Signals, questions and answers.

    def signal(self, to: Reference, envelope: Envelope) -> None:
        """Send a signal; to an actor that is not there it is lost, as in Erlang."""
        if to.node != self.node.id:
            return self.transport.signal(to.node, "signal", to.name, envelope)
        cell = self.cells.get(to.name)
        if cell is not None and cell.is_alive:
            cell.signals.append(envelope)
            cell.told(envelope)
        return None

    def take_signal(self, told: ActorSignal, sender: Reference) -> None:
        """Take a signal from another node, on which its sender is."""
        if isinstance(told.payload, Rejected):
            self._take_refusal(told, sender)
        elif told.kind in ("signal", "answer"):
            me = Reference(self.node.id, told.to)
            envelope = Envelope(sender, told.payload, 0, told.sent_at, told.question)
            (self.signal if told.kind == "signal" else self.answer)(me, envelope)
        else:
            self.links.take(told, sender)

    def _take_refusal(self, told: ActorSignal, sender: Reference) -> None:
        cell = self.cells.get(told.to)
        if told.question is not None:
            self._fail_question(told.question)
        elif cell is not None and cell.actor_class.hears_refusals:
            self.signal(cell.me, Envelope(sender, told.payload, 0, told.sent_at))

    def new_question(self) -> tuple[int, Future]:
        """A number that an answer is to name, and the future of that answer."""
        number, answer = self._asked, Future()
        self._asked += 1
        self._questions[number] = answer
        answer.when_settled(lambda _: self._questions.pop(number, None))
        return number, answer

    def answer(self, to: Reference, envelope: Envelope) -> None:
        """Give an answer to who asked; one that comes too late is lost."""
        if to.node != self.node.id:
            return self.transport.signal(to.node, "answer", to.name, envelope)
        if envelope.question is not None:
            answer = self._questions.get(envelope.question)
            if answer is not None:
                answer.settle(envelope.payload)
        return None

    def _fail_question(self, number: int) -> None:
        answer = self._questions.get(number)
        if answer is not None:
            answer.fail("not taken")

    # The node.

    def accept(self, message: Message) -> bool:
        """Take a message of the network; False where it is none of a runtime."""
        return self.transport.accept(message)

    def on_timer(self, name: Hashable) -> bool:
        """Take a timer; False where it is none of a runtime."""
        if not isinstance(name, tuple):
            return False
        sort = name[0]
        if sort is WAKE:
            self._timed_out(name[1])
        elif sort is AGAIN:
            self.lives.again(name[1])
        elif sort is TIMER:
            self.transport.on_timer(*name[1:])
        else:
            return False
        return True

    def set_timeout(self, cell: Cell, duration: int) -> None:
        """Have an actor that is about to wait go on after so many nanoseconds."""
        cell.timed = True
        self.node.set_timer((WAKE, cell.me.name), duration)

    def clear_timeout(self, cell: Cell) -> None:
        """Take that back, where it was asked for."""
        if cell.timed:
            cell.timed = False
            self.node.cancel_timer((WAKE, cell.me.name))

    def _timed_out(self, name: str) -> None:
        cell = self.cells.get(name)
        if cell is None:
            return
        cell.timed = False
        if cell.waits is not None:
            cell.leave_line()  # what finds room while it waits for its core is not to be for one that gave up
            cell.wake(None)

    def tell_total(self, cell: Cell) -> None:
        """Record what an actor came to, which has had anything to do."""
        box = cell.mailbox
        if box.peak or cell.blocked:
            self.node.record(
                "actor-total",
                actor=cell.me.name,
                capacity=box.capacity,
                peak=box.peak,
                taken=box.taken,
                waited=box.waited,
                blocked=cell.blocked,
            )

    def held(self) -> Iterator[Any]:
        """The payloads of all messages that are in the memory of this node, some of them twice."""
        for cell in self.cells.values():
            for envelope in cell.mailbox.entries:
                yield envelope.payload
            for _, envelope in cell.waiters:
                yield envelope.payload
            for busy_with in (cell.current, cell.sending):
                if busy_with is not None:
                    yield busy_with.payload
        for envelope in self.transport.held():
            yield envelope.payload


def _mailbox_class(ablate: tuple[Safeguard, ...]) -> type[Mailbox]:
    if "mailbox-bound" in ablate:
        return MailboxWithoutBound
    return MailboxWithInvertedWatermarks if "watermark-order" in ablate else Mailbox
