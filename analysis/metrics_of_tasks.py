"""Metrics of jobs and tasks on cores: how long they wait, how busy cores are, both sides of Little's law."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from analysis.load import SECOND, mean_of
from analysis.metric import Metric, Value

if TYPE_CHECKING:
    from analysis.measurements import Measurements
    from analysis.task_times import TaskTimes


def _begun(run: Measurements) -> bool:
    return run.tasks.begun is not None


def _finished(run: Measurements) -> bool:
    return bool(run.tasks.sojourn)


def _ended(run: Measurements) -> bool:
    return run.tasks.left is not None


def _is_graph(run: Measurements) -> bool:
    return run.tasks.begun is not None and run.tasks.begun["critical_path"] is not None


def _of(value: Callable[[TaskTimes], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(run.tasks)


def _left(name: str) -> Callable[[Measurements], Any]:
    return lambda run: run.tasks.left[name] if run.tasks.left else None


def _wait(share: float) -> Callable[[Measurements], Value]:
    return lambda run: _quantile(run.tasks.waits, share)


def _quantile(values: Any, share: float) -> int:
    import numpy as np

    return int(np.quantile(values, share, method="inverted_cdf"))


def _sojourn(share: float) -> Callable[[Measurements], Value]:
    return lambda run: _quantile(run.tasks.settled(run.tasks.sojourn), share)


def _counted(run: Measurements) -> bool:
    """Whether a job is finished that came after the warm-up."""
    return _finished(run) and bool(run.tasks.settled(run.tasks.sojourn).size)


def _in_system(tasks: TaskTimes) -> float | None:
    """Mean number of jobs in the system over time, as the workload itself counted them."""
    return tasks.left["job_time"] / tasks.lasted if tasks.left and tasks.lasted else None


def _rate_by_sojourn(tasks: TaskTimes) -> float | None:
    """Rate of arrivals times mean time in the system."""
    mean = mean_of(tasks.sojourn)
    return tasks.left["submitted"] / tasks.lasted * mean if tasks.left and tasks.lasted and mean is not None else None


def _utilisation(tasks: TaskTimes) -> float | None:
    cores = tasks.cores
    return sum(map(sum, tasks.busy.values())) / (cores * tasks.lasted) if cores and tasks.lasted else None


def _makespan(tasks: TaskTimes) -> int | None:
    last = tasks.last_finish
    return None if last is None else last - tasks.began_at


def _makespan_over_bound(tasks: TaskTimes) -> float | None:
    """The makespan over the least that cores at full speed can do it in: all work shared out, or the longest job."""
    makespan = _makespan(tasks)
    if makespan is None or not tasks.cores:
        return None
    longest = max(tasks.served)
    bound = max(sum(tasks.served) / tasks.cores, longest)
    return makespan / bound if bound else None


def _steals(run: Measurements) -> bool:
    return "attempts" in run.tasks.counts


METRICS_OF_TASKS: Final = (
    Metric("jobs_submitted", "jobs", "jobs that came, or tasks that became ready", _ended, _left("submitted")),
    Metric("jobs_finished", "jobs", "jobs that were carried out", _ended, _left("finished")),
    Metric("jobs_lost", "jobs", "jobs that were lost with their node, or refused", _ended, _left("lost")),
    Metric("jobs_left", "jobs", "jobs that wait, run, or are to be sent again at the end", _ended, _left("left")),
    Metric("jobs_resubmitted", "times", "times that a job was to be sent again", _begun, _of(lambda t: t.resubmitted)),
    Metric(
        "job_throughput",
        "jobs/s",
        "jobs finished in a second of the run, from the begin of the workload on",
        _begun,
        _of(lambda tasks: len(tasks.sojourn) * SECOND / tasks.lasted if tasks.lasted else None),
    ),
    Metric(
        "wait_mean",
        "ns",
        "time in the system beyond what a job's work takes at full speed: mean of the finished jobs",
        _counted,
        _of(lambda tasks: float(tasks.waits.mean())),
    ),
    Metric("wait_p50", "ns", "the same, median", _counted, _wait(0.5)),
    Metric("wait_p99", "ns", "the same, 99th percentile", _counted, _wait(0.99)),
    Metric(
        "wait_probability",
        "share",
        "share of the finished jobs that were in the system for longer than their work takes at full speed",
        _counted,
        _of(lambda tasks: float((tasks.waits > 0).mean())),
    ),
    Metric(
        "sojourn_mean",
        "ns",
        "time from a job's coming until it is finished: mean",
        _counted,
        _of(lambda tasks: float(tasks.settled(tasks.sojourn).mean())),
    ),
    Metric("sojourn_p50", "ns", "the same, median", _counted, _sojourn(0.5)),
    Metric("sojourn_p99", "ns", "the same, 99th percentile", _counted, _sojourn(0.99)),
    Metric(
        "job_work_mean",
        "ns",
        "work of the finished jobs on a core at full speed: mean",
        _counted,
        _of(lambda tasks: float(tasks.settled(tasks.served).mean())),
    ),
    Metric(
        "jobs_in_system",
        "jobs",
        "mean number of jobs in the system over time, counted as they come and go",
        _ended,
        _of(_in_system),
    ),
    Metric(
        "arrival_rate_by_sojourn",
        "jobs",
        "rate of arrivals times mean time in the system: by Little's law the same, where few jobs are left or lost",
        lambda run: _ended(run) and _finished(run),
        _of(_rate_by_sojourn),
    ),
    Metric(
        "core_utilisation",
        "share",
        "share of the time in which the cores were busy, their mean",
        _ended,
        _of(_utilisation),
    ),
    Metric(
        "makespan",
        "ns",
        "time from the begin of the workload until the last job is finished",
        _finished,
        _of(_makespan),
    ),
    Metric(
        "makespan_ratio",
        "ratio",
        "the same over the larger of all work shared out evenly over the cores at full speed, and the longest job",
        _finished,
        _of(_makespan_over_bound),
    ),
    Metric(
        "maximum_load",
        "jobs",
        "most jobs at one place, a node or the queue of a core, at the end",
        _ended,
        _of(lambda tasks: tasks.maximum_load),
    ),
    Metric(
        "steal_attempts",
        "times",
        "victims that cores without work looked at",
        _steals,
        _of(lambda tasks: tasks.counts["attempts"]),
    ),
    Metric("steals", "times", "thefts that came off", _steals, _of(lambda tasks: tasks.counts["steals"])),
    Metric("stolen", "tasks", "tasks that were stolen", _steals, _of(lambda tasks: tasks.counts["stolen"])),
    Metric(
        "critical_path",
        "ns",
        "most work along a path of the graph of tasks",
        _is_graph,
        _of(lambda tasks: tasks.begun["critical_path"] if tasks.begun else None),
    ),
    Metric(
        "graph_work",
        "ns",
        "all work of the graph of tasks",
        _is_graph,
        _of(lambda tasks: tasks.begun["work"] if tasks.begun else None),
    ),
)
