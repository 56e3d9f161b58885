"""Many short runs: in a plain loop, and on worker processes that keep a row of each, by the time on the wall."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contender import Measurement

SCENARIO: dict[str, Any] = {
    "name": "many",
    "duration": "30s",
    "topology": {"kind": "random-regular", "nodes": 40, "degree": 4},
    "network": {"latency": {"kind": "lognormal", "median": "20ms", "sigma": 0.4}},
    "protocol": {"kind": "gossip", "exchange": "push-pull"},
    "workload": {"kind": "rumour"},
    "faults": {"kind": "random", "only": ["crash", "pause", "partition", "loss"], "most": 6},
    "liveness": {"at": "15s", "within": "10s"},
    "checks": ["messages-balance", "no-invention"],
    "detail": "summary",
}
WARM_UP = 40


def loop_side(runs: int) -> Measurement:
    """`murmur.run` in a loop: what one process can do."""
    from scenarios.execution.task import seed_of_run
    from scenarios.run import run
    from scenarios.schema import scenario_of

    scenario = scenario_of(SCENARIO)
    for number in range(WARM_UP):
        run(scenario, seed=seed_of_run(0, number))
    began = time.perf_counter()
    messages = sum(run(scenario, seed=seed_of_run(0, number)).balance.sent for number in range(runs))
    return Measurement(time.perf_counter() - began, runs, {"messages": messages})


def workers_side(runs: int, workers: int) -> Measurement:
    """The execution layer, once its processes have started."""
    from scenarios.execution.execute import execute
    from scenarios.execution.results import Results
    from scenarios.execution.task import Setting, Task, seed_of_run
    from scenarios.execution.workers import Workers

    tasks = [Task(number, seed_of_run(0, number), SCENARIO) for number in range(runs)]
    with TemporaryDirectory() as place, Workers(workers, Setting()) as pool:
        execute(tasks[:WARM_UP], Results(Path(place) / "warm-up", {}), Setting(), pool)
        results = Results(Path(place) / "measured", {})
        began, used = time.perf_counter(), time.process_time()
        execute(tasks, results, Setting(), pool)
        seconds, own = time.perf_counter() - began, time.process_time() - used
        messages = sum(int(row["metric.messages"] or 0) for row in results.rows())
    notes = {"of it the parent": f"{own / seconds:.1%} of a processor"}
    return Measurement(seconds, runs, {"messages": messages}, notes=notes)


STUDY: dict[str, Any] = {
    "name": "many-cells",
    "scenario": "gossip-mesh",
    "set": {"topology.nodes": 64},
    "sweep": {
        "network.loss": [0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07],
        "protocol.period": ["500ms", "600ms", "700ms", "800ms", "900ms", "1s", "1100ms", "1200ms"],
    },
    "metrics": ["converged_at", "messages_per_node"],
}


def study_loop_side(seeds: int) -> Measurement:
    """The runs of a study of 64 cells in a loop, of which nothing is kept: their own time."""
    from scenarios.execution.row import rows_of
    from scenarios.study.design import design_of

    design = design_of(STUDY, seeds=seeds)
    tasks = list(design.tasks())
    rows_of(design.setting, tasks[:WARM_UP])
    began = time.perf_counter()
    done = rows_of(design.setting, tasks)
    messages = sum(int(row["metric.messages"] or 0) for row, _ in done)
    return Measurement(time.perf_counter() - began, len(tasks), {"messages": messages})


def study_side(seeds: int, workers: int) -> Measurement:
    """The whole study: its processes from their start, its folder, its intervals."""
    from scenarios.study.design import design_of
    from scenarios.study.study import run_design

    design = design_of(STUDY, seeds=seeds)
    with TemporaryDirectory() as place:
        began, used = time.perf_counter(), time.process_time()
        studied = run_design(design, workers=workers, out=Path(place) / "study")
        seconds, own = time.perf_counter() - began, time.process_time() - used
        messages = sum(studied.table["metric.messages"].to_pylist())
    notes = {"of it the parent": f"{own:.1f} s, {own / seconds:.1%} of a processor"}
    return Measurement(seconds, design.runs, {"messages": messages}, notes=notes)
