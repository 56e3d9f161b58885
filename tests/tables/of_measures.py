"""Tables of metrics, of series that are sampled, and of the columns of a run's files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from analysis.metric import Metric
from analysis.metrics_of_actors import METRICS_OF_ACTORS
from analysis.metrics_of_clients import METRICS_OF_CLIENTS
from analysis.metrics_of_consensus import METRICS_OF_CONSENSUS
from analysis.metrics_of_effects import METRICS_OF_EFFECTS
from analysis.metrics_of_load import METRICS_OF_LOAD
from analysis.metrics_of_memory import METRICS_OF_MEMORY
from analysis.metrics_of_shared_state import METRICS_OF_SHARED_STATE
from analysis.metrics_of_swarms import METRICS_OF_SWARMS
from analysis.metrics_of_tasks import METRICS_OF_TASKS
from analysis.metrics_of_worker_pools import METRICS_OF_WORKER_POOLS
from tests.tables.form import grid

METRICS_WITH_A_TABLE: Final[dict[str, tuple[Metric, ...]]] = {
    "actors": METRICS_OF_ACTORS,
    "clients": METRICS_OF_CLIENTS,
    "swarms": METRICS_OF_SWARMS,
    "load": METRICS_OF_LOAD,
    "memory": METRICS_OF_MEMORY,
    "effects": METRICS_OF_EFFECTS,
    "consensus": METRICS_OF_CONSENSUS,
    "shared state": METRICS_OF_SHARED_STATE,
    "tasks": METRICS_OF_TASKS,
    "worker pools": METRICS_OF_WORKER_POOLS,
}
"""Metrics that have a table of their own, `metrics of NAME`; all others are in the table `metrics`."""


def _metrics() -> str:
    from analysis.metrics import METRICS

    elsewhere = {each.name for metrics in METRICS_WITH_A_TABLE.values() for each in metrics}
    return _these_metrics(each for each in METRICS.values() if each.name not in elsewhere)


def _these_metrics(metrics: Iterable[Metric]) -> str:
    rows = ([f"`{each.name}`", each.unit, each.description] for each in metrics)
    return grid(("metric", "unit", "meaning"), rows)


def _series() -> str:
    from analysis.client_samples import CLIENT_SERIES
    from analysis.core_samples import CORE_SERIES
    from analysis.probes import MEMORY_SERIES, NODE_SERIES, SERIES, SWARM_SERIES

    named = [(name, "", text) for name, text in (SERIES | CLIENT_SERIES | SWARM_SERIES | MEMORY_SERIES).items()]
    named += [(name, "none, or each", text) for name, text in CORE_SERIES.items()]
    named += [(name, "each, at the end", text) for name, text in NODE_SERIES.items()]
    return grid(("metric", "node", "value"), ([f"`{name}`", node, text] for name, node, text in named))


def _columns(name: str) -> str:
    from analysis.events_file import events_schema
    from analysis.samples_file import samples_schema

    columns: Any = {"events": events_schema, "samples": samples_schema}[name]()
    rows = ([f"`{field.name}`", str(field.type), "yes" if field.nullable else "no"] for field in columns)
    return grid(("column", "type", "may be empty"), ([a, re.sub(r"dictionary.*", "string", b), c] for a, b, c in rows))


TABLES_OF_MEASURES: Final[dict[str, Callable[[], str]]] = {
    "metrics": _metrics,
    **{f"metrics of {name}": partial(_these_metrics, metrics) for name, metrics in METRICS_WITH_A_TABLE.items()},
    "events columns": lambda: _columns("events"),
    "series": _series,
    "samples columns": lambda: _columns("samples"),
}
