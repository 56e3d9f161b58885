"""Judges of schedulers hold for those that are right, and catch each that is broken on purpose."""

from __future__ import annotations

from typing import Any

import pytest

import murmur
from analysis.hardware.core_time import NodeCores
from analysis.hardware.work_conserved import WorkConserved
from analysis.manifest import RunBalance, RunVerdict
from analysis.verdict import RunEnd
from sim.hardware.core import Core
from sim.hardware.processor import Processor
from sim.hardware.scheduler import Fifo, FifoConfig
from sim.hardware.task import Task
from sim.kernel import Kernel
from sim.records import Record

BALANCE = RunBalance(sent=0, duplicated=0, waiting=0, in_flight=0, outcomes={}, sums=True)


class OneCore(Fifo):
    """Gives work to core 0 alone."""

    def ready(self, task: Task, maker: Core | None) -> None:
        """Start it on core 0, or let it wait."""
        if self.processor.cores[0].free:
            self.processor.cores[0].start(task)
        else:
            self._queue.append(task)

    def next(self, core: Core) -> Task | None:
        """Nothing for other cores."""
        return super().next(core) if core.number == 0 else None


class Lazy(Fifo):
    """Lets a core rest after each task, until the next one comes."""

    def next(self, core: Core) -> Task | None:
        """Nothing."""
        return None

    def ready(self, task: Task, maker: Core | None) -> None:
        """Start what waits longest on every core that is free."""
        self._queue.append(task)
        for core in self.processor.cores:
            if core.free and self._queue:
                core.start(self._queue.popleft())


def judged(scheduler: type[Fifo], until: int | None = None) -> RunVerdict:
    """The verdict on six tasks of 100 ns that come at once to two cores, and one later."""
    kernel = Kernel()
    processor = Processor(kernel, (1.0, 1.0))
    processor.scheduler = scheduler(processor, FifoConfig(), None)
    judge = WorkConserved()

    def record(kind: str, **fields: Any) -> None:
        if kind in judge.kinds:
            judge.observe(Record(kernel.now, 0, 0, kind, fields))

    processor.record = record
    processor.describe()
    for number in range(6):
        processor.submit(lambda _: None, number, work=100)
    kernel.call_at(1_000, processor.submit, lambda _: None, 7, 100)
    kernel.run(until)
    processor.conclude()
    return judge.finish(RunEnd(kernel.now, "quiescent", BALANCE))


def test_work_is_conserved_by_a_queue_for_all_cores() -> None:
    """First in, first out leaves no core idle while a task waits."""
    assert judged(Fifo).verdict == "holds"
    assert judged(Fifo, until=150).verdict == "holds"


@pytest.mark.parametrize("scheduler", [OneCore, Lazy])
@pytest.mark.parametrize("until", [None, 150, 950])
def test_a_scheduler_that_forgets_cores_is_caught(scheduler: type[Fifo], until: int | None) -> None:
    """One that uses a single core, and one that lets cores rest, are caught, also in the middle of the work."""
    verdict = judged(scheduler, until)
    assert verdict.verdict == "violated"
    assert "was idle for" in verdict.reason
    assert verdict.evidence


def test_nothing_that_ran_is_nothing_to_judge() -> None:
    """Without a stint the verdict is unknown."""
    assert WorkConserved().finish(RunEnd(0, "quiescent", BALANCE)).verdict == "unknown"


def record(time: int, kind: str, **fields: Any) -> Record:
    """A record of node 0."""
    return Record(time, 0, 0, kind, fields)


def test_a_core_that_is_stopped_is_not_idle() -> None:
    """From a core that is stopped nothing is expected; what comes between, and after, counts by itself."""
    cores = NodeCores(record(0, "cores", cores=2, scheduler="fifo", promise=10))
    cores.observe(record(100, "core-stopped", core=1))
    cores.observe(record(500, "core-went-on", core=1))
    cores.observe(record(520, "ran", core=1, task="b", since=505, waited=0, ran=15))
    cores.observe(record(600, "ran", core=0, task="a", since=480, waited=380, ran=120))
    cores.end(600)
    worst = cores.worst()
    assert worst is not None
    assert worst[0] == 380  # core 0, from 100 to 480
    cores.idle = [span for span in cores.idle if span.shown.fields["core"] == 1]
    assert [(span.begin, span.end) for span in cores.idle] == [(0, 100), (520, 600)]
    assert cores.worst() is None


def test_a_promise_is_for_one_core_and_one_task_together() -> None:
    """A core that is idle for 30 and a task that waits for 30 share 20: too long for a promise of 10, not of 20."""
    for promise, found in ((10, True), (20, False)):
        cores = NodeCores(record(0, "cores", cores=2, scheduler="fifo", promise=promise))
        cores.observe(record(100, "ran", core=0, task="a", since=0, waited=0, ran=100))
        cores.observe(record(100, "ran", core=1, task="b", since=0, waited=0, ran=100))
        cores.observe(record(200, "ran", core=0, task="c", since=130, waited=0, ran=70))
        cores.observe(record(300, "ran", core=1, task="d", since=140, waited=30, ran=160))
        cores.end(300)
        cores.idle = [span for span in cores.idle if span.begin == 100 and span.shown.fields["core"] == 0]
        assert (cores.worst() is not None) == found


def stealing(ablate: str, seed: int, **overrides: Any) -> murmur.Run:
    """The built-in hunt with a safeguard left out."""
    return murmur.run("work-stealing-hunt", seed=seed, overrides=[f"hardware.scheduler.ablate=[{ablate}]"], **overrides)


def verdicts(run: murmur.Run) -> dict[str, str]:
    """The verdicts by the names of the checks."""
    return {verdict.check: verdict.verdict for verdict in run.verdicts}


def test_safeguards_of_work_stealing_are_needed() -> None:
    """Whole, nothing is found; without the owner's check a job runs twice, without the last look work is left lying."""
    assert set(verdicts(stealing("", 1)).values()) == {"holds"}
    assert verdicts(stealing("owner-check", 1))["no-task-run-twice"] == "violated"
    assert verdicts(stealing("park-check", 1))["work-conserved"] == "violated"
