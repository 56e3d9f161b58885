"""Schedulers with one queue for all cores: priorities, equal shares, and the least work first."""

from typing import Any

from sim.hardware.task import WAIT, SystemCall, Thread


def test_the_most_urgent_task_that_waits_goes_first(bench: Any) -> None:
    """Of tasks that wait the smallest priority number runs first, and equals in the order in which they came."""
    it = bench("priority")
    for name, priority in (("first", 9), ("late", 2), ("urgent", 1), ("also late", 2)):
        it.submit(name, 10, priority)
    it.kernel.run()
    assert it.done == [(10, "first"), (20, "urgent"), (30, "late"), (40, "also late")]


def test_an_urgent_task_takes_the_core_only_where_it_may(bench: Any) -> None:
    """Pre-emptive, an urgent task interrupts at once, and the ousted one goes on where it was before its equals."""
    for preemptive, expected in (
        (True, [(14, "urgent"), (20, "running"), (30, "equal")]),
        (False, [(10, "running"), (20, "urgent"), (30, "equal")]),
    ):
        it = bench("priority", preemptive=preemptive)
        it.submit("running", 10, 5)
        it.submit("equal", 10, 5)
        it.kernel.call_at(4, it.submit, "urgent", 10, 1)
        it.kernel.run()
        assert it.done == expected


def test_of_several_cores_the_least_urgent_gives_way(bench: Any) -> None:
    """With all cores taken, it is the core with the largest priority number that is taken away."""
    it = bench("priority", 1.0, 1.0, 1.0, preemptive=True)
    for name, priority in (("a", 2), ("b", 7), ("c", 5)):
        it.submit(name, 100, priority)
    it.kernel.call_at(10, it.submit, "urgent", 10, 6)
    it.kernel.run()
    assert it.done == [(20, "urgent"), (100, "a"), (100, "c"), (110, "b")]


def test_shares_are_equal_and_end_where_arithmetic_says(bench: Any) -> None:
    """On one core, 10 and 30 ns from 0, 10 ns from 6: shared by two, then three, then two, then one."""
    it = bench("processor-sharing")
    it.submit("short", 10)
    it.submit("long", 30)
    it.kernel.call_at(6, it.submit, "late", 10)
    it.kernel.run()
    # At 6 each of two has had 3; 7 more of the short one take 21 (three share): 27. The late one has had 7, needs 3
    # more (two share): 33. The long one has had 13 of 30: 17 more alone: 50.
    assert it.done == [(27, "short"), (33, "late"), (50, "long")]
    assert it.processor.cores[0].busy == 50


def test_no_task_gets_more_than_a_core(bench: Any) -> None:
    """Two tasks on three cores run at full speed each, and the third core is idle."""
    it = bench("processor-sharing", 1.0, 1.0, 1.0)
    it.submit("a", 10)
    it.submit("b", 30)
    it.kernel.run()
    assert it.done == [(10, "a"), (30, "b")]
    assert [core.busy for core in it.processor.cores] == [30, 10, 0]


def test_shares_follow_speeds_and_stops(bench: Any) -> None:
    """On cores of speed 1 and 0.5 two tasks get 0.75 each, and 0.25 each while the fast one is stopped."""
    it = bench("processor-sharing", 0.5, 1.0)
    it.submit("a", 60)
    it.submit("b", 90)
    it.kernel.call_at(40, it.processor.cores[1].stop)
    it.kernel.call_at(60, it.processor.cores[1].go)
    it.kernel.run()
    # At 40 each has had 30, at 60 35; a needs 25 more at .75: 33.3 later. Then b has 30 left, alone on the fast core.
    assert it.done == [(94, "a"), (124, "b")]


def test_all_cores_stopped_is_a_pause(bench: Any) -> None:
    """While every core is stopped no task gains, and all goes on afterwards."""
    it = bench("processor-sharing", 1.0, 1.0)
    it.submit("a", 10)
    it.kernel.call_at(4, it.processor.stop)
    it.kernel.call_at(104, it.processor.go)
    it.kernel.run()
    assert it.done == [(110, "a")]


def test_the_least_work_goes_first_and_takes_the_core(bench: Any) -> None:
    """A task with less left than the running one has takes its core; one with as much waits."""
    it = bench("shortest-remaining")
    it.submit("long", 100)
    it.kernel.call_at(10, it.submit, "short", 20)
    it.kernel.call_at(12, it.submit, "equal to what is left of the short one", 18)
    it.kernel.call_at(13, it.submit, "shorter", 5)
    it.kernel.run()
    assert it.done == [
        (18, "shorter"),
        (35, "short"),
        (53, "equal to what is left of the short one"),
        (143, "long"),
    ]


def test_the_core_with_the_most_left_gives_way(bench: Any) -> None:
    """Of two cores it is the one whose task has more left, whatever it had when it began."""
    it = bench("shortest-remaining", 1.0, 1.0)
    it.submit("nearly over", 100)
    it.kernel.call_at(90, it.submit, "just begun", 50)
    it.kernel.call_at(92, it.submit, "short", 20)
    it.kernel.run()
    assert it.done == [(100, "nearly over"), (112, "short"), (148, "just begun")]


def test_threads_wait_and_go_on_under_every_scheduler(bench: Any) -> None:
    """A thread computes, waits to be woken, is in a system call, and computes again, wherever it is scheduled."""
    for kind in ("fifo", "priority", "processor-sharing", "shortest-remaining", "work-stealing"):
        it = bench(kind, 1.0, 1.0)

        def life(it: Any = it) -> Any:
            yield 10
            it.note("computed")
            it.note((yield WAIT))
            yield SystemCall(1_000)
            yield 20
            it.note("over")

        thread = Thread(it.processor, life(), "t").start()
        it.kernel.call_at(100_000, thread.wake, "woken")
        it.kernel.run()
        assert [name for _, name in it.done] == ["computed", "woken", "over"], kind
        assert it.done[-1][0] - it.done[-2][0] >= 1_020, kind
        assert thread.over
