"""From traces and samples of cores to how busy they were in each column of time, and what waited for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.plots.core_trace import STINTS, CoreTrace, core_trace, cores_by_node, window_of
from analysis.plots.run_figures import facts, spans_of
from analysis.plots.utilisation import HeatRows, Utilisation
from topologies.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.plots.core_trace import Stint
    from analysis.plots.run_view import RunView

COLUMNS: Final = 160
MOST_CORES: Final = 64
"""Cores that have a row each; of more, each node has one."""
BUSY: Final = "busy_cores"
WAITING: Final = "run_queue"
"""Series of samples."""


def utilisation_figure(run: RunView, node: str | None = None, between: str | None = None) -> Utilisation:
    """Return how busy cores were; from the trace of the run, otherwise from what was sampled of its nodes.

    Raises InputError where it has neither.
    """
    if any(True for _ in run.states(STINTS)):
        return _of_trace(run, core_trace(run, "utilisation", node, between))
    if node is not None:
        raise InputError(f"{run.name}: found no trace of cores, in which a node can be chosen; leave the node out")
    return _of_samples(run, between)


def _of_trace(run: RunView, trace: CoreTrace) -> Utilisation:
    edges = np.unique(np.linspace(trace.begin, trace.end, COLUMNS + 1).astype(np.int64))
    by_core = len(trace.cores) <= MOST_CORES and not trace.shared
    labels = [trace.label(core) for core in trace.cores] if by_core else [str(node) for node in trace.nodes]
    rows: list[list[Stint]] = [[] for _ in labels]
    place: dict[Any, int] = {key: row for row, key in enumerate(trace.cores if by_core else trace.nodes)}
    for stint in trace.stints:
        rows[place[(stint.node, stint.core) if by_core else stint.node]].append(stint)
    sizes = [1] * len(rows) if by_core else [sum(core[0] == node for core in trace.cores) for node in trace.nodes]
    busy = [mean_over(((s.begin, s.end) for s in row), edges, n) / n for row, n in zip(rows, sizes, strict=True)]
    share = float((np.array(busy) * np.array(sizes)[:, None] * np.diff(edges)).sum())
    share /= len(trace.cores) * max(trace.end - trace.begin, 1)
    told = f"{facts([run])}; {len(trace.cores)} cores, busy {share:.1%} of the time"
    samples = _samples(run, trace.begin, trace.end, set(trace.nodes))
    if samples is None:
        waiting, how = _queues(trace, edges), f"means over {len(edges) - 1} parts, without tasks that never ran"
    else:
        waiting, how = samples[WAITING], f"means over {len(edges) - 1} parts; waiting tasks as sampled"
    upper = HeatRows(labels, np.array(busy), edges, trace.rows if by_core else "Node")
    return Utilisation(upper, waiting, run.name, f"{told}; {how}", spans_of(run))


def _queues(trace: CoreTrace, edges: NDArray[np.int64]) -> HeatRows:
    """Return how many of the tasks that ran waited, in the mean."""
    queues: dict[int, list[Stint]] = {node: [] for node in trace.nodes}
    for stint in trace.stints:
        queues[stint.node].append(stint)
    waiting = [mean_over(((s.ready, s.begin) for s in queue), edges) for queue in queues.values()]
    return HeatRows([str(node) for node in queues], np.array(waiting), edges, "Node")


def mean_over(
    spans: Iterable[tuple[int, int]], edges: NDArray[np.int64], most: int | None = None
) -> NDArray[np.float64]:
    """Return how many of some spans of time (ns) were on between each two edges, in the mean; exact.

    `most` counts at any time, None: all of them.
    """
    pairs = np.array(list(spans), dtype=np.int64).reshape(-1, 2)
    times = np.concatenate([pairs[:, 0], pairs[:, 1]])
    order = np.argsort(times, kind="stable")
    times = times[order]
    on = np.cumsum(np.concatenate([np.ones(len(pairs), np.int64), -np.ones(len(pairs), np.int64)])[order])
    counted = on if most is None else np.minimum(on, most)
    before = np.searchsorted(times, edges, side="right")
    areas = np.concatenate([[0, 0], np.cumsum(counted[:-1] * np.diff(times))])
    since = np.where(before > 0, edges - times[np.maximum(before - 1, 0)], 0) if len(times) else 0
    heights = np.concatenate([[0], counted])[before]
    return np.diff(areas[before] + heights * since) / np.diff(edges)


def _of_samples(run: RunView, between: str | None) -> Utilisation:
    begin, end = window_of(run, between)
    samples = _samples(run, begin, end)
    if samples is None:
        raise InputError(
            f"{run.name}: found neither a trace nor samples of cores, which the plot utilisation needs; give its "
            "scenario cores and run it again with --set hardware.trace=true, or with --set samples.every=10ms"
        )
    cores = cores_by_node(run)
    busy = samples[BUSY]
    size = np.array([[cores.get(int(node), 1)] for node in busy.labels])
    told = f"{facts([run])}; {int(size.sum())} cores, sampled {len(busy.edges):,} times"
    share = HeatRows(busy.labels, busy.values / size, busy.edges, busy.noun)
    return Utilisation(share, samples[WAITING], run.name, told, spans_of(run))


def _samples(run: RunView, begin: int, end: int, nodes: Collection[int] | None = None) -> dict[str, HeatRows] | None:
    """Return what was sampled of these nodes, or of all that were; each value is of the time since the one before."""
    samples = [
        each
        for each in run.samples()
        if each.metric in (BUSY, WAITING) and each.node is not None and begin <= each.time <= end
    ]
    samples = [each for each in samples if nodes is None or each.node in nodes]
    times = sorted({each.time for each in samples})
    if len(times) < 2:
        return None
    rows = sorted({int(each.node or 0) for each in samples})
    values = {metric: np.full((len(rows), len(times) - 1), np.nan) for metric in (BUSY, WAITING)}
    column = {time: place for place, time in enumerate(times[1:])}
    row = {node: place for place, node in enumerate(rows)}
    for each in samples:
        if each.time in column and each.node is not None:
            values[each.metric][row[each.node], column[each.time]] = each.value
    labels = [str(node) for node in rows]
    return {metric: HeatRows(labels, found, np.array(times), "Node") for metric, found in values.items()}
