"""Runs tasks on worker processes and keeps their rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from scenarios.execution.results import Results
from scenarios.execution.schedule import Schedule
from scenarios.execution.task import Setting, Task
from scenarios.execution.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.execution.dask_workers import DaskWorkers
    from scenarios.execution.row import Row

Watch = Callable[["Sequence[Row]"], None]
"""Is handed rows as they come in, in no order."""


def available_workers() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def execute(
    tasks: Iterable[Task],
    results: Results,
    setting: Setting,
    workers: Workers | DaskWorkers | int,
    watch: Watch | None = None,
    *,
    flush: bool = True,
) -> None:
    """Run those of the tasks that `results` does not have yet, and put their rows there.

    The rows are the same whatever the number of workers, deaths of workers, and executions before this one. Numbers of
    tasks have to ascend; they are gone through twice. `workers` may be processes or a cluster already there, which are
    then left running. What is finished is kept also when this is interrupted; `flush` says whether rows of a part that
    is not complete are written when all went well.
    """
    if isinstance(workers, int):
        with Workers(workers, setting) as fresh:
            execute(tasks, results, setting, fresh, watch, flush=flush)
        return
    left = sum(task.number not in results.done for task in tasks)
    schedule = Schedule(results.missing(tasks), left, workers.number)
    whole = False
    try:
        for done in workers.carry_out(schedule):
            results.take(done)
            left -= len(done)
            if watch is not None:
                watch([row for row, _ in done])
        assert not left, "each run is carried out"
        whole = True
    finally:
        if flush or not whole:
            results.flush()
