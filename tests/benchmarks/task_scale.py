"""Many small jobs through the cores of one node, whole with workload, scheduler and records."""

import time
from typing import Any

from contender import Measurement

MEAN_NS = 10_000
LOAD = 0.8


def tasks_side(cores: int, tasks: int, scheduler: dict[str, Any]) -> Measurement:
    """Jobs of 10 µs in the mean that keep four fifths of the cores busy; an operation is a job, from coming to end."""
    import numpy  # noqa: F401 - what a run loads when it first needs it is loaded before the clock starts

    from scenarios.build import build
    from scenarios.schema import scenario_of

    scenario = {
        "name": "task-scale",
        "duration": "1h",
        "topology": {"kind": "mesh", "nodes": 1},
        "hardware": {"cores": cores, "scheduler": scheduler},
        "protocol": {"kind": "task-server"},
        "workload": {
            "kind": "jobs",
            "arrivals": {"kind": "poisson", "rate": f"{LOAD * cores * 1_000_000_000 / MEAN_NS:.0f}/s"},
            "work": {"kind": "exponential", "mean": f"{MEAN_NS}ns"},
            "count": tasks,
            "record_share": 0,
        },
        "stop_when": "quiescent",
        "detail": "summary",
    }
    simulation: Any = build(scenario_of(scenario))
    start = time.process_time()
    simulation.run()
    took = time.process_time() - start
    notes = {
        "whole run": f"{took:.1f} s",
        "events": f"{simulation.kernel.events_processed / tasks:.1f} a job",
        "simulated": f"{simulation.now / 1e6:.1f} ms",
    }
    counts = simulation.nodes[0].processor.scheduler.counts()
    if counts:
        notes["stolen"] = f"{counts['stolen'] / tasks:.0%} of the jobs"
    return Measurement(took, tasks, {}, notes=notes)
