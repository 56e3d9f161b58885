"""topology-links.json: the graph of a run whose topology came from a file, so that the run folder needs no other file.

It is a topology of kind `links`, as scenarios write one: each link by its nodes, with delays, weights, names, regions.
"""

from __future__ import annotations

import json
from pathlib import Path

from analysis.canonical import canonical_json
from topologies.errors import InputError
from topologies.topology import Topology


def write_topology(path: Path, topology: Topology) -> None:
    """Write every link of a topology; raises InputError for a complete graph whose links are not stored."""
    from topologies.links import as_links

    path.write_text(canonical_json(as_links(topology).model_dump(exclude_none=True)) + "\n", encoding="ascii")


def read_topology(path: Path) -> Topology:
    """Return the topology of a file, as one of kind `links`; raises InputError where there is none in it."""
    from topologies.registry import build

    try:
        data = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise InputError(f"{path} cannot be read; run the scenario again") from None
    if not isinstance(data, dict) or data.get("kind") != "links":
        raise InputError(f"{path} holds no topology of kind links; run the scenario again")
    try:
        return build(data)
    except InputError as error:
        raise InputError(f"{path}: {error.message}") from None
