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
