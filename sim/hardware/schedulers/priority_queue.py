"""A queue whose most urgent task comes first, among equals the one that came first."""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.hardware.task import Task

NEVER: Final = 1 << 62
"""The priority of no task: below every other."""


class PriorityQueue:
    """A lane for each priority that is in use; used as a deque is, whose left end is what is most urgent."""

    __slots__ = ("_lanes", "_order", "_size")

    def __init__(self) -> None:
        self._lanes: dict[int, deque[Task]] = {}
        self._order: list[int] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Task]:
        for priority in self._order:
            yield from self._lanes[priority]

    def append(self, task: Task) -> None:
        """Put a task behind those as urgent as it is."""
        self._lane(task.priority).append(task)
        self._size += 1

    def appendleft(self, task: Task) -> None:
        """Put a task before those as urgent as it is."""
        self._lane(task.priority).appendleft(task)
        self._size += 1

    def _lane(self, priority: int) -> deque[Task]:
        lane = self._lanes.get(priority)
        if lane is None:
            lane = self._lanes[priority] = deque()
            insort(self._order, priority)
        return lane

    def popleft(self) -> Task:
        """Take the most urgent task, the oldest of equals."""
        priority = self._order[0]
        lane = self._lanes[priority]
        task = lane.popleft()
        self._shrink(priority, lane)
        return task

    def pop(self) -> Task:
        """Take the most urgent task, the youngest of equals."""
        priority = self._order[0]
        lane = self._lanes[priority]
        task = lane.pop()
        self._shrink(priority, lane)
        return task

    def remove(self, task: Task) -> None:
        """Take out this task; raises ValueError where it is not there."""
        lane = self._lanes.get(task.priority)
        if lane is None:
            raise ValueError("no such task")
        lane.remove(task)
        self._shrink(task.priority, lane)

    def _shrink(self, priority: int, lane: deque[Task]) -> None:
        self._size -= 1
        if not lane:
            del self._lanes[priority]
            self._order.remove(priority)

    @property
    def urgency(self) -> int:
        """The priority of the most urgent task; `NEVER` where there is none."""
        return self._order[0] if self._order else NEVER

    def clear(self) -> None:
        """Forget all tasks."""
        self._lanes.clear()
        self._order.clear()
        self._size = 0
