"""Runs on a Dask cluster: a real scheduler and real workers, with the rows that processes of this machine give."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from scenarios.execution.execute import execute
from scenarios.execution.parts import PART
from scenarios.execution.results import Results
from scenarios.execution.row import DIED, Row
from scenarios.execution.surroundings import surroundings_of
from scenarios.execution.task import Setting, Task
from tests.unit.scenarios.execution.trouble import PLUGIN, SETTING, files, run_all, scenario, tasks
from topologies.errors import InputError

distributed = pytest.importorskip("distributed")
dask_workers = pytest.importorskip("scenarios.execution.dask_workers")

ROOT = Path(__file__).parents[4]
RUNS = PART + 40


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start("scheduler", "--port", "0", "--no-show", "--dashboard-address", "127.0.0.1:0")
        until = time.monotonic() + 60
        while not self.file.exists() and time.monotonic() < until:
            time.sleep(0.02)
        self.address: str = json.loads(self.file.read_text())["address"]

    def start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        """Start a part of it."""
        words = [sys.executable, "-m", "dask", what, "--host", "127.0.0.1", "--scheduler-file", str(self.file)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.processes.append(subprocess.Popen([*words, *options], env=environment, cwd=self.file.parent, **quiet))
        return self.processes[-1]

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a worker."""
        return self.start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers, of which the first test kills the last one."""
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        for _ in range(2):
            made.worker()
        with distributed.Client(made.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield made
    finally:
        for process in made.processes:
            process.kill()
            process.wait()


def on_cluster(folder: Path, cluster: object, work: list[Task], setting: Setting = SETTING) -> Results:
    """Execute tasks into a folder on a cluster."""
    results = Results(folder, {"of": "trouble"})
    with dask_workers.DaskWorkers(cluster, setting) as there:
        execute(work, results, setting, there)
    return results


def test_rows_are_those_of_local_workers_whoever_is_killed(cluster: Cluster, tmp_path: Path) -> None:
    """A cluster that loses a worker in the midst of it leaves the same files as one local process, byte for byte."""
    run_all(tmp_path / "local", tasks(RUNS), 1)
    results, seen = Results(tmp_path / "cluster", {"of": "trouble"}), []
    victim = cluster.processes[-1]

    def watch(rows: Sequence[Row]) -> None:
        seen.extend(row["number"] for row in rows)
        if len(seen) > 40:
            victim.kill()

    with dask_workers.DaskWorkers(cluster.address, SETTING) as there:
        execute(tasks(RUNS), results, SETTING, there, watch)
    assert victim.poll() is not None
    assert sorted(seen) == list(range(RUNS))
    assert files(tmp_path / "cluster") == files(tmp_path / "local")


def test_a_worker_without_what_decides_rows_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    """Another version, a plugin or a graph file that is not there: an error that names the worker, and no row."""
    (tmp_path / "only_here.py").write_text("")
    sys.path.append(str(tmp_path))
    try:
        with pytest.raises(InputError, match=r"the worker tcp://\S+ cannot import the plugin only_here"):
            on_cluster(tmp_path / "plugin", cluster.address, tasks(3), Setting((PLUGIN, "only_here")))
    finally:
        sys.path.remove(str(tmp_path))
    assert not files(tmp_path / "plugin")


def test_what_has_to_be_alike_is_compared(tmp_path: Path) -> None:
    """Versions, sources of plugins and graph files are told apart by their content, in words with a remedy."""
    graph = tmp_path / "net.txt"
    graph.write_text("0 1\n")
    reads = {**scenario(), "topology": {"kind": "file", "path": "net.txt"}}
    setting = Setting((PLUGIN,), tmp_path)
    same = surroundings_of(setting, [Task(0, 0, reads), Task(1, 0, scenario())])
    assert len(same.graphs) == 1
    same.demand_here("here")
    graph.write_text("0 1\n1 2\n")
    with pytest.raises(InputError, match=r"here has another file \S+net\.txt; put the graph file where all workers"):
        same.demand_here("here")
    graph.unlink()
    with pytest.raises(InputError, match="here cannot read"):
        same.demand_here("here")
    for changed, message in (
        ({"murmur": "0.0.1"}, "install the same versions on all workers"),
        ({"modules": {PLUGIN: "0"}}, f"here has another version of the plugin {PLUGIN}"),
    ):
        with pytest.raises(InputError, match=message):
            type(same)(**{**vars(same), "graphs": {}, **changed}).demand_here("here")


def test_a_run_that_always_kills_its_worker_becomes_a_row(tmp_path: Path) -> None:
    """Where a batch is given up since its workers died, its runs are tried one by one, and the fatal one says so."""

    class GivenUp:
        """A future of a batch whose workers died too often, as Dask tells it."""

        def result(self) -> None:
            raise distributed.KilledWorker("task", None, 3)

    from scenarios.execution.schedule import Batch, Schedule

    there = object.__new__(dask_workers.DaskWorkers)
    work = tasks(2)
    schedule = Schedule(iter([]), 0, 1)
    assert list(there._taken(GivenUp(), Batch(tuple(work)), schedule)) == []
    assert [schedule.next(), schedule.next(), schedule.next()] == [*(Batch((task,)) for task in work), None]
    ((fatal,),) = there._taken(GivenUp(), Batch((work[1],)), schedule)
    assert (fatal[0]["number"], fatal[0]["error"]) == (1, DIED)


def test_no_scheduler_is_one_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An address where nothing answers, one that is none, and a missing package are told with what to do."""
    monkeypatch.setattr(dask_workers, "CONNECT_SECONDS", 0.2)
    for address in ("tcp://127.0.0.1:9", "nonsense://"):
        with pytest.raises(InputError, match=r"found no cluster at .*; see that a Dask scheduler runs there"):
            dask_workers.DaskWorkers(address, SETTING)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'murmur-sim\[cluster\]'"):
        dask_workers.DaskWorkers("tcp://127.0.0.1:9", SETTING)


def test_a_lost_scheduler_keeps_what_is_finished(cluster: Cluster, tmp_path: Path) -> None:
    """A scheduler that dies in the midst of it is one error; the rest is done elsewhere, to the same bytes."""
    scheduler, seen = cluster.processes[0], []
    results = Results(tmp_path / "lost", {"of": "trouble"})

    def watch(rows: Sequence[Row]) -> None:
        seen.extend(row["number"] for row in rows)
        scheduler.kill()

    with (
        pytest.raises(InputError, match=rf"lost the scheduler at {cluster.address}; what is finished is kept"),
        dask_workers.DaskWorkers(cluster.address, SETTING) as there,
    ):
        execute(tasks(60), results, SETTING, there, watch)
    assert 0 < len(seen) < 60
    assert Results(tmp_path / "lost", {"of": "trouble"}, resume=True).done == set(seen)
    run_all(tmp_path / "lost", tasks(60), 1, resume=True)
    run_all(tmp_path / "well", tasks(60), 1)
    assert files(tmp_path / "lost") == files(tmp_path / "well")
