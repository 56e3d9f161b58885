"""Spawned worker processes, replaced when one is killed: no batch is lost, and none is counted twice."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import parent_process
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Thread
from types import ModuleType, TracebackType
from typing import Any, Final, Self

from scenarios.execution.row import DIED, Row, failed, rows_of
from scenarios.execution.schedule import Batch, Schedule
from scenarios.execution.task import Setting
from topologies.errors import InputError

Done = list[tuple[Row, float]]
"""Rows of runs, each with the seconds that it took."""

MOST_DEATHS: Final = 3
"""How often a batch may lose its worker; then its runs are tried one by one, and each as often by itself."""


class Worker(SpawnProcess):
    """A fresh interpreter that never looks at the program that began it, so that this needs no guard against that."""

    def start(self) -> None:
        """Start it, deaf to Ctrl-C, which the parent answers for all."""
        with _nameless_program(), _interrupts_held():
            super().start()


class WorkerContext(SpawnContext):
    """Makes workers, and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[Worker] = []

    def Process(self, *args: Any, **options: Any) -> Worker:  # type: ignore[override]  # noqa: N802
        """Make a worker."""
        worker = Worker(*args, **options)
        self.started.append(worker)
        return worker


@contextmanager
def _nameless_program() -> Iterator[None]:
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back for a moment, and for good in processes that are started meanwhile."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin_worker() -> None:
    """Make a process a worker: deaf to Ctrl-C, silent on standard output, gone when its parent is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _ready() -> bool:
    return True


class Workers:
    """So many worker processes; as a context manager, they are gone at its end.

    `setting` is what their runs have in common.
    """

    def __init__(self, number: int, setting: Setting) -> None:
        assert number >= 1
        self.number = number
        self.setting = setting
        self._context = WorkerContext()
        self._pool: ProcessPoolExecutor | None = None

    def carry_out(self, schedule: Schedule) -> Iterator[Done]:
        """Yield the rows of batches as they are finished, in no order, until the schedule has no more.

        A run that ends its process again and again gets a row that says so. Raises InputError where processes cannot
        be started here.
        """
        under_way: dict[Future[Done], Batch] = {}
        while self._hand_out(schedule, under_way):
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            whole = [future for future in finished if future.exception() is None]
            for future in whole:
                done = future.result()
                del under_way[future]
                schedule.took(len(done), sum(seconds for _, seconds in done))
                yield done
            for future in finished.difference(whole):
                if not isinstance(future.exception(), BrokenProcessPool):
                    future.result()
            if len(whole) < len(finished):
                yield from self._after_a_death(schedule, under_way)

    def _hand_out(self, schedule: Schedule, under_way: dict[Future[Done], Batch]) -> bool:
        """Give each worker a batch to do and one to do next; whether anything is under way."""
        while len(under_way) < 2 * self.number:
            batch = schedule.next()
            if batch is None:
                break
            try:
                under_way[self._submit(batch)] = batch
            except BrokenProcessPool:
                schedule.put_back(batch)
                if under_way:
                    break
                self._renew()  # a worker died that had nothing to do, and nothing under way is there to tell
        return bool(under_way)

    def _submit(self, batch: Batch) -> Future[Done]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.number, self._context, begin_worker)
        return self._pool.submit(rows_of, self.setting, batch.tasks)

    def _after_a_death(self, schedule: Schedule, under_way: dict[Future[Done], Batch]) -> Iterator[Done]:
        """Renew the processes; what was under way is done again, one by one where it has lost too many of them."""
        self.stop()
        batches = [batch.died() for future, batch in under_way.items() if not _is_whole(future)]
        yield from [future.result() for future in under_way if _is_whole(future)]
        under_way.clear()
        for batch in batches:
            if batch.deaths < MOST_DEATHS:
                schedule.put_back(batch)
            else:
                yield self._one_by_one(batch)

    def _one_by_one(self, batch: Batch) -> Done:
        """Run each task of a batch by itself, in a process that runs nothing else."""
        done: Done = []
        for task in batch.tasks:
            for _ in range(MOST_DEATHS):
                try:
                    done += self._submit(Batch((task,))).result()
                except BrokenProcessPool:
                    self._renew()
                else:
                    break
            else:
                done.append((failed(task, DIED), 0.0))
        return done

    def _renew(self) -> None:
        """Start new processes; raises InputError where they do not even start."""
        self.stop()
        self._pool = ProcessPoolExecutor(self.number, self._context, begin_worker)
        try:
            self._pool.submit(_ready).result()
        except BrokenProcessPool:
            raise InputError("worker processes end as soon as they start; look at the memory and at limits") from None

    def stop(self) -> None:
        """End all processes at once, whatever they do."""
        for worker in self._context.started:
            if worker.is_alive():
                worker.kill()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._context.started.clear()
        self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None and self._pool is not None:
            self._pool.shutdown(wait=True)
            self._pool = None
        self.stop()


def _is_whole(future: Future[Done]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
