"""A worker that dies while nothing is left to be done by it."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from time import monotonic, sleep

from scenarios.execution.row import number_of
from scenarios.execution.schedule import Schedule
from scenarios.execution.workers import Workers
from tests.unit.scenarios.execution.trouble import SETTING, tasks


def test_a_death_between_batches_loses_no_run() -> None:
    """Where a worker dies once all that is under way is finished, the runs that are left are carried out."""
    work = tasks(8)
    with Workers(1, SETTING) as workers:
        done = workers.carry_out(Schedule(iter([(0, list(work))]), len(work), 1))
        numbers = [number_of(row) for row, _ in next(done)]
        _finish_all_and_kill(workers)
        numbers += [number_of(row) for rows in done for row, _ in rows]
    assert sorted(numbers) == [task.number for task in work]


def _finish_all_and_kill(workers: Workers) -> None:
    """Wait until the worker has nothing to do, kill it, and wait until the pool has noticed."""
    pool = workers._pool
    assert pool is not None
    until = monotonic() + 30
    while pool._pending_work_items and monotonic() < until:
        sleep(0.01)
    for process in list(pool._processes.values()):
        process.kill()
    while not pool._broken and monotonic() < until:
        sleep(0.01)
    assert isinstance(pool._broken, str | BrokenProcessPool)
