"""The life of a node: it starts, crashes and restarts, pauses and resumes, leaves and joins."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from sim.hardware.machine import Machine
from sim.records import CRASHED
from sim.storage import StorageError

if TYPE_CHECKING:
    from simpy.events import Event, Process

    from sim.clock import Clock
    from sim.hardware.processor import Processor
    from sim.hardware.task import Task
    from sim.message import Message
    from sim.network.network import Network
    from sim.protocol import Protocol

Life = Literal["starting", "up", "paused", "crashed", "restarting", "absent"]
DOWN: Final = ("crashed", "absent")
"""Lives in which a node runs nothing, and sends and hears nothing."""
LIFE_RECORDS: Final = (
    "crashed",
    "restarted",
    "paused",
    "resumed",
    "left",
    "joined",
    "disk-lost",
    "storage-failed",
)
"""Kinds of the records that nodes make of their lives."""


class NodeLife(Machine):
    """What happens to a node as a whole. Each method tells whether it had an effect."""

    __slots__ = (
        "_handle",
        "_inbox",
        "_kinds",
        "_network",
        "_new_protocol",
        "_overdue",
        "_process",
        "_starts_anew",
        "_waiting",
        "dropped",
        "generation",
        "guarded",
        "id",
        "life",
        "mailbox",
        "mailbox_capacity",
        "protocol",
    )

    _handle: Callable[[Message], None]
    protocol: Protocol

    def __init__(
        self, number: int, network: Network, new_protocol: Callable[[Any], Protocol], clock: Clock | None
    ) -> None:
        super().__init__(network.kernel, clock)
        self.id = number
        self.dropped = 0
        self.generation = 0
        self.life: Life = "starting"
        self.guarded = network.recorder.keeps_messages
        self.mailbox: deque[Message] | None = None
        self.mailbox_capacity: int | None = None
        self._new_protocol = new_protocol
        self._network = network
        self._kinds = network.recorder.kinds
        self._inbox: list[Message] | None = None
        self._overdue: list[Hashable] | None = None
        self._process: Process | None = None
        self._waiting: Event | None = None
        self._starts_anew = False

    def admit(self, message: Message) -> None:
        """Take in a message that has reached this node."""
        raise NotImplementedError

    def _post(self, message: Message) -> None:
        raise NotImplementedError

    def start(self, _: None = None) -> None:
        """Begin to run for the first time; a node that is absent from the start only says so."""
        if self.life == "absent":
            self._record_life("left")
        if self.life != "starting":
            return
        self._come_up()
        try:
            self.protocol.on_start()
        except StorageError as error:
            self.stop_by(error)

    def _come_up(self) -> None:
        self.life = "up"
        if self.processor is not None:
            self.processor.describe()
        self._kinds = self._network.recorder.kinds
        self.refresh_guard()
        run = self.protocol.run
        if run is None:
            self._handle = self.protocol.on_message
        else:
            self.mailbox = deque()
            self._handle = self._post
            self._process = self._kernel.process(_run(self, run()))

    def refresh_guard(self) -> None:
        """Decide again whether an arrival needs more than to be counted and handed to the protocol."""
        network = self._network
        self.guarded = (
            self.life != "up"
            or network.recorder.keeps_messages
            or bool(network.separations)
            or self.mailbox_capacity is not None
            or self.processor is not None
        )

    def crash(self) -> bool:
        """Lose memory, timers and waiting messages; what arrives is dropped. False when it was down already.

        What is on its way stays so: it arrives where the node is up again by then, and what the node sent goes on. A
        handler that runs meanwhile comes to its end, but what it still sends, sets or records is lost.
        """
        if self.life in DOWN:
            return False
        self._go_down("crashed", "crashed")
        return True

    def _go_down(self, life: Life, record: str | None) -> None:
        for entry in self._timers.values():
            self._kernel.cancel(entry)
        self._timers.clear()
        if self.disk is not None and self._storage is not None:
            self._storage.crash()
        waiting = self._clear_cores() + (self._inbox or [])
        self._inbox = self._overdue = None
        self.life, self.guarded, self.mailbox = life, True, None
        self._kinds = {}  # so that sending, the hot path, finds out without asking
        self._end_process()
        if self.memory is not None:
            self.memory = self.memory.anew()
        if record is not None:
            self._record_life(record)
        held = self.protocol.on_down()
        if held is not None and record is not None:
            self._network.recorder.state(self._kernel._now, self.id, "held", dict(held))
        self.dropped += len(waiting)
        for message in waiting:
            self._network.outcome(message, CRASHED, self.id)

    def start_as_twin(self, values: Mapping[str, Any]) -> None:
        """Begin to run with this on stable storage, unnoticed: the records of this node's life are another's."""
        self.storage.update(values)
        self._come_up()
        try:
            if values:
                self.protocol.on_restart()
            else:
                self.protocol.on_start()
        except StorageError:
            self.vanish()

    def vanish(self) -> None:
        """Stop for good, unnoticed."""
        if self.life not in DOWN:
            self._go_down("absent", None)

    def stop_by(self, error: StorageError) -> None:
        """Crash because the protocol did not catch an error of its storage (fail-stop)."""
        if self.life not in DOWN:
            fields = {"operation": error.operation, "key": error.key, "reason": error.reason}
            self._network.recorder.state(self._kernel._now, self.id, "storage-failed", fields)
            self.crash()

    def lose_disk(self) -> None:
        """Lose what is on stable storage; for a node that is down."""
        assert self.life in DOWN, f"node {self.id} loses its disk while it is {self.life}"
        self._lose_storage()
        self._starts_anew = True
        self._record_life("disk-lost")

    def find_disk(self, values: Mapping[str, Any]) -> None:
        """Find these values on stable storage when it restarts; for a node that is down."""
        assert self.life in DOWN, f"node {self.id} finds another disk while it is {self.life}"
        self.storage.medium.update(values)
        self._starts_anew = not values

    def leave(self) -> bool:
        """Leave the system with memory and disk lost; what arrives is dropped. False when it was absent already."""
        if self.life == "absent":
            return False
        self._lose_storage()
        self._go_down("absent", "left")
        return True

    def stay_out(self) -> None:
        """Be absent from the start, before anything runs."""
        assert self.life in ("starting", "absent"), f"node {self.id} stays out while it is {self.life}"
        self.life, self.guarded, self._kinds = "absent", True, {}

    def join(self) -> bool:
        """Run as a new node, with nothing in memory or on disk. False when it was not absent."""
        if self.life != "absent":
            return False
        self._lose_storage()  # a handler in which it left may have written on
        return self._run_anew("joined", first=True)

    def _end_process(self) -> None:
        process, self._process, self._waiting = self._process, None, None
        if process is not None and process is self._kernel.active_process:  # it can be closed once it waits
            self._kernel.post(self._kernel._now, _close, process)
        elif process is not None:
            _close(process)

    def _record_life(self, kind: str) -> None:
        """Record a change of life that is complete, so that whoever is told may bring about the next."""
        self._network.recorder.state(self._kernel._now, self.id, kind, {})

    def restart(self) -> bool:
        """Run again after a crash, with new memory and the old storage. False when it was not down.

        A node that has lost its disk meanwhile starts as a new one does.
        """
        if self.life != "crashed":
            return False
        first, self._starts_anew = self._starts_anew, False
        return self._run_anew("restarted", first)

    def _run_anew(self, record: str, first: bool) -> bool:
        self.life = "restarting"
        self.generation += first
        try:
            self.protocol = self._new_protocol(self)
            self._record_life(record)
            if self.life != "restarting":
                return True
            self._come_up()
            if first:
                self.protocol.on_start()
            else:
                self.protocol.on_restart()
        except StorageError as error:
            self.stop_by(error)
        return True

    def pause(self) -> bool:
        """Stop the node as a whole; messages and timers wait for it. False when it was not up."""
        if self.life != "up":
            return False
        self.life, self.guarded = "paused", True
        self._inbox, self._overdue = [], []
        if self.processor is not None:
            self.processor.stop()
        self._record_life("paused")
        return True

    def resume(self) -> bool:
        """Go on after a pause: first the timers that came due, then the messages that came. False when not paused."""
        if self.life != "paused":
            return False
        inbox, overdue = self._inbox, self._overdue
        assert inbox is not None
        assert overdue is not None
        self._inbox = self._overdue = None
        self.life = "up"
        self.refresh_guard()
        if self.processor is not None:
            self.processor.go()
        now, push = self._kernel._now, self._push
        keys = iter(sorted(next(self._keys) for _ in range(len(overdue) + len(inbox))))  # their order, shuffled or not
        for name in overdue:
            entry = self._timers[name] = (now, next(keys), self._timer_due, name)
            push(entry)
        for message in inbox:
            push((now, next(keys), self.admit, message))
        self._record_life("resumed")
        return True

    @property
    def waiting(self) -> int:
        """Messages that arrived and timers that came due, and wait: for the end of a pause, or for the core."""
        return len(self._inbox or ()) + len(self._overdue or ()) + len(self._queued())

    @property
    def waiting_messages(self) -> int:
        """Messages that arrived and wait: for the end of a pause, or for the core."""
        return len(self._inbox or ()) + len(self._messages(self._queued()))

    def _queued(self) -> tuple[Task, ...]:
        return () if self.processor is None else self.processor.queued

    def _messages(self, queued: Iterable[Task]) -> list[Message]:
        """The messages among the work of the cores."""
        return [task.argument for task in queued if task.sort == "message"]

    def _take(self, message: Message) -> None:
        """Hand a message that has waited for the core to the protocol."""
        raise NotImplementedError

    def own_processor(self) -> Processor:
        """The cores that serve what the node is to handle; from now on one core where it had none."""
        already, processor = self.processor is not None, super().own_processor()
        if not already and self.life == "paused":
            processor.stop()
        return processor

    def _clear_cores(self) -> list[Message]:
        """Forget the work of the cores, in a crash; gives the messages among it."""
        processor = self.processor
        if processor is None:
            return []
        lost = self._messages(processor.clear())
        if self.life == "paused":
            processor.go()
        return lost


def _run(node: NodeLife, run: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """The process of a protocol, whose node stops where it does not catch an error of its storage."""
    try:
        yield from run
    except StorageError as error:
        node.stop_by(error)


def _close(process: Process) -> None:
    """End a process where it waits."""
    if process.is_alive:
        target = process.target
        if target is not None and target.callbacks is not None:
            target.callbacks.remove(process._resume)
        process._generator.close()
