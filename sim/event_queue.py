"""The queue of future events: lazily sorted time slots of adaptive width.

A future entry is appended, unsorted, to the list of its time slot; a slot is sorted once, when it is opened. What is
pushed into the open slot goes behind the running position. The slot width follows the traffic: slots that stay nearly
empty are widened, an open slot that grows too long is split. What lies beyond the present window of slots (timers of
seconds beside latencies of microseconds) waits in coarse slots, each spread over fine ones when its window comes.
Entries are consumed in the order of (time, key), whatever the widths: the order is the contract, the slots are not.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any

Entry = tuple[int, int, Callable[[Any], object], Any]
"""(time in nanoseconds, tie-break key, function, its one argument); no two entries share both time and key."""

LONG_TAIL = 1024
"""Entries still waiting in the open slot beyond which an insertion splits it."""
LONG_SLOT = 65_536
"""Consumed entries beyond which an open slot is cut to give their memory back."""
FULL_SLOT = 128
"""Entries that a slot should hold after a split."""
SPARSE_SLOT = 24
"""Mean entries per opened slot below which slots are widened."""
OBSERVED_SLOTS = 64
"""Opened slots over which that mean is taken."""
WINDOW_SHIFT = 10
"""Binary logarithm of the number of fine slots in a coarse one, when widths are set anew."""
WIDEST_SHIFT = 50


class PythonEventQueue:
    """Entries in the order of (time, key); `cursor` walks the open slot and sees what is inserted behind it."""

    __slots__ = (
        "_coarse",
        "_coarse_order",
        "_coarse_shift",
        "_horizon",
        "_observed_from",
        "_opened",
        "_opened_entries",
        "_order",
        "_respread",
        "_shift",
        "_slot",
        "_slots",
        "closed",
        "cursor",
        "open",
    )

    def __init__(self) -> None:
        self.open: list[Entry] = []
        self.cursor: Iterator[Entry] = iter(self.open)
        self.closed = 0
        self._shift = 18
        self._slot = -1
        self._slots: dict[int, list[Entry]] = {}
        self._order: list[int] = []
        self._coarse_shift = self._shift + WINDOW_SHIFT
        self._coarse: dict[int, list[Entry]] = {}
        self._coarse_order: list[int] = []
        self._horizon = 1 << self._coarse_shift
        self._opened = 0
        self._opened_entries = 0
        self._observed_from = 0
        self._respread = 0

    def push(self, entry: Entry) -> None:
        """Add an entry whose time is not before that of the last consumed one."""
        time = entry[0]
        slot = time >> self._shift
        waiting = self._slots.get(slot)
        if waiting is not None:
            waiting.append(entry)
        elif time >= self._horizon:
            slot = time >> self._coarse_shift
            waiting = self._coarse.get(slot)
            if waiting is not None:
                waiting.append(entry)
            else:
                self._coarse[slot] = [entry]
                heappush(self._coarse_order, slot)
        elif slot > self._slot:
            self._slots[slot] = [entry]
            heappush(self._order, slot)
        else:
            self._insert(entry)

    def _insert(self, entry: Entry) -> None:
        """Put an entry into the open slot, behind the running position."""
        entries = self.open
        tail = self.cursor.__length_hint__()  # type: ignore[attr-defined]
        position = len(entries) - tail
        if not tail or entry > entries[-1]:
            entries.append(entry)
        else:
            insort(entries, entry, position)
        if tail > LONG_TAIL and self._shift and entries[-1][0] > entries[position][0]:
            self._split(position)
        elif position > LONG_SLOT:
            self._cut(position)

    def _split(self, position: int) -> None:
        """Spread the waiting tail of the open slot over narrower slots; the running walk over it then ends."""
        waiting = self.open[position:]
        del self.open[position:]
        start = waiting[0][0]
        later = waiting[max(len(waiting) // 2, bisect_left(waiting, (start + 1,)))][0]
        spread = max(1, (later - start) * FULL_SLOT // len(waiting))
        self._shift = min(self._shift - 1, spread.bit_length() - 1)
        self._spread_again(waiting, start)

    def _cut(self, position: int) -> None:
        """Free the consumed part of a long open slot: its tail becomes the next slot to open."""
        self._slots[self._slot] = self.open[position:]
        heappush(self._order, self._slot)
        del self.open[position:]
        self._slot -= 1

    def _spread_again(self, waiting: list[Entry], start: int) -> None:
        """Lay all entries into slots of the new width; none is before `start`. Coarse slots stay while they fit."""
        earlier = list(self._slots.values())
        earlier.append(waiting)
        apart = self._coarse_shift - self._shift
        outgrown = apart < WINDOW_SHIFT - 6 or (apart > WINDOW_SHIFT + 6 and self._pays_for(len(self._coarse_order)))
        if outgrown:
            earlier.extend(self._coarse.values())
            self._coarse_shift = self._shift + WINDOW_SHIFT
            self._coarse = {}
            self._horizon = ((start >> self._coarse_shift) + 1) << self._coarse_shift
            self._respread = self.closed
        self._slots = {}
        self._slot = (start >> self._shift) - 1
        for entries in earlier:
            self._spread(entries)
        self._order = list(self._slots)
        heapify(self._order)
        if outgrown:
            self._coarse_order = list(self._coarse)
            heapify(self._coarse_order)
        self._observe_from(start)

    def _spread(self, entries: list[Entry]) -> None:
        """Lay entries into the slots of the window, and into coarse ones beyond it."""
        shift, horizon, slots = self._shift, self._horizon, self._slots
        for entry in entries:
            time = entry[0]
            if time < horizon:
                slot = time >> shift
                if slot in slots:
                    slots[slot].append(entry)
                else:
                    slots[slot] = [entry]
            else:
                self._coarse.setdefault(time >> self._coarse_shift, []).append(entry)

    def open_next(self) -> bool:
        """Close the consumed slot and open the next one; False when nothing is left. Keeps one that is not consumed."""
        if self._tail():  # opened meanwhile, from within its last entry: by `next_time`, or by a run in the run
            return True
        self.closed += len(self.open)
        self._opened_entries += len(self.open)
        if self._opened >= OBSERVED_SLOTS:
            self._adapt()
        while not self._order:
            if not self._open_window():
                self.open = []
                self.cursor = iter(self.open)
                return False
        self._opened += 1
        self._slot = heappop(self._order)
        entries = self._slots.pop(self._slot)
        entries.sort()
        self.open = entries
        self.cursor = iter(entries)
        return True

    def _open_window(self) -> bool:
        """Move on to the window of the next coarse slot; False when there is none."""
        if not self._coarse_order:
            return False
        window = heappop(self._coarse_order)
        self._horizon = (window + 1) << self._coarse_shift
        self._slot = (window << self._coarse_shift >> self._shift) - 1
        self._spread(self._coarse.pop(window))
        self._order = list(self._slots)
        heapify(self._order)
        return True

    def _observe_from(self, start: int) -> None:
        """Begin to measure how full slots are."""
        self._observed_from = start
        self._opened = self._opened_entries = 0

    def _adapt(self) -> None:
        """Widen the slots to the density seen where they were nearly empty and enough was consumed to pay for it."""
        start = self._order[0] << self._shift if self._order else self._horizon
        sparse = self._opened_entries < SPARSE_SLOT * self._opened
        if not sparse:
            self._observe_from(start)
        elif self._shift < WIDEST_SHIFT and self._pays_for(len(self._order) + len(self._coarse_order)):
            width = (start - self._observed_from) * 2 * SPARSE_SLOT // max(1, self._opened_entries)
            self._shift = min(WIDEST_SHIFT, max(self._shift + 2, width.bit_length() - 1))
            self._spread_again([], start)

    def _pays_for(self, slots: int) -> bool:
        """Whether enough entries were consumed since the last rebuilding to pay for moving so many slots."""
        return (self.closed - self._respread) * 4 >= slots

    @property
    def consumed(self) -> int:
        """Entries taken from the queue so far."""
        return self.closed + len(self.open) - self._tail()

    @property
    def next_time(self) -> int | None:
        """Time of the next entry in nanoseconds; None when the queue is empty."""
        while not self._tail():
            if not self.open_next():
                return None
        return self.open[len(self.open) - self._tail()][0]

    def __len__(self) -> int:
        return self._tail() + sum(map(len, self._slots.values())) + sum(map(len, self._coarse.values()))

    def waiting(self) -> Iterator[Entry]:
        """All entries that wait, in no stated order."""
        yield from self.open[len(self.open) - self._tail() :]
        for entries in (*self._slots.values(), *self._coarse.values()):
            yield from entries

    def keep(self, wanted: Callable[[Entry], bool]) -> None:
        """Drop the waiting entries that are not wanted (cancelled timers)."""
        position = len(self.open) - self._tail()
        self.open[position:] = filter(wanted, self.open[position:])
        for slots in (self._slots, self._coarse):
            for entries in slots.values():
                entries[:] = filter(wanted, entries)

    def _tail(self) -> int:
        """Entries that wait in the open slot."""
        return self.cursor.__length_hint__()  # type: ignore[attr-defined, no-any-return]


if TYPE_CHECKING:
    EventQueue = PythonEventQueue
else:
    try:
        from sim._event_queue import EventQueue
    except ImportError:
        EventQueue = PythonEventQueue
