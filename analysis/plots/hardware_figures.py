"""From the records of cores and of what ran on them to what their plots draw."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.plots.core_gantt import CoreGantt
from analysis.plots.core_trace import RAN, CoreTrace, core_trace, window_of
from analysis.plots.latency_breakdown import LatencyBreakdown
from analysis.plots.run_figures import facts, spans_of
from analysis.plots.steal_graph import StealGraph
from sim.records import DELIVERED, OUTCOMES
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.plots.run_view import RunView
    from sim.records import Record

MOST_STINTS: Final = 3_000
MOST_ROWS: Final = 64
FINISHED: Final = "finished"
DELIVERED_ITEM: Final = "item-delivered"
PARTS: Final = ("network", "queue", "run", "other")
PARTS_OF_ITEMS: Final = ("room and network", "queue", "run", "other")

Parts = tuple[int, int, int, int]
"""Nanoseconds on the network, in queues, on a core, and of anything else."""


def cores_figure(run: RunView, node: str | None = None, between: str | None = None) -> CoreGantt:
    """Return what ran on which core; of more than 3,000 stints what there was until then, of many cores the first 64.

    Raises InputError where the run kept no trace of its cores.
    """
    traced = core_trace(run, "cores", node, between)
    whole = _by_node(traced) if traced.shared else traced
    shown = frozenset(whole.cores[:MOST_ROWS])
    trace = replace(
        whole,
        cores=whole.cores[:MOST_ROWS],
        stints=tuple(stint for stint in whole.stints if (stint.node, stint.core) in shown),
        steals=tuple(s for s in whole.steals if (s.node, s.thief) in shown and (s.node, s.victim) in shown),
    )
    told = f"{facts([run])}; {len(traced.cores)} cores" + (", which tasks share" if traced.shared else "")
    if len(whole.cores) > MOST_ROWS:
        told += f"; the first {MOST_ROWS} {'nodes' if whole.by_node else 'of them'}"
    if len(trace.stints) > MOST_STINTS:
        number = len(trace.stints)
        trace = _first_stints(trace)
        told += f"; the first {MOST_STINTS:,} of {number:,} stints: name other times by --between"
    spans = [
        replace(s, end=min(s.end, trace.end), begin=max(s.begin, trace.begin))
        for s in spans_of(run)
        if s.begin <= trace.end and s.end >= trace.begin
    ]
    return CoreGantt(trace, run.name, told, spans)


def _by_node(trace: CoreTrace) -> CoreTrace:
    """Return a trace in which a row is all cores of a node, where no task is on a core of its own."""
    stints = tuple(replace(stint, core=0) for stint in trace.stints)
    parked = tuple(((node, 0), begin, end) for (node, _), begin, end in trace.parked)
    cores = tuple((node, 0) for node in trace.nodes)
    return replace(trace, cores=cores, stints=stints, steals=(), parked=parked, by_node=True)


def _first_stints(trace: CoreTrace) -> CoreTrace:
    ordered = sorted(trace.stints, key=lambda stint: stint.begin)[:MOST_STINTS]
    end = max(ordered[-1].begin, trace.begin + 1)
    steals = tuple(steal for steal in trace.steals if steal.time <= end)
    parked = tuple((core, begin, min(until, end)) for core, begin, until in trace.parked if begin < end)
    return replace(trace, stints=tuple(ordered), steals=steals, parked=parked, end=end)


def steals_figure(run: RunView, node: str | None = None, between: str | None = None) -> StealGraph:
    """Return how many tasks each core stole from each; raises InputError where none was, or it was not recorded."""
    trace = core_trace(run, "steals", node, between)
    if not trace.steals:
        raise InputError(
            f"{run.name}: no task was stolen, which the plot steals draws; give its scenario a scheduler of the kind "
            "work-stealing and work that comes to one core"
        )
    at_home = {steal.node for steal in trace.steals}
    cores = [core for core in trace.cores if core[0] in at_home]
    place = {core: number for number, core in enumerate(cores)}
    tasks: Counter[tuple[int, int]] = Counter()
    for steal in trace.steals:
        tasks[place[steal.node, steal.victim], place[steal.node, steal.thief]] += steal.tasks
    one = replace(trace, cores=tuple(cores))
    told = f"{facts([run])}; {sum(tasks.values()):,} tasks stolen in {len(trace.steals):,} steals"
    return StealGraph(
        [one.label(core) for core in cores], tasks, run.name, told, "core" if len(at_home) == 1 else "node.core"
    )


def breakdown_figure(run: RunView, between: str | None = None) -> LatencyBreakdown:
    """Return what the latencies of jobs are made of, or of a pipeline's items; of messages where there are neither.

    A message's latency is from when it was sent until its handler was through; of what ran on cores and is no message,
    such as a timer's handler, from when it was ready. Raises InputError where neither was recorded.
    """
    begin, end = window_of(run, between)
    jobs = [parts for time, parts in _jobs(run.states((FINISHED,))) if begin <= time <= end]
    if jobs:
        return _breakdown(run, jobs, "jobs", "jobs")
    items = [parts for time, parts in _items(run.states((DELIVERED_ITEM,))) if begin <= time <= end]
    if items:
        return _breakdown(run, items, "items", "items; queues are mailboxes", PARTS_OF_ITEMS)
    with_messages = run.detail in ("messages", "all")
    handled = [parts for time, parts in _handled(run) if begin <= time <= end] if with_messages else []
    if handled:
        return _breakdown(run, handled, "messages", "messages handled")
    tasks = [parts for time, parts in _tasks(run.states((RAN,))) if begin <= time <= end]
    if not tasks:
        raise InputError(
            f"{run.name}: found neither jobs that finished nor a trace of cores, one of which the plot latency-"
            "breakdown needs; give its scenario cores and run it again with --set hardware.trace=true --detail messages"
        )
    hint = "" if with_messages else "; --detail messages would tell the time of messages on the network"
    return _breakdown(run, tasks, "tasks", f"tasks{hint}")


def _breakdown(
    run: RunView, rows: list[Parts], noun: str, words: str, names: Sequence[str] = PARTS
) -> LatencyBreakdown:
    columns = np.array(rows, dtype=np.int64).reshape(-1, len(names))
    parts = {name: columns[:, place] for place, name in enumerate(names)}
    whole = max(int(columns.sum()), 1)
    shares = ", ".join(f"{name} {part.sum() / whole:.1%}" for name, part in parts.items() if part.any())
    return LatencyBreakdown(parts, noun, run.name, f"{facts([run])}; {len(rows):,} {words}; of all their time {shares}")


def _jobs(records: Iterable[Record]) -> Iterator[tuple[int, Parts]]:
    for record in records:
        of = record.fields
        if {"waited", "served", "sojourn"} <= of.keys():
            queue, ran, whole = int(of["waited"]), int(of["served"]), int(of["sojourn"])
            network = int(of.get("network") or 0)
            yield record.time, (network, queue, ran, max(0, whole - queue - ran - network))


def _items(records: Iterable[Record]) -> Iterator[tuple[int, Parts]]:
    for record in records:
        of = record.fields
        yield record.time, (int(of["between"]), int(of["queued"]), int(of["ran"]), 0)


def _handled(run: RunView) -> Iterator[tuple[int, Parts]]:
    """Yield the parts of each message that was handled.

    A message is delivered at the end of the stint that handles it, so that node, kind and time tell which that was;
    those that are alike in all three were recorded in the same order. It was on the network until it was ready.
    """
    sent: defaultdict[tuple[int, str, int], deque[int]] = defaultdict(deque)
    for message in run.messages("latency-breakdown"):
        if message.kind == OUTCOMES[DELIVERED]:
            of = message.fields
            sent[of["destination"], of["message"], message.time].append(int(of["sent_at"]))
    for record in run.states((RAN,)):
        of = record.fields
        assert record.node is not None
        waited, ran = int(of["waited"]), int(of["ran"])
        begun = sent.get((record.node, str(of["task"]), record.time))
        if begun:
            yield record.time, (int(of["since"]) - waited - begun.popleft(), waited, ran, 0)


def _tasks(records: Iterable[Record]) -> Iterator[tuple[int, Parts]]:
    for record in records:
        yield record.time, (0, int(record.fields["waited"]), int(record.fields["ran"]), 0)
