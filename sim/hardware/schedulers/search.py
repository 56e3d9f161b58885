"""Cores that look for a victim, all together: one event for the next of them that will find one."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from itertools import count
from math import log, log1p
from typing import TYPE_CHECKING, Generic, TypeVar

from sim.kernel import PRIORITY_STRIDE

if TYPE_CHECKING:
    from sim.event_queue import Entry
    from sim.kernel import Kernel
    from sim.randomness import Stream

Member = TypeVar("Member")


class Search(Generic[Member]):
    """Members that each make an attempt every `period` nanoseconds, which succeeds with a chance that changes.

    Attempts are independent, so the number of failures before the next success of any member is geometric: it is drawn
    once, with the member and the time that it leads to, and drawn anew when a member joins or the chance rises. When
    the chance has fallen, the success counts with the ratio of the two. So idle cores cost no events while there is
    nothing to find. At one instant attempts come after what the cores do, and those that joined first come first.

    `found(member)` is called at a success; the member stays until `leave`.
    """

    def __init__(self, kernel: Kernel, stream: Stream, period: int, found: Callable[[Member], object]) -> None:
        assert period > 0
        self._kernel = kernel
        self._stream = stream
        self._period = period
        self._found = found
        self._order: list[tuple[int, int]] = []
        self._members: dict[tuple[int, int], tuple[Member, int]] = {}
        self._numbers = count()
        self._chance = 0.0
        self._drawn = 0.0
        self._entry: Entry | None = None
        self._next: tuple[int, tuple[int, int]] = (0, (0, 0))
        self._resolved: tuple[int, int] = (-1, -1)

    def __len__(self) -> int:
        return len(self._order)

    @property
    def made(self) -> int:
        """Attempts that its members have made since they joined."""
        return sum([(self._kernel.now - since) // self._period for _, since in self._members.values()])

    def join(self, member: Member) -> tuple[int, int]:
        """Have a member try from now on, its first attempt over after a period; gives its place."""
        now = self._kernel.now
        place = (now % self._period, next(self._numbers))
        self._forget()
        insort(self._order, place)
        self._members[place] = (member, now)
        self._draw()
        return place

    def leave(self, place: tuple[int, int]) -> int:
        """Take a member out; gives how many attempts it has made."""
        _, since = self._members.pop(place)
        position = bisect_left(self._order, place)
        del self._order[position]
        if self._entry is not None and self._next[1] == place:
            time = self._next[0]
            self._forget()
            self._draw((time, place[1]))
        return (self._kernel.now - since) // self._period

    def set_chance(self, chance: float) -> None:
        """Let attempts succeed with this probability from now on."""
        self._chance = chance
        if chance > self._drawn or (chance and self._entry is None):
            self._forget()
            self._draw()

    def clear(self) -> None:
        """Let all members go."""
        self._forget()
        self._order.clear()
        self._members.clear()

    def _forget(self) -> None:
        if self._entry is not None:
            self._kernel.cancel(self._entry)
            self._entry = None

    def _draw(self, after: tuple[int, int] | None = None) -> None:
        """Draw the next success among the attempts that are not over, or `after` a time and a member's number."""
        self._drawn = chance = self._chance
        if not self._order or chance <= 0.0:
            return
        kernel, period, order = self._kernel, self._period, self._order
        time, number = after or max(self._resolved, (kernel.now, -1))
        cycle = time // period
        position = bisect_left(order, (time % period, number + 1))
        while True:
            position += 0 if chance >= 1.0 else int(log(1.0 - self._stream.random()) / log1p(-chance))
            cycle += position // len(order)
            position %= len(order)
            place = order[position]
            due = cycle * period + place[0]
            if due >= self._members[place][1] + period:
                break
            position += 1  # it had not joined yet by then
        self._next = (due, place)
        self._entry = (due, next(kernel.keys) + PRIORITY_STRIDE, self._succeed, None)
        kernel.push(self._entry)

    def _succeed(self, _: None) -> None:
        self._entry = None
        due, place = self._next
        self._resolved = (due, place[1])
        lasts = self._chance >= self._drawn or self._stream.random() * self._drawn < self._chance
        if lasts:
            self._found(self._members[place][0])
        if self._entry is None:
            self._draw()
