"""A cluster of Raft without faults, under clients that read and write at a fixed rate, whole with its records."""

import time
from typing import Any

from contender import Measurement


def cluster_side(servers: int, rate: int, seconds: int, per: str) -> Measurement:
    """One run at detail `summary`; an operation is a message between servers, or a committed entry, as `per` says."""
    import numpy  # noqa: F401 - what a run loads when it first needs it is loaded before the clock starts

    from scenarios.build import build
    from scenarios.schema import scenario_of

    scenario = {
        "name": "raft-cluster",
        "duration": f"{seconds}s",
        "topology": {"kind": "mesh", "nodes": servers},
        "protocol": {"kind": "raft"},
        "workload": {"kind": "register", "clients": 20, "keys": 100, "rate": f"{rate}/s"},
        "detail": "summary",
    }
    simulation: Any = build(scenario_of(scenario))
    start = time.process_time()
    simulation.run(seconds * 1_000_000_000)
    took = time.process_time() - start
    sent = simulation.balance().sent
    committed = max(node.protocol.commit_index for node in simulation.nodes)
    notes = {
        "simulated time": f"{seconds / took:.1f} s a second",
        "messages": f"{sent / took:,.0f} a second",
        "committed": f"{committed:,} entries",
    }
    return Measurement(took, sent if per == "message" else committed, {}, notes=notes)
