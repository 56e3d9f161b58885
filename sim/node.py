"""A node: a place in the topology with a life, a clock, memory that dies with it and storage that does not."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

from simpy.events import Event

from sim.clock import Clock
from sim.message import Message, RoutedMessage
from sim.network.link import Link
from sim.network.network import Network
from sim.node_life import DOWN, NodeLife
from sim.randomness import Stream
from sim.records import CRASHED, CUT, DELIVERED, MAILBOX_FULL, PAIR_SHIFT
from sim.storage import StorageError
from sim.units import SECOND, shown

if TYPE_CHECKING:
    from sim.protocol import Protocol

RECEIVE = object()
SLEEP = object()
"""Names of the timers behind `receive` and `sleep`, which no protocol can take by chance."""
OVERDUE = -1
"""The time of a timer that is due and waits for the core: no entry of the kernel has it."""


class Node(NodeLife):
    """What a protocol acts through. Public attributes are for protocols, the methods of its life for the simulation.

    `id`; `neighbors`, ascending; `population`, the number of nodes; `random`, the node's own stream for the protocol;
    `storage`, kept over crashes; `generation`, how often it has begun anew with nothing on its disk; `sent` and
    `forwarded`, messages that it sent and passed on; `dropped`, messages that reached it while it was down.
    """

    __slots__ = ("_extend", "_links", "forwarded", "neighbors", "population", "random", "sent")

    def __init__(
        self,
        number: int,
        network: Network,
        new_protocol: Callable[[Node], Protocol],
        random: Stream,
        clock: Clock | None,
    ) -> None:
        super().__init__(number, network, new_protocol, clock)
        self.neighbors: Sequence[int] = network.topology.neighbors[number]
        self.population = network.topology.nodes
        self.random = random
        self.sent = 0
        self.forwarded = 0
        self._extend = network.recorder.outcomes.extend
        self._links: dict[int, Link] = {}
        self.protocol = new_protocol(self)
        self._handle = self.protocol.on_message

    # What a protocol calls.

    @property
    def now(self) -> int:
        """The time on the node's own clock, in nanoseconds."""
        now = self._kernel._now
        return now if self.clock is None else self.clock.read(now)

    @property
    def elapsed(self) -> int:
        """Nanoseconds on a clock of the node that nobody sets: it drifts, but never jumps. For measuring how long."""
        now = self._kernel._now
        return now if self.clock is None else self.clock.elapsed(now)

    def send(self, destination: int, payload: Any, size: int = 0) -> None:
        """Send a payload; `size` in bytes matters where links have a bandwidth (0: the network's default)."""
        self.sent += 1
        link: Link | None
        try:
            link = self._links[destination]
        except KeyError:
            link = self._first_use(destination)
        try:
            kind = self._kinds[type(payload)]
        except KeyError:
            if self.life in DOWN:
                self.sent -= 1
                return None
            kind = self._network.recorder.new_kind(type(payload))
        now = self._kernel._now
        if link is None:
            code = (self.id * self.population + destination) << PAIR_SHIFT | kind
            return self._network.route(self.id, RoutedMessage(self.id, destination, payload, now, size, code))
        message = Message(self.id, destination, payload, now, size, link.code | kind)
        delay = link.delay
        if delay is None:
            return self._network.transmit_on(link, message)
        push = self._push
        push((now + link.base + delay(link), next(self._keys), link.receive, message))
        return None

    def broadcast(self, payload: Any, size: int = 0) -> None:
        """Send the payload to every neighbour, in ascending order."""
        for neighbor in self.neighbors:
            self.send(neighbor, payload, size)

    def set_timer(self, name: Hashable, delay: int) -> None:
        """Have `on_timer(name)` called after `delay` nanoseconds of local time; replaces the timer of that name."""
        assert isinstance(delay, int), f"a timer with a delay of {shown(delay)}; expected whole nanoseconds"
        assert delay >= 0, f"timer {name!r} with a negative delay of {delay} ns"
        if self.life in DOWN:
            return
        earlier = self._timers.get(name)
        if earlier is not None:
            self._kernel.cancel(earlier)
        if self.clock is not None:
            delay = self.clock.true_delay(delay)
        entry = (self._kernel._now + delay, next(self._keys), self._timer_due, name)
        self._timers[name] = entry
        self._push(entry)

    def cancel_timer(self, name: Hashable) -> None:
        """Take back the timer of that name, if one is set."""
        entry = self._timers.pop(name, None)
        if entry is not None:
            self._kernel.cancel(entry)
        elif self._overdue and name in self._overdue:
            self._overdue.remove(name)

    def record(self, kind: str, **fields: Any) -> None:
        """Put a state record into the run: what it says is what checkers and plots know."""
        if self.life not in DOWN:
            self._network.recorder.state(self._kernel._now, self.id, kind, fields)

    def reply(self, client: int, reply: Any) -> None:
        """Answer a client of the workload; nothing where there is none."""
        clients = self._network.clients
        if clients is not None and self.life not in DOWN:
            clients(self.id, reply)

    def receive(self, timeout: int | None = None) -> Event:
        """For protocols with `run`: an event that gives the next message, or None after `timeout` nanoseconds."""
        assert self._waiting is None, f"node {self.id} waits for a message already"
        event = self._kernel.event()
        if self.life in DOWN:
            return event
        if self.mailbox:
            return event.succeed(self.mailbox.popleft())
        self._waiting = event
        if timeout is not None:
            self.set_timer(RECEIVE, timeout)
        return event

    def sleep(self, delay: int) -> Event:
        """For protocols with `run`: an event after `delay` nanoseconds of the local clock."""
        event = self._kernel.event()
        self.set_timer((SLEEP, event), delay)
        return event

    def compute(
        self,
        work: int = 0,
        then: Callable[[Any], object] | None = None,
        argument: Any = None,
        *,
        cycles: int = 0,
        priority: int = 0,
    ) -> Event | None:
        """Have a core compute for `work` nanoseconds at full speed, or for so many cycles at its frequency.

        Then `then(argument)` is called; without it, gives an event for processes that comes at that time. On a node
        without cores computing takes no time. A crash takes it back.
        """
        assert isinstance(work, int), f"found work of {shown(work)}; expected whole nanoseconds"
        assert work >= 0, f"found work of {work} ns; expected 0 or more"
        if then is None:
            event = self._kernel.event()
            self.compute(work, event.succeed, argument, cycles=cycles, priority=priority)
            return event
        if self.life in DOWN:
            return None
        processor = self.processor
        if processor is None:
            done = self.sleep(0)
            assert done.callbacks is not None
            done.callbacks.append(lambda _: (then(argument), None)[1])
        else:
            if cycles:
                work += -(-cycles * SECOND // processor.frequency)
            processor.submit(then, argument, work, priority)
        return None

    # Arrivals and timers, called by the kernel.

    def _first_use(self, destination: int) -> Link | None:
        """The link to a neighbour, kept from now on; None for a node that is none."""
        if not 0 <= destination < self.population or destination == self.id:
            raise self._not_a_node(destination)
        link = self._network.link(self.id, destination)
        if link is not None:
            self._links[destination] = link
        return link

    def _not_a_node(self, destination: Any) -> ValueError:
        return ValueError(
            f"node {self.id} sends to {destination!r}: expected another node from 0 to {self.population - 1}"
        )

    def accept(self, message: Message) -> None:
        """A message for this node arrives."""
        if self.guarded:
            return self._accept_guarded(message)
        extend, handle = self._extend, self._handle
        extend((self._kernel._now, message.code))
        try:
            return handle(message)
        except StorageError as error:
            return self.stop_by(error)

    def _accept_guarded(self, message: Message) -> None:
        """The same while the node is not up, a partition may separate it, or rows about messages are kept."""
        down = self.life in DOWN or self.life == "restarting"
        if not down and self._network.separations and self._cut_off(message):
            return self._network.outcome(message, CUT, self.id)
        return self.admit(message)

    def admit(self, message: Message) -> None:
        """Take in a message that has reached this node, now or in a pause that is over: no partition stops it here."""
        network = self._network
        if self.life == "paused":
            assert self._inbox is not None
            self._inbox.append(message)
            return None
        if self.life in DOWN or self.life == "restarting":
            self.dropped += 1
            return network.outcome(message, CRASHED, self.id)
        if self.processor is not None:
            self.processor.submit(self._take, message, sort="message")
            return None
        return self._take(message)

    def _take(self, message: Message) -> None:
        network = self._network
        if message.destination != self.id:
            assert isinstance(message, RoutedMessage)
            self.forwarded += 1
            return network.route(self.id, message)
        if self.mailbox_capacity is not None and self.mailbox and len(self.mailbox) >= self.mailbox_capacity:
            return network.outcome(message, MAILBOX_FULL, self.id)
        network.outcome(message, DELIVERED, self.id)
        try:
            return self._handle(message)
        except StorageError as error:
            return self.stop_by(error)

    def _cut_off(self, message: Message) -> bool:
        """Whether a partition stops a message on its last hop as it arrives."""
        sender = message.via if isinstance(message, RoutedMessage) else message.source
        return self._network.cuts(sender, self.id)

    def forward(self, message: RoutedMessage) -> None:
        """A message for another node arrives on its way."""
        if self.guarded:
            return self._accept_guarded(message)
        self.forwarded += 1
        return self._network.route(self.id, message)

    def _timer_due(self, name: Hashable) -> None:
        if self.guarded and self._holds_back(name):
            return
        del self._timers[name]
        if (name.__class__ is tuple or name is RECEIVE) and self._wakes(name):
            return
        try:
            self.protocol.on_timer(name)
        except StorageError as error:
            self.stop_by(error)

    def _holds_back(self, name: Hashable) -> bool:
        """Whether a timer that is due waits: for the end of a pause, or for the core."""
        if self.life == "paused":
            assert self._overdue is not None
            del self._timers[name]
            self._overdue.append(name)
            return True
        if self.processor is not None:
            entry = self._timers[name] = (OVERDUE, 0, self._fire, name)
            self.processor.submit(self._fire, entry, sort="timer")
            return True
        return False

    def _fire(self, entry: tuple[int, int, Callable[..., None], Hashable]) -> None:
        """A timer that waited for the core has its turn, unless it was taken back or replaced."""
        name = entry[3]
        if self._timers.get(name) is not entry:
            return
        del self._timers[name]
        if self._wakes(name):
            return
        try:
            self.protocol.on_timer(name)
        except StorageError as error:
            self.stop_by(error)

    def _wakes(self, name: Any) -> bool:
        """Whether a timer is one of a protocol that runs as a process, which goes on with it."""
        if name is RECEIVE:
            event, self._waiting = self._waiting, None
            if event is not None:
                event.succeed(None)
            return True
        if name.__class__ is tuple and name and name[0] is SLEEP:
            name[1].succeed()
            return True
        return False

    def request(self, request: Any) -> bool:
        """The workload asks something; False when the node is not up."""
        if self.life != "up":
            return False
        if self.processor is not None:
            self.processor.submit(self._ask, request, sort="request")
        else:
            self._ask(request)
        return True

    def _ask(self, request: Any) -> None:
        try:
            self.protocol.on_request(request)
        except StorageError as error:
            self.stop_by(error)

    def _post(self, message: Message) -> None:
        """Put a message into the mailbox of a protocol that runs as a process."""
        event = self._waiting
        if event is not None:
            self._waiting = None
            self.cancel_timer(RECEIVE)
            event.succeed(message)
            return
        assert self.mailbox is not None
        self.mailbox.append(message)
