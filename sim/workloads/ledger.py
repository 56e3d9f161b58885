"""The ledger of a workload of jobs: counts them, and puts into the records what became of each.

Where only a share of the jobs has a record of its own, all have their times in records of many: the run stays whole,
and a million jobs stay cheap.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from sim.randomness import Stream

if TYPE_CHECKING:
    from sim.protocols.task_server.job import Job
    from sim.simulation import Simulation

BATCH: Final = 1_000
"""Jobs in a record of many."""


class Ledger:
    """What became of the jobs so far.

    `share` of them have records of their own; `planned`, how many there are to be, None where that is open;
    `inside`, jobs that came and are not over: waiting, running, or about to be sent again.
    """

    def __init__(self, simulation: Simulation, share: float) -> None:
        self.simulation = simulation
        self.submitted = self.finished = self.lost = self.inside = 0
        self._kernel = simulation.kernel
        self._share = share
        self._chosen: Stream = simulation.streams.stream("workload/recorded")
        self._job_time = 0
        self._changed = 0
        self._over = False
        self._arrived: list[int] = []
        self._served: list[int] = []
        self._sojourn: list[int] = []

    def begin(
        self, planned: int | None, warm_up: int, work: int | None = None, critical_path: int | None = None
    ) -> None:
        """Record that the workload begins; `work` and `critical_path` in nanoseconds, where they are known.

        Jobs that come within `warm_up` nanoseconds from now are not to count in means over jobs.
        """
        now = self._changed = self._kernel._now
        self.simulation.record(
            "work-begun",
            planned=planned,
            batched=self._share < 1,
            counts_from=now + warm_up,
            work=work,
            critical_path=critical_path,
        )

    def enter(self, job: Job) -> None:
        """A job has come."""
        now = self._kernel._now
        self._job_time += self.inside * (now - self._changed)
        self._changed = now
        self.inside += 1
        self.submitted += 1
        share = self._share
        job.recorded = share >= 1 or (share > 0 and self._chosen.random() < share)

    def _leave(self) -> int:
        now = self._kernel._now
        self._job_time += self.inside * (now - self._changed)
        self._changed = now
        self.inside -= 1
        return now

    def finish(self, job: Job, node: int) -> None:
        """A job was carried out on a node."""
        now = self._leave()
        self.finished += 1
        assert job.work is not None, "a job without end ends"
        sojourn = now - job.arrived
        if self._share < 1:
            self._arrived.append(job.arrived)
            self._served.append(job.work)
            self._sojourn.append(sojourn)
            if len(self._arrived) == BATCH:
                self._record_batch()
        if job.recorded:
            self.simulation.nodes[node].record(
                "finished", job=job.number, waited=sojourn - job.work, served=job.work, sojourn=sojourn
            )

    def lose(self, job: Job, node: int, cause: str) -> None:
        """A job is lost for good: `crashed` with its node, or `refused` by one that was not up."""
        now = self._leave()
        self.lost += 1
        self.simulation.record("lost-job", job=job.number, target=node, cause=cause, after=now - job.arrived)

    def send_again(self, job: Job, node: int, cause: str) -> None:
        """A job that a node lost, or refused, is to be sent again."""
        self.simulation.record("resubmitted-job", job=job.number, target=node, cause=cause)

    def end(self) -> None:
        """Record, once, that nothing is left and nothing comes any more."""
        if not self._over:
            self._over = True
            self.simulation.record("work-over", finished=self.finished, lost=self.lost)

    def close(self, loads: list[int], nodes: Iterable[int]) -> None:
        """Record, at the end of the run, what is left, and how busy the cores of the nodes were.

        `loads`, the number of jobs at each place.
        """
        if self._arrived:
            self._record_batch()
        self._job_time += self.inside * (self._kernel._now - self._changed)
        self._changed = self._kernel._now
        held = [max(0, load) for load in loads]  # where a broken scheduler runs a job twice, it leaves twice
        places = [0] * (max(held) + 1)
        for load in held:
            places[load] += 1
        self.simulation.record(
            "work-left",
            submitted=self.submitted,
            finished=self.finished,
            lost=self.lost,
            left=self.inside,
            job_time=self._job_time,
            places=places,
        )

        for node in nodes:
            self._record_busy(node)

    def _record_busy(self, node: int) -> None:
        processor = self.simulation.nodes[node].processor
        if processor is not None:
            busy = tuple([core.busy_until_now() for core in processor.cores])
            self.simulation.record("cores-busy", target=node, busy=busy, **processor.scheduler.counts())

    def _record_batch(self) -> None:
        self.simulation.record(
            "finished-jobs", arrived=tuple(self._arrived), served=tuple(self._served), sojourn=tuple(self._sojourn)
        )
        for column in (self._arrived, self._served, self._sojourn):
            column.clear()
