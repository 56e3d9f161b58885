"""The dispatcher: submits the jobs of a run one after another, each to a place, and keeps account of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from sim.protocols.task_server.job import Job
from sim.workloads.ledger import Ledger
from sim.workloads.work import works_of

if TYPE_CHECKING:
    from sim.hardware.core import Core
    from sim.simulation import Simulation
    from sim.workloads.jobs import Jobs


class Dispatcher:
    """Sends the jobs of a workload to nodes, or to the cores of nodes.

    Places are numbered: the nodes in their order, or the cores of the first node, then those of the second, and so on.
    """

    def __init__(self, jobs: Jobs, simulation: Simulation, nodes: tuple[int, ...]) -> None:
        self._jobs = jobs
        self._simulation = simulation
        self._kernel = simulation.kernel
        self._nodes = simulation.nodes
        self._ledger = Ledger(simulation, jobs.record_share)
        self._places: list[tuple[int, Core | None]] = [
            (node, core) for node in nodes for core in _places_of(simulation, node, jobs.over)
        ]
        jobs.placement.demand_places(len(self._places))
        self._loads = [0] * len(self._places)
        self._choose = jobs.placement.chooser(self._loads, simulation.streams.stream("workload/placement"))
        self._times = self._all_times()
        self._works = self._all_works()
        self._all_came = False

    def _all_times(self) -> Iterator[int]:
        """When each job comes, in simulated time."""
        jobs = self._jobs
        drawn = jobs.arrivals.times(self._simulation.streams.stream("workload/arrivals"))
        times = (jobs.at + time for time in drawn)
        if jobs.until is not None:
            until = jobs.until
            times = takewhile(lambda time: time < until, times)  # type: ignore[assignment]
        return islice(times, jobs.planned)

    def _all_works(self) -> Iterator[int | None]:
        """How much work each job is."""
        jobs = self._jobs
        works = works_of(jobs.work, self._simulation.streams.stream("workload/work"))
        if jobs.order == "as-drawn":
            return works
        drawn = [work for work in islice(works, jobs.planned) if work is not None]
        return iter(sorted(drawn, reverse=jobs.order == "longest-first"))

    def begin(self) -> None:
        """Schedule the first job, and what is told at the end of the run."""
        self._kernel.call_at(self._jobs.at, self._begin)
        self._simulation.at_end.append(self._close)

    def _begin(self) -> None:
        self._ledger.begin(self._jobs.planned, self._jobs.warm_up)
        self._await(next(self._times, None))

    def _await(self, due: int | None) -> None:
        """Take in the next job when it comes, None: no more come."""
        if due is None:
            self._all_came = True
            self._end_if_over()
        else:
            self._kernel.post(due, self._arrive, None)

    def _arrive(self, _: None) -> None:
        """Take in a job, and those that come at the same instant."""
        now, ledger = self._kernel._now, self._ledger
        due: int | None = now
        while due == now:
            job = Job(ledger.submitted, next(self._works), now, self)
            ledger.enter(job)
            self._send(job)
            due = next(self._times, None)
        self._await(due)

    def _send(self, job: Job) -> None:
        place = job.target = self._choose()
        node, core = self._places[place]
        self._loads[place] += 1
        server = self._nodes[node].protocol
        if not server.take(job, core):  # type: ignore[attr-defined]
            self._miss(job, "refused")

    def finished(self, job: Job, core: Core) -> None:
        """A job was carried out."""
        place = job.target
        self._loads[place] -= 1
        self._ledger.finish(job, self._places[place][0])
        if self._all_came:
            self._end_if_over()

    def lost(self, job: Job) -> None:
        """A job was at a node that has crashed."""
        self._miss(job, "crashed")

    def _miss(self, job: Job, cause: str) -> None:
        place = job.target
        self._loads[place] -= 1
        node = self._places[place][0]
        if self._jobs.on_crash == "lose":
            self._ledger.lose(job, node, cause)
            self._end_if_over()
            return
        self._ledger.send_again(job, node, cause)
        job.begin_anew()
        self._kernel.post(self._kernel._now + self._jobs.resubmit_after, self._send, job)

    def _end_if_over(self) -> None:
        if self._all_came and not self._ledger.inside:
            self._ledger.end()

    def _close(self) -> None:
        self._ledger.close(self._loads, dict.fromkeys(node for node, _ in self._places))


def _places_of(simulation: Simulation, node: int, over: str) -> tuple[Core | None, ...]:
    """The places of a node: itself, or each of its cores."""
    if over == "nodes":
        return (None,)
    processor = simulation.nodes[node].processor
    assert processor is not None, "was demanded before"
    return processor.cores
