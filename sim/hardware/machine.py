"""The machine that a node runs on: a clock, cores and a disk, each only where it is more than perfect."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from sim.clock import Clock
from sim.storage import Storage

if TYPE_CHECKING:
    from sim.disk import Disk
    from sim.hardware.memory.memory import Memory
    from sim.hardware.processor import Processor
    from sim.kernel import Kernel


class Machine:
    """What a fault of clocks, cores or storage acts on.

    `clock`, None: true time; `processor`, None: handling costs no time; `memory`, None: there is always enough, and it
    costs nothing; `disk`, None: storage without faults.
    """

    __slots__ = ("_kernel", "_keys", "_push", "_storage", "_timers", "clock", "disk", "memory", "processor")

    def __init__(self, kernel: Kernel, clock: Clock | None) -> None:
        self._kernel: Kernel = kernel
        self._push = kernel.push
        self._keys = kernel.keys
        self._timers: dict[Hashable, Any] = {}
        self._storage: Storage | None = None
        self.clock = clock
        self.processor: Processor | None = None
        self.memory: Memory | None = None
        self.disk: Disk | None = None

    def refresh_guard(self) -> None:
        """Decide again whether an arrival needs more than to be counted and handed to the protocol."""
        raise NotImplementedError

    def _timer_due(self, name: Hashable) -> None:
        raise NotImplementedError

    # The clock.

    def own_clock(self) -> Clock:
        """The local clock, from now on one of its own where the node went by true time."""
        if self.clock is None:
            self.clock = Clock()
        return self.clock

    def rescale_timers(self, earlier_rate: int) -> int:
        """Move the pending timers to when the clock, whose rate has changed, will have counted their rest.

        `earlier_rate` in local nanoseconds a true second. Gives how many there were; each moves to a whole nanosecond,
        never to an earlier one.
        """
        assert self.clock is not None
        now, rate = self._kernel._now, self.clock.rate
        pending = [(name, entry) for name, entry in self._timers.items() if entry[0] > now]
        for name, entry in pending:
            self._kernel.cancel(entry)
            due = now - (now - entry[0]) * earlier_rate // rate
            later = self._timers[name] = (due, next(self._keys), self._timer_due, name)
            self._push(later)
        return len(pending)

    # The cores.

    def own_processor(self) -> Processor:
        """The cores that serve what the node is to handle; from now on one core where it had none."""
        from sim.hardware.processor import Processor

        if self.processor is None:
            self.processor = Processor(self._kernel)
            self.refresh_guard()
        return self.processor

    def release_processor(self) -> None:
        """Do without cores again where it makes no difference, once they have done what is queued."""
        processor = self.processor
        if processor is None or processor.lasting:
            return
        if processor.has_work or processor.is_stopped:
            processor.when_idle = self.release_processor
        elif processor.is_plain:
            self.processor = None
            self.refresh_guard()

    # The disk.

    @property
    def storage(self) -> Storage:
        """Stable storage: named values that survive a crash."""
        if self._storage is None:
            self._storage = Storage(self.disk)
        return self._storage

    @property
    def pending_timers(self) -> int:
        """How many timers are set and not yet due."""
        return len(self._timers)

    @property
    def has_written(self) -> bool:
        """Whether anything was ever kept on stable storage."""
        return self._storage is not None

    def own_disk(self) -> Disk:
        """What stands between storage and medium, from now on where nothing did."""
        from sim.disk import Disk

        if self.disk is None:
            self.disk = Disk()
            if self._storage is not None:
                self._storage.disk = self.disk
        return self.disk

    def release_disk(self) -> None:
        """Have nothing stand between storage and medium again where it makes no difference."""
        if self.disk is not None and not self.disk.behaviours:
            self.disk = None
            if self._storage is not None:
                self._storage.disk = None

    def _lose_storage(self) -> None:
        """Have an empty medium."""
        self._storage = None
        if self.disk is not None:
            self.disk.replaced()
