"""The work-stealing scheduler: where tasks wait, who takes them, and what that costs."""

from collections.abc import Generator
from typing import Any

import pytest
from pydantic import ValidationError

from sim.hardware.schedulers.work_stealing_config import WorkStealingConfig
from sim.hardware.schedulers.worker import SEARCHING
from sim.hardware.task import SystemCall, Task, Thread

MICROSECOND = 1_000


def forking(it: Any, children: int, work: int) -> Any:
    """What a task does that makes others ready on its own core."""

    def run(name: Any) -> None:
        it.note(name)
        for child in range(children):
            it.processor.ready(Task(it.note, child, work), it.processor.current)

    return run


def test_the_task_made_last_goes_first(bench: Any, free: Any) -> None:
    """With a slot the newest of a core's own tasks runs first and the others in order; without, all in order."""
    for slot, order in ((True, [2, 0, 1]), (False, [0, 1, 2])):
        it = bench("work-stealing", slot=slot, costs=free)
        it.processor.submit(forking(it, 3, 10), "parent", 10)
        it.kernel.run()
        assert [name for _, name in it.done] == ["parent", *order]


def test_a_core_may_take_its_newest_first(bench: Any, free: Any) -> None:
    """By `lifo` a core is depth first."""
    it = bench("work-stealing", slot=False, order="lifo", costs=free)
    it.processor.submit(forking(it, 3, 10), "parent", 10)
    it.kernel.run()
    assert [name for _, name in it.done] == ["parent", 2, 1, 0]


def test_the_slot_does_not_starve_the_queue(bench: Any, free: Any) -> None:
    """Tasks that make one another ready by the slot let a queued task through after three turns."""
    it = bench("work-stealing", costs=free)

    def again(left: int) -> None:
        it.note(left)
        if left:
            it.processor.ready(Task(again, left - 1, 10), it.processor.current)

    def begin(_: Any) -> None:
        it.processor.ready(Task(it.note, "queued", 10), it.processor.current)
        again(9)

    it.processor.submit(begin, None, 10)
    it.kernel.run()
    assert [name for _, name in it.done].index("queued") == 4


def test_a_full_queue_gives_half_to_the_global_one(bench: Any, free: Any) -> None:
    """The ninth task of a queue for eight goes to the global queue with the four oldest."""
    it = bench("work-stealing", capacity=8, slot=False, costs=free)
    it.processor.submit(forking(it, 9, 10), "parent", 10)
    it.kernel.run(until=11)
    assert it.scheduler.overflows == 1
    waiting = [task.argument for task in it.scheduler.queued()]
    assert waiting == [0, 1, 2, 3, 8, 5, 6, 7]  # one runs


def test_the_global_queue_is_not_starved(bench: Any, free: Any) -> None:
    """A core whose own queue never ends takes its 61st task from the global queue."""
    it = bench("work-stealing", slot=False, costs=free)
    it.processor.submit(forking(it, 200, 10), "parent", 10)
    it.kernel.call_at(15, it.submit, "outside", 10)
    it.kernel.run()
    assert [name for _, name in it.done].index("outside") == 60


def test_a_thief_takes_half(bench: Any, free: Any) -> None:
    """An idle core takes half of what waits at another, rounded up, the oldest first; or one."""
    for steal, amount in (("half", 4), ("one", 1)):
        it = bench("work-stealing", 1.0, 1.0, slot=False, steal=steal, costs={**free, "wake": 5}, arrivals="random")
        it.processor.submit(forking(it, 8, 100), "parent", 10)
        it.kernel.run(until=21)
        assert [fields["tasks"] for fields in it.of("stole")] == [amount]
        thief = it.processor.cores[it.of("stole")[0]["core"]]
        assert thief.task.argument == 1


def test_all_tasks_run_on_all_cores(bench: Any) -> None:
    """A hundred children of one core are shared by eight, with costs, in little more than an eighth of the time."""
    it = bench("work-stealing", *[1.0] * 8)
    it.processor.submit(forking(it, 100, 50 * MICROSECOND), "parent", 10)
    it.kernel.run()
    assert sorted(name for _, name in it.done[1:]) == list(range(100))
    assert it.done[-1][0] < 1.3 * 100 / 8 * 50 * MICROSECOND
    assert {fields["core"] for fields in it.of("ran")} == set(range(8))


def test_waking_and_looking_take_time(bench: Any) -> None:
    """From outside to an idle processor: 5 µs to wake, 100 ns to begin, then the work."""
    it = bench("work-stealing", 1.0, 1.0)
    it.submit("a", MICROSECOND)
    it.kernel.run()
    assert it.done == [(5_000 + 100 + 1_000, "a")]
    assert it.of("woke") == [{"core": 0}]
    assert it.of("parked") == [{"core": 0}]


def test_half_of_the_cores_search_at_most(bench: Any, free: Any) -> None:
    """Of sixteen cores whose tasks end together eight search, and the others go to sleep."""
    it = bench("work-stealing", *[1.0] * 16, slot=False, costs={**free, "attempt": 100})
    seen = []
    for name in range(16):
        it.submit(name, 1_000)

    def look() -> None:
        seen.append([worker.state for worker in it.scheduler.workers].count(SEARCHING))
        if it.kernel.now < 3_000:
            it.kernel.call_after(50, look)

    it.kernel.call_at(1, look)
    it.kernel.run()
    assert max(seen) == 8


def test_one_searches_where_one_task_came(bench: Any) -> None:
    """A burst wakes cores one after another, not all at once: a second is woken when the first has found work."""
    it = bench("work-stealing", *[1.0] * 4)
    for name in range(3):
        it.submit(name, 100 * MICROSECOND)
    it.kernel.run(until=1)
    assert len(it.of("woke")) == 1
    it.kernel.run(until=20 * MICROSECOND)
    assert [time for time, kind, _ in it.records if kind == "woke"] == [0, 5_000, 10_000]


def test_what_is_in_the_slot_is_left_alone_for_a_while(bench: Any, free: Any) -> None:
    """A task in the slot of a busy core is taken by a thief, but only after 3 µs."""
    it = bench("work-stealing", 1.0, 1.0, costs=free)

    def life() -> Generator[int, None, None]:
        yield 10
        it.processor.ready(Task(it.note, "in the slot", 10), it.processor.current)
        yield 100_000

    Thread(it.processor, life()).start()
    it.kernel.run()
    assert it.done == [(10 + 3_000 + 10, "in the slot")]


def test_a_short_system_call_keeps_the_processor(bench: Any, free: Any) -> None:
    """In a call of 5 µs the core waits for its thread, and what is queued there waits too; no other core is there."""
    it = bench("work-stealing", costs={**free, "hand_off": 7})

    def life(duration: int) -> Generator[Any, None, None]:
        yield 10
        yield SystemCall(duration)
        yield 10
        it.note("back")

    Thread(it.processor, life(5_000)).start()
    it.submit("queued", 100)
    it.kernel.run()
    assert it.done == [(5_020, "back"), (5_120, "queued")]
    assert it.scheduler.retakes == 0


def test_a_long_system_call_loses_the_processor(bench: Any, free: Any) -> None:
    """After 20 µs another thread takes the processor, for a cost; who comes back late takes a core that sleeps."""
    it = bench("work-stealing", costs={**free, "hand_off": 7})

    def life() -> Generator[Any, None, None]:
        yield 10
        yield SystemCall(100_000)
        yield 10
        it.note("back")

    Thread(it.processor, life()).start()
    it.submit("queued", 100)
    it.kernel.run()
    assert it.done == [(10 + 20_000 + 7 + 100, "queued"), (10 + 100_000 + 10, "back")]
    assert it.scheduler.retakes == 1


def test_long_tasks_are_taken_off_while_others_wait(bench: Any, free: Any) -> None:
    """After a time slice that it had whole, a task goes to the end of the global queue."""
    it = bench("work-stealing", time_slice=1_000, costs=free)
    it.submit("long", 5_000)
    it.submit("short", 10)
    it.kernel.run()
    assert it.done[0][1] == "short"
    assert it.done[0][0] <= 2_010
    assert it.done[1] == (5_010, "long")


def test_what_costs_nothing_makes_work_for_the_core_that_it_ran_on(bench: Any, free: Any) -> None:
    """A core that is woken in no time, by a handler that costs nothing and runs on it, begins after that."""
    for costs in (free, free | {"park": 10}):
        it = bench("work-stealing", costs=costs)
        for time in (0, 50):
            it.kernel.call_at(
                time, lambda it=it: it.processor.submit(lambda _: it.processor.submit(it.note, "made", 20), None, 0)
            )
        it.kernel.run()
        assert it.done == [(20, "made"), (70, "made")]


def test_what_has_no_owner_wakes_some_core(bench: Any, free: Any) -> None:
    """Where only owners of queues are woken, a task of the global queue still has a core begin with it."""
    it = bench("work-stealing", 1.0, 1.0, wakes="owner", arrivals="global", costs=free)
    it.kernel.call_at(5, lambda: it.processor.submit(it.note, "global", 20))
    it.kernel.run()
    assert it.done == [(25, "global")]


def test_priorities_reorder_every_queue(bench: Any, free: Any) -> None:
    """With priorities the most urgent of all that wait for a core goes first, wherever it waits."""
    it = bench("work-stealing", priorities=True, costs=free)

    def fork(_: Any) -> None:
        for priority in (5, 1, 3):
            it.processor.ready(Task(it.note, priority, 10, priority), it.processor.current)

    it.processor.submit(fork, None, 10)
    it.kernel.call_at(5, it.submit, 2, 10, 2)
    it.kernel.run()
    assert [name for _, name in it.done] == [1, 2, 3, 5]


def test_the_tasks_of_a_stopped_core_are_stolen(bench: Any) -> None:
    """What waits at a core that is stopped is run by others meanwhile."""
    it = bench("work-stealing", 1.0, 1.0, slot=False)
    it.processor.submit(forking(it, 6, 100 * MICROSECOND), "parent", 10)
    it.kernel.call_at(20 * MICROSECOND, it.processor.cores[0].stop)
    it.kernel.call_at(10_000 * MICROSECOND, it.processor.cores[0].go)
    it.kernel.run()
    assert len(it.done) == 7
    assert it.done[-2][0] < 700 * MICROSECOND


def test_without_the_owners_check_a_task_is_run_twice(bench: Any, free: Any) -> None:
    """While a thief reaches for what it has seen, the owner begins it; only a check tells the thief."""
    for ablate, runs in (((), 1), (("owner-check",), 2)):
        it = bench("work-stealing", 1.0, 1.0, slot=False, costs={**free, "wake": 5, "steal": 20}, ablate=ablate)

        def fork(_: Any, it: Any = it) -> None:
            for name, work in (("a", 10), ("b", 1_000)):
                it.processor.ready(Task(it.note, name, work), it.processor.current)

        it.processor.submit(fork, None, 10)
        it.kernel.run()
        assert [name for _, name in it.done].count("b") == runs
        assert it.scheduler.conflicts >= 1


def test_without_the_look_before_it_sleeps_a_core_misses_work(bench: Any, free: Any) -> None:
    """A task that comes while the only free core goes to sleep waits for the next event where no look is taken."""
    for ablate, ends in (((), 1_100), (("park-check",), 10_000)):
        it = bench("work-stealing", 1.0, costs={**free, "park": 1_000}, ablate=ablate)
        it.submit("first", 10)
        it.kernel.call_at(500, it.submit, "missed", 10)
        it.kernel.call_at(20_000, it.submit, "next", 10)
        it.kernel.run()
        when = {name: time for time, name in it.done}
        assert (when["missed"] > 15_000) == (ends == 10_000)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"attempts": "endless", "costs": {"attempt": 0}}, "costs.attempt"),
        ({"ablate": ["owner-check"], "costs": {"steal": 0}}, "costs.steal"),
        ({"ablate": ["park-check"], "costs": {"park": 0}}, "costs.park"),
        ({"capacity": 0}, "capacity"),
        ({"searchers": 0.0}, "searchers"),
        ({"steal": "all"}, "steal"),
        ({"costs": {"wake": "5"}}, "unit"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], says: str) -> None:
    """What could not mean anything is refused by name."""
    with pytest.raises(ValidationError, match=says):
        WorkStealingConfig.model_validate(options)
