"""Small studies that are run for tests, between them of what every plot of studies draws."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import murmur
from scenarios.study.result import Study

STUDIES: Final[dict[str, dict[str, Any]]] = {
    "gossip": {
        "name": "small-gossip",
        "scenario": "gossip-mesh",
        "sweep": {"topology.kind": ["mesh", "ring"], "topology.nodes": [4, 8, 16]},
        "seeds": 2,
        "metrics": ["converged_at", "messages_per_node"],
    },
    "swarm": {
        "name": "small-swarm",
        "scenario": "kuramoto",
        "set": {
            "topology": {"kind": "ring", "nodes": 8},
            "duration": "2s",
            "faults": [],
            "checks": [],
            "samples": None,
            "protocol": {"kind": "kuramoto", "step": "100ms"},
        },
        "sweep": {"protocol.strength": [1.0, 4.0]},
        "seeds": 2,
        "metrics": ["coherence_mean", "winding"],
    },
    "threads": {
        "name": "small-threads",
        "scenario": "lock-convoy",
        "set": {"hardware.cores": 9, "protocol.operations": 20, "protocol.hand_off": False},
        "sweep": {"protocol.structure": ["mutex", "channel"], "protocol.threads": [1, 2, 4, 8]},
        "seeds": 2,
        "metrics": ["thread_operations_per_second", "update_time_mean"],
    },
}
SUITS: Final = {"bifurcation": "swarm", "basins": "swarm", "throughput": "threads", "state-costs": "threads"}
"""The study that a plot draws, where it is not that of gossip."""


@cache
def study_for(plot: str) -> Study:
    """A study that a plot can draw."""
    return _ran(SUITS.get(plot, "gossip"))


@cache
def _ran(name: str) -> Study:
    return murmur.study(STUDIES[name], workers=1)
