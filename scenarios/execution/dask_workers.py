"""The workers of a Dask cluster: batches of runs as Dask tasks, with the same rows as processes of this machine give.

A batch whose worker dies is done again elsewhere, by Dask itself (`distributed.scheduler.allowed-failures`). A worker
runs one batch at a time, whatever its threads: runs are pure Python, and take turns anyway.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Iterator
from importlib import import_module
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self

from analysis.manifest import murmur_version
from scenarios.execution.row import DIED, failed, rows_of
from scenarios.execution.schedule import Batch, Schedule
from scenarios.execution.surroundings import Surroundings, surroundings_of
from scenarios.execution.task import Setting, Task
from scenarios.execution.workers import Done
from topologies.errors import InputError

Client = Any
"""A `distributed.Client`; Dask's types say little."""
Future = Any
Security = Any

CONNECT_SECONDS: Final = 10
"""How long a scheduler may take to answer."""
LOOK_SECONDS: Final = 1.0
"""After how long it is asked again how many workers there are."""
FEWEST_UNDER_WAY: Final = 4
"""Batches that are handed out even where there are no workers yet, so that a cluster that adapts sees work."""
LOST: Final = (asyncio.CancelledError, concurrent.futures.CancelledError, OSError)
"""What Dask raises of tasks whose scheduler is gone."""

_one_at_a_time: Final = Lock()


def rows_there(surroundings: Surroundings, setting: Setting, tasks: tuple[Task, ...]) -> Done:
    """Run tasks on a worker of a cluster; raises InputError where it is not what it has to be."""
    surroundings.demand_here(f"the worker {_dask().get_worker().address}")
    with _one_at_a_time:
        return rows_of(setting, tasks)


class DaskWorkers:
    """The workers of a cluster; as a context manager, it lets go of them at its end, and ends none of them.

    `cluster` is the address of a scheduler, or a Dask client or cluster; `setting` is what the runs have in common.
    Raises InputError where there is no scheduler, or no Dask here.
    """

    def __init__(self, cluster: Any, setting: Setting) -> None:
        self.setting = setting
        self._own = not _is_client(cluster)
        self._place = _place_of(cluster)
        self._client: Client = connect(cluster) if self._own else cluster
        self._number = 0
        self._asked = -LOOK_SECONDS

    @property
    def number(self) -> int:
        """How many workers there are now; at least 1, as there may be more at any time."""
        if monotonic() - self._asked >= LOOK_SECONDS:
            self._number = max(1, len(self._client.nthreads()))
            self._asked = monotonic()
        return self._number

    def carry_out(self, schedule: Schedule) -> Iterator[Done]:
        """Yield the rows of batches as they are finished, in no order, until the schedule has no more.

        A run that ends its worker again and again gets a row that says so. Raises InputError where the scheduler is
        lost, and where a worker is not what it has to be.
        """
        under_way: dict[Future, Batch] = {}
        try:
            while self._hand_out(schedule, under_way):
                for future in self._finished(under_way):
                    yield from self._taken(future, under_way.pop(future), schedule)
        finally:
            for future in under_way:
                future.release()

    def _hand_out(self, schedule: Schedule, under_way: dict[Future, Batch]) -> bool:
        """Give each worker a batch to do and one to do next; whether anything is under way."""
        while len(under_way) < max(2 * self.number, FEWEST_UNDER_WAY):
            batch = schedule.next()
            if batch is None:
                break
            surroundings = surroundings_of(self.setting, batch.tasks)
            future = self._client.submit(rows_there, surroundings, self.setting, batch.tasks, pure=False)
            under_way[future] = batch
        return bool(under_way)

    def _finished(self, under_way: dict[Future, Batch]) -> list[Future]:
        try:
            with self._client.as_current():
                finished = _dask().wait(list(under_way), return_when="FIRST_COMPLETED").done
        except LOST:
            raise self._lost() from None
        return [future for future in under_way if future in finished]

    def _taken(self, future: Future, batch: Batch, schedule: Schedule) -> Iterator[Done]:
        """Yield what a batch came to; one whose workers died again and again is cut into its runs."""
        try:
            done: Done = future.result()
        except _dask().KilledWorker:
            if len(batch.tasks) == 1:
                yield [(failed(batch.tasks[0], DIED), 0.0)]
            for task in batch.tasks if len(batch.tasks) > 1 else ():
                schedule.put_back(Batch((task,)))
        except LOST:
            raise self._lost() from None
        except (ImportError, AttributeError) as error:
            wanted = f"murmur-sim=={murmur_version()}"
            raise InputError(f"a worker of the cluster has no such Murmur ({error}); install {wanted} on all") from None
        else:
            schedule.took(len(done), sum(seconds for _, seconds in done))
            yield done

    def _lost(self) -> InputError:
        message = f"lost the scheduler at {self._place}; what is finished is kept: go on with --resume when it is back"
        return InputError(message)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._own:
            self._client.close(timeout=1)


def secured(ca_file: str | None, certificate: str | None, key: str | None) -> Security | None:
    """Return TLS by these files, None where none is given; raises InputError where Dask is not installed."""
    if not (ca_file or certificate or key):
        return None
    return _dask().Security(
        tls_ca_file=ca_file, tls_client_cert=certificate, tls_client_key=key, require_encryption=True
    )


def _dask() -> Any:
    """Return Dask's package for clusters; raises InputError where it is not installed."""
    try:
        return import_module("distributed")
    except ImportError:
        message = "a cluster needs dask.distributed, which is not installed; run: pip install 'murmur-sim[cluster]'"
        raise InputError(message) from None


def _is_client(cluster: Any) -> bool:
    return isinstance(cluster, _dask().Client)


def connect(cluster: Any, security: Security | None = None) -> Client:
    """Return a client of a scheduler, which `security` tells how to speak TLS (None: as Dask is configured).

    Raises InputError where none answers.
    """
    dask = _dask()
    try:
        return dask.Client(cluster, security=security, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        remedy = "see that a Dask scheduler runs there, and that tls:// addresses have their certificates"
        raise InputError(f"found no cluster at {_place_of(cluster)} ({reason}); {remedy}") from None


def _place_of(cluster: Any) -> str:
    """Return what messages call a cluster: the address of its scheduler."""
    if isinstance(cluster, str):
        return cluster
    scheduler = getattr(cluster, "scheduler", None)
    return str(getattr(cluster, "scheduler_address", None) or getattr(scheduler, "address", None) or cluster)
