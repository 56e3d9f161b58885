"""Cores that look for a victim, all together: one event for the next of them that will find one."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
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
Place = tuple[int, int]
"""Where a member's attempts are in each period, and its number, in the order of joining."""
Success = tuple[int, int, Place]
"""When an attempt succeeds, whose it is by number, and by place."""


class Search(Generic[Member]):
    """Members that each make an attempt every `period` nanoseconds, which succeeds with a chance that changes.

    Attempts are independent, so the number of failures before the next success of any member is geometric: it is drawn
    once, with the member and the time that it leads to. When a member joins or the chance rises, only what that adds is
    drawn, which may come earlier; when the chance has fallen, the success counts with the ratio of the two. So idle
    cores cost no events while there is nothing to find. At one instant attempts come after what the cores do, and those
    that joined first come first.

    `found(member)` is called at a success; the member stays until `leave`. `gave_up(member)` is called after `limit`
    attempts, None: never. `places` are those of the members, in the order of their attempts.
    """

    def __init__(
        self,
        kernel: Kernel,
        stream: Stream,
        period: int,
        found: Callable[[Member], object],
        limit: int | None = None,
        gave_up: Callable[[Member], object] | None = None,
    ) -> None:
        assert period > 0
        assert limit is None or gave_up is not None
        self._kernel = kernel
        self._stream = stream
        self._period = period
        self._found = found
        self._lasts = None if limit is None else limit * period
        self._gave_up = gave_up
        self.places: list[Place] = []
        self._members: dict[Place, tuple[Member, int]] = {}
        self._numbers = count()
        self._chance = 0.0
        self._drawn = 0.0
        self._entry: Entry | None = None
        self._next: Success = (0, 0, (0, 0))
        self._resolved: tuple[int, int] = (-1, -1)
        self._deadlines: deque[tuple[int, Place]] = deque()
        self._deadline: Entry | None = None

    @property
    def made(self) -> int:
        """Attempts that its members have made since they joined."""
        return sum([(self._kernel._now - since) // self._period for _, since in self._members.values()])

    def join(self, member: Member) -> Place:
        """Have a member try from now on, its first attempt over after a period; gives its place."""
        now = self._kernel._now
        number = next(self._numbers)
        place = (now % self._period, number)
        insort(self.places, place)
        self._members[place] = (member, now)
        if self._lasts is not None:
            self._deadlines.append((now + self._lasts, place))
            if self._deadline is None:
                self._wait_for_deadline()
        if self._entry is None:
            self._draw()
        else:
            due = now + (1 + self._failures(self._drawn)) * self._period
            self._plan_earlier((due, number, place))
        return place

    def leave(self, place: Place) -> int:
        """Take a member out; gives how many attempts it has made."""
        _, since = self._members.pop(place)
        del self.places[bisect_left(self.places, place)]
        if self._entry is not None and self._next[2] == place:
            after = self._next[:2]
            self._forget()
            if self.places:
                self._plan(self._first(self._drawn, after))
        if not self.places:
            self._forget_deadlines()
        return (self._kernel._now - since) // self._period

    def set_chance(self, chance: float) -> None:
        """Let attempts succeed with this probability from now on."""
        self._chance = chance
        if self._entry is None:
            self._draw()
        elif chance > self._drawn:
            added = (chance - self._drawn) / (1.0 - self._drawn)
            self._drawn = chance
            self._plan_earlier(self._first(added))

    def clear(self) -> None:
        """Let all members go."""
        self._forget()
        self._forget_deadlines()
        self.places.clear()
        self._members.clear()

    # The next success.

    def _forget(self) -> None:
        if self._entry is not None:
            self._kernel.cancel(self._entry)
            self._entry = None

    def _plan(self, success: Success) -> None:
        self._next = success
        self._entry = (success[0], next(self._kernel.keys) + PRIORITY_STRIDE, self._succeed, None)
        self._kernel.push(self._entry)

    def _plan_earlier(self, success: Success) -> None:
        """Plan another success than the one that is planned, if it comes before."""
        if success < self._next:
            self._forget()
            self._plan(success)

    def _draw(self, after: tuple[int, int] | None = None) -> None:
        """Draw the next success among the attempts that are not over, or `after` a time and a member's number."""
        self._drawn = self._chance
        if self.places and self._drawn > 0.0:
            self._plan(self._first(self._drawn, after))

    def _failures(self, chance: float) -> int:
        """How many attempts fail before one succeeds."""
        return 0 if chance >= 1.0 else int(log(1.0 - self._stream.random()) / log1p(-chance))

    def _first(self, chance: float, after: tuple[int, int] | None = None) -> Success:
        """The first success of any member, drawn with this chance of each attempt."""
        period, order = self._period, self.places
        time, number = after or max(self._resolved, (self._kernel._now, -1))
        cycle = time // period
        position = bisect_left(order, (time % period, number + 1))
        while True:
            position += self._failures(chance)
            cycle += position // len(order)
            position %= len(order)
            place = order[position]
            due = cycle * period + place[0]
            if due >= self._members[place][1] + period:
                return due, place[1], place
            position += 1  # it had not joined yet by then

    def _succeed(self, _: None) -> None:
        self._entry = None
        due, number, place = self._next
        self._resolved = (due, number)
        if self._chance >= self._drawn or self._stream.random() * self._drawn < self._chance:
            self._found(self._members[place][0])
        if self._entry is None:
            self._draw()

    # The end of a search.

    def _wait_for_deadline(self) -> None:
        """Be called at the first deadline of a member that is still there; all searches last equally long."""
        deadlines = self._deadlines
        while deadlines and deadlines[0][1] not in self._members:
            deadlines.popleft()
        if deadlines:
            self._deadline = (deadlines[0][0], next(self._kernel.keys), self._expire, None)
            self._kernel.push(self._deadline)

    def _forget_deadlines(self) -> None:
        self._deadlines.clear()
        if self._deadline is not None:
            self._kernel.cancel(self._deadline)
            self._deadline = None

    def _expire(self, _: None) -> None:
        self._deadline = None
        now, deadlines = self._kernel._now, self._deadlines
        while deadlines and deadlines[0][0] <= now:
            place = deadlines.popleft()[1]
            if place in self._members:
                assert self._gave_up is not None
                self._gave_up(self._members[place][0])
        if self._deadline is None:
            self._wait_for_deadline()
