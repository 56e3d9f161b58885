"""Which fields of faults, workloads and liveness phases hold numbers of nodes: names, which are no amounts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from topologies.topology import MOST_NODES

OF_SCHEDULES: Final = frozenset({"node"})
"""Fields of schedules, whose nodes have no bound of their own."""


@cache
def node_fields() -> frozenset[str]:
    """Return the names of the fields; in `nodes`, a bare number is how many."""
    from faults.liveness import Liveness
    from faults.registry import FAULTS
    from sim.workloads.registry import WORKLOADS

    models = [kind.config for registry in (FAULTS, WORKLOADS) for kind in registry.values()]
    found = (name for model in (*models, Liveness) for name in numbers_of_nodes(model.model_json_schema()))
    return OF_SCHEDULES.union(found)


def numbers_of_nodes(schema: Any, field: str = "") -> Iterator[str]:
    """Yield the fields of a JSON Schema whose values are numbers of nodes: below the most that there may be."""
    if isinstance(schema, list):
        for part in schema:
            yield from numbers_of_nodes(part, field)
    elif isinstance(schema, dict):
        if schema.get("exclusiveMaximum") == MOST_NODES:
            yield field
        for key, part in schema.items():
            named = part.items() if key in ("properties", "$defs") else ()
            for name, inner in named:
                yield from numbers_of_nodes(inner, name if key == "properties" else "")
            if not named:
                yield from numbers_of_nodes(part, field)
