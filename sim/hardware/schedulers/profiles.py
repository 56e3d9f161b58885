"""What is known of tasks from before: how long they run, how often they come, how much of their time they compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.hardware.task import Thread

if TYPE_CHECKING:
    from sim.hardware.task import Task

NUMBERS: Final = " 0123456789"


class Profile:
    """Moving averages of one kind of task, or of one thread; the newest counts with `weight`.

    `run_time`, nanoseconds of a stint on a core; `interval`, nanoseconds from one time that it is ready to the next;
    `intensity`, the share of its time that a thread computes, 1 for what never waits; `stints` that were seen.
    """

    __slots__ = ("_seen_at", "_weight", "intensity", "interval", "run_time", "stints")

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self._seen_at: int | None = None
        self.run_time = 0.0
        self.interval = 0.0
        self.intensity = 1.0
        self.stints = 0

    def came(self, now: int) -> None:
        """It is ready to run."""
        if self._seen_at is not None:
            self.interval = self._mean(self.interval, now - self._seen_at, self.interval == 0.0)
        self._seen_at = now

    def ran(self, duration: int) -> None:
        """It was on a core for so many nanoseconds."""
        self.run_time = self._mean(self.run_time, duration, self.stints == 0)
        self.stints += 1

    def waited(self, ran: int, away: int) -> None:
        """A thread that ran for so long was away from its core for so long."""
        self.intensity = self._mean(self.intensity, ran / max(1, ran + away), False)

    def _mean(self, mean: float, new: float, first: bool) -> float:
        return new if first else mean + self._weight * (new - mean)


class Profiles:
    """Profiles by name: each thread has one of its own, other tasks share that of their name without its number."""

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self._profiles: dict[str, Profile] = {}

    def of(self, task: Task) -> Profile:
        """The profile of a task, a new one where nothing is known yet."""
        name = task.name if isinstance(task, Thread) else task.name.rstrip(NUMBERS)
        profile = self._profiles.get(name)
        if profile is None:
            profile = self._profiles[name] = Profile(self._weight)
        return profile
