"""How runs are cut into batches: each is handed out once, and batches last about as long as they should."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scenarios.execution.schedule import BATCH_SECONDS, Schedule
from scenarios.execution.task import Task


def parts_of(sizes: list[int]) -> list[tuple[int, list[Task]]]:
    """Parts with so many tasks each, numbered in sequence."""
    numbers = iter(range(sum(sizes)))
    return [(part, [Task(next(numbers), 0, {}) for _ in range(size)]) for part, size in enumerate(sizes)]


@given(
    st.lists(st.integers(1, 40), max_size=8),
    st.lists(st.floats(0, 10, allow_subnormal=False), min_size=1, max_size=30),
    st.integers(1, 8),
    st.sets(st.integers(0, 60)),
)
def test_each_run_is_handed_out_until_it_is_done(
    sizes: list[int], seconds: list[float], workers: int, deaths: set[int]
) -> None:
    """However long runs take and whichever batches are put back, each run is done once, within its part."""
    parts = parts_of(sizes)
    part_of = {task.number: part for part, tasks in parts for task in tasks}
    schedule = Schedule(iter(parts), sum(sizes), workers)
    done: list[int] = []
    handed = 0
    while (batch := schedule.next()) is not None:
        handed += 1
        assert batch.tasks
        if handed in deaths:
            schedule.put_back(batch.died())
            continue
        assert len({part_of[task.number] for task in batch.tasks}) == 1
        done += [task.number for task in batch.tasks]
        schedule.took(len(batch.tasks), seconds[handed % len(seconds)] * len(batch.tasks))
    assert sorted(done) == list(range(sum(sizes)))


def test_batches_last_about_half_a_second() -> None:
    """Once it is known how long a run takes, so many are handed out that they last as long as a batch should."""
    schedule = Schedule(iter(parts_of([1000])), 1000, 1)
    first = schedule.next()
    assert first is not None
    assert len(first.tasks) == 1
    schedule.took(1, 0.01)
    second = schedule.next()
    assert second is not None
    assert len(second.tasks) == BATCH_SECONDS / 0.01
