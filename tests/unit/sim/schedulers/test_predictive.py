"""Predictive scheduling: what it learns of tasks, what it forecasts of cores, and what it does with that."""

from collections.abc import Generator
from typing import Any

import pytest

from sim.hardware.schedulers.profiles import Profile
from sim.hardware.task import WAIT, Task, Thread

MICROSECOND = 1_000


class Named(Task):
    """A task whose name says what it is."""

    __slots__ = ("label",)

    def __init__(self, it: Any, label: str, work: int) -> None:
        super().__init__(it.note, label, work)
        self.label = label

    @property
    def name(self) -> str:
        """What people know it by."""
        return self.label


def test_averages_follow_what_was_seen() -> None:
    """The first value counts whole, later ones with the weight; what never waits computes all the time."""
    profile = Profile(0.5)
    for now, duration in ((0, 100), (1_000, 200), (1_400, 400)):
        profile.came(now)
        profile.ran(duration)
    assert (profile.run_time, profile.stints) == (0.5 * 150 + 0.5 * 400, 3)
    assert profile.interval == 0.5 * 1_000 + 0.5 * 400
    assert profile.intensity == 1.0
    profile.waited(100, 300)
    assert profile.intensity == 0.5 * 1.0 + 0.5 * 0.25


def test_tasks_of_a_name_share_a_profile_and_threads_have_their_own(bench: Any, free: Any) -> None:
    """Jobs 1 and 2 are jobs; agents 1 and 2 are two."""
    it = bench("predictive", costs=free)

    def life() -> Generator[int, None, None]:
        yield 10

    one, two = (Thread(it.processor, life(), f"agent {number}") for number in (1, 2))
    profiles = it.scheduler.profiles
    assert profiles.of(Named(it, "job 1", 1)) is profiles.of(Named(it, "job 2", 1))
    assert profiles.of(one) is not profiles.of(two)


def trained(bench: Any, free: Any, **options: Any) -> Any:
    """Two cores whose scheduler has seen tasks of 100 µs and of 1 µs."""
    it = bench("predictive", 1.0, 1.0, costs=free, choices=None, slot=False, **options)
    for label, work in (("long", 100 * MICROSECOND), ("short", MICROSECOND)):
        it.processor.ready(Named(it, label, work))
        it.kernel.run()
    return it


def test_forecasts_add_up_what_a_core_has_before_it(bench: Any, free: Any) -> None:
    """What is left of the running task by its mean, and the means of those that wait, over the speed of the core."""
    it = trained(bench, free)
    scheduler, worker = it.scheduler, it.scheduler.workers[0]
    worker.core.slow(0.5)
    it.processor.ready(Named(it, "long", 100 * MICROSECOND), worker.core)
    it.kernel.run(until=it.kernel.now + 30 * MICROSECOND)
    busy = next(each for each in scheduler.workers if each.core.task is not None)
    left = 70 * MICROSECOND
    assert scheduler.forecast(busy) == pytest.approx(left / busy.core.speed)
    idle = next(each for each in scheduler.workers if each is not busy)
    assert scheduler.forecast(idle) == 0
    busy.core.stop()
    assert scheduler.forecast(busy) == float("inf")


def test_a_short_task_goes_where_less_work_waits(bench: Any, free: Any) -> None:
    """With both cores busy it waits behind the short tasks, though those are more."""
    it = trained(bench, free)
    it.processor.ready(Named(it, "long", 100 * MICROSECOND))
    for _ in range(3):
        it.processor.ready(Named(it, "short", MICROSECOND))
    cores = {core.task.name: core.number for core in it.processor.cores}
    it.processor.ready(Named(it, "short", MICROSECOND))
    assert len(it.scheduler.workers[cores["short"]].queue) == 3
    assert not it.scheduler.workers[cores["long"]].queue


def test_threads_that_come_back_soon_are_reckoned_with(bench: Any, free: Any) -> None:
    """A thread that is away counts at its home by how often it comes; after a crash it counts no more."""
    it = bench("predictive", 1.0, 1.0, costs=free, horizon=50 * MICROSECOND)

    def life() -> Generator[Any, None, None]:
        while True:
            yield 10 * MICROSECOND
            it.kernel.call_after(90 * MICROSECOND, thread.wake)
            yield WAIT

    thread = Thread(it.processor, life(), "agent 1")
    thread.start()
    it.kernel.run(until=1_015 * MICROSECOND)
    profile = it.scheduler.profiles.of(thread)
    assert thread.waits
    assert profile.interval == 100 * MICROSECOND
    assert 0.1 <= profile.intensity < 0.5
    home = it.scheduler.workers[thread.home.number]
    assert it.scheduler.forecast(home) == pytest.approx(profile.run_time * 0.5)
    it.processor.clear()
    assert it.scheduler.forecast(home) == 0


def test_it_can_be_switched_off(bench: Any) -> None:
    """Without placement and choice of victims it does exactly what work stealing does."""
    done = []
    for kind, options in (("work-stealing", {}), ("predictive", {"placement": False, "victims": False})):
        it = bench(kind, *[1.0] * 4, arrivals="random", **options)
        for number in range(200):
            it.kernel.call_at(number * 700, it.submit, f"job {number}", 1_000 + number * 37 % 4_000)
        it.kernel.run()
        done.append(it.done)
    assert done[0] == done[1]
