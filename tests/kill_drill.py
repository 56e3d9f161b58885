"""Kills studies at random moments and goes on with them: `python tests/kill_drill.py [--moments 20] [--dask]`.

A study runs undisturbed, and then as often as there are moments, each in a folder of its own. At a moment drawn by the
seed, between its start and as long as the undisturbed one took, either its process or one of its workers is killed by
SIGKILL; a study that was killed goes on with `--resume`. In the end all files of its folder, but for those of times,
have to be those of the undisturbed one, byte for byte. A moment at which nobody was there to kill does not count. With
`--dask` the workers are those of a Dask cluster, and in the end a run kills each of its workers. Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
STUDY = """\
name: drill
scenario: gossip-mesh
set: {duration: 20s, limits.events: 3000}
cases: {push: {}, both: {set: {protocol.exchange: push-pull}}}
sweep: {topology.nodes: [8, 32]}
labels: {case: system}
seeds: 60
metrics: [converged_at, messages_per_node]
"""
VICTIMS = ("study", "worker")


def content(folder: Path) -> dict[str, bytes]:
    """All files of a study that equal studies have, by name."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if "timing" not in path.name}


def begin(folder: Path, name: str, *flags: str) -> subprocess.Popen[bytes]:
    """Begin the study into a folder of this name."""
    words = [sys.executable, str(ROOT / "murmur.py"), "study", "drill.yaml", "--out", name, "--json", *flags]
    log = (folder / f"{name}.log").open("ab")
    with log:
        return subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=log)


def finish(process: subprocess.Popen[bytes], folder: Path, name: str) -> None:
    """Wait for the end of a study, which has to be a good one."""
    code = process.wait(timeout=600)
    assert code in (0, 3), f"{name} ended with {code}: {(folder / f'{name}.log').read_text()}"


def workers_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that a study has started to run in."""
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
    except OSError:
        return []
    return [pid for pid, line in lines.items() if b"spawn_main" in line]


class Cluster:
    """A Dask scheduler and two workers, which are started again when they are killed."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--no-dashboard")
        until = time.monotonic() + 60
        while not self.file.exists() and time.monotonic() < until:
            time.sleep(0.05)
        self.address: str = json.loads(self.file.read_text())["address"]
        self.workers = [self._worker(), self._worker()]

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "dask", what, "--host", "127.0.0.1", "--scheduler-file", str(self.file)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([*words, *options], env={**os.environ, "PYTHONPATH": str(ROOT)}, **quiet)

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard")

    def kill_one(self, number: int) -> None:
        """Kill a worker, and start another in its place."""
        self.workers[number].kill()
        self.workers[number].wait()
        self.workers[number] = self._worker()

    def end(self) -> None:
        """End all of it."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@contextmanager
def cluster_in(folder: Path, wanted: bool) -> Iterator[Cluster | None]:
    """Give a cluster where one is wanted."""
    if not wanted:
        yield None
        return
    cluster = Cluster(folder)
    try:
        yield cluster
    finally:
        cluster.end()


def strike(process: subprocess.Popen[bytes], victim: str, cluster: Cluster | None, chance: random.Random) -> bool:
    """Kill the victim; whether there was one to kill."""
    if victim == "study":
        alive = process.poll() is None
        process.kill()
        return alive
    if cluster is not None:
        cluster.kill_one(chance.randrange(2))
        return process.poll() is None
    workers = workers_of(process)
    if not workers:
        return False
    try:
        os.kill(chance.choice(workers), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def drill(folder: Path, moments: int, seed: int, dask: bool, victims: Sequence[str] = VICTIMS) -> Counter[str]:
    """Kill at so many moments; how often whom, and raises AssertionError where anything is not as undisturbed."""
    (folder / "drill.yaml").write_text(STUDY)
    chance, struck = random.Random(seed), Counter[str]()
    with cluster_in(folder, dask) as cluster:
        flags = ("--workers", "2") if cluster is None else ("--cluster", cluster.address)
        began = time.monotonic()
        finish(begin(folder, "undisturbed", *flags), folder, "undisturbed")
        lasted = time.monotonic() - began
        expected = content(folder / "undisturbed")
        numbers = count()
        while sum(struck.values()) < moments:
            name, at = f"drill-{next(numbers)}", chance.uniform(0, lasted)
            victim = victims[sum(struck.values()) % len(victims)]
            process = begin(folder, name, *flags)
            time.sleep(at)
            hit = strike(process, victim, cluster, chance)
            if victim == "study":
                process.wait()
                there = ["--resume"] if (folder / name / "index.json").exists() else []
                process = begin(folder, name, *flags, *there)
            finish(process, folder, name)
            found = content(folder / name)
            other = sorted(file for file in found.keys() | expected if found.get(file) != expected.get(file))
            assert not other, f"{name}: {', '.join(other)} differ, {victim} killed after {at:.2f} s"
            struck[victim] += hit
            print(f"{name}: {victim} after {at:.2f} of {lasted:.2f} s{'' if hit else ', nobody there'}: equal bytes")
    return struck


def fatal_run(folder: Path) -> None:
    """Have a run kill each worker of a cluster that it gets; all rows have to be those that local processes give."""
    from distributed import LocalCluster

    from scenarios.execution.dask_workers import DaskWorkers
    from scenarios.execution.execute import execute
    from scenarios.execution.results import Results
    from tests.unit.scenarios.execution.trouble import SETTING, files, run_all, scenario, tasks

    work = tasks(20, {5: scenario("kill")})
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": 50}
    with LocalCluster(**options) as cluster, DaskWorkers(cluster, SETTING) as there:
        results = Results(folder / "there", {"of": "trouble"})
        execute(work, results, SETTING, there)
    run_all(folder / "here", work, 2)
    assert files(folder / "there") == files(folder / "here")
    assert [row["number"] for row in results.rows() if row["error"]] == [5]
    print("a run that kills its workers again and again: one row with an error, as on local processes")


def main() -> None:
    """Run the drill, and say what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dask", action="store_true", help="on a Dask cluster of two workers")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        struck = drill(Path(folder), asked.moments, asked.seed, asked.dask)
        if asked.dask:
            fatal_run(Path(folder))
    told = ", ".join(f"{victim} {times}" for victim, times in sorted(struck.items()))
    print(f"{asked.moments} moments: every folder equal byte for byte ({told})")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
