"""`murmur hunt` as people run it: what it finds, prints and keeps, and what it outlives."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from analysis.run_folder import open_run
from scenarios.execution.parts import PART
from tests.end_to_end.command import COMMAND, ROOT, environment, murmur

SCENARIO = """\
name: hunted
duration: 10s
topology: {kind: mesh, nodes: 8}
network: {latency: {kind: exponential, mean: 20ms}}
protocol: {kind: gossip, exchange: push-pull}
workload: {kind: rumour}
faults: {kind: random, only: [crash, pause, loss, partition], most: 4}
liveness: {at: 2500ms, within: WITHIN}
checks: [messages-balance, converged]
"""
RUNS = 300


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a scenario that always recovers, and one that has too little time to."""
    (tmp_path / "patient.yaml").write_text(SCENARIO.replace("WITHIN", "7s"))
    (tmp_path / "hasty.yaml").write_text(SCENARIO.replace("WITHIN", "200ms"))
    return tmp_path


def hunt(folder: Path, *arguments: str) -> dict[str, Any]:
    """The one JSON object that a hunt prints."""
    done = murmur("hunt", *arguments, "--json", folder=folder)
    assert done.returncode in (0, 1, 3), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def content(folder: Path) -> dict[str, bytes]:
    """All files of a hunt that equal hunts have, by name."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in files
        if path.name not in ("timing.json", "timing.jsonl")
    }


def begin(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Begin a hunt, and come back when its first rows are on disk."""
    process = subprocess.Popen(
        [*COMMAND, "hunt", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while not list(folder.rglob("part-*.parquet")) and time.monotonic() < until:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    return process


def children(process: int) -> list[int]:
    """The worker processes of a process, by what Linux tells of them."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
            command = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == process and b"spawn_main" in command:
            found.append(int(status.parent.name))
    return found


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds workers by /proc")


def test_what_is_found_is_told_with_how_to_see_it(place: Path) -> None:
    """A hunt prints rates with intervals, exits with 1, and the command that it prints violates the same check."""
    done = murmur("hunt", "hasty.yaml", "--runs", "60", "--seed", "5", "--workers", "2", folder=place)
    assert done.returncode == 1, done.stderr
    assert "seed 5\n" in done.stdout
    assert "per 1,000 (95 % interval" in done.stdout
    command = next(line for line in done.stdout.splitlines() if "first in run" in line).partition(": ")[2]
    again = murmur(*shlex.split(command)[1:], folder=place)
    assert again.returncode == 1
    assert "violated  liveness: not converged within 200ms" in again.stdout


def test_kept_runs_are_run_folders(place: Path) -> None:
    """The first runs of each finding, the slowest and the most expensive are kept whole, with explicit plans."""
    found = hunt(place, "hasty.yaml", "--runs", "40", "--keep", "2", "--out", "kept")
    assert found["findings"]
    assert found["kept"]
    for number, name in found["kept"].items():
        run = open_run(place / "kept" / "kept" / name)
        assert isinstance(run.manifest.scenario["faults"], list)
        violated = {verdict.check for verdict in run.manifest.verdicts if verdict.verdict == "violated"}
        found_in = {each["check"] for each in found["findings"] if run.manifest.seed in each["seeds"]}
        assert violated == found_in, number
    first = found["findings"][0]
    assert sum(name.startswith(first["check"]) for name in found["kept"].values()) >= min(2, first["found"])


def test_nothing_found_is_told_with_its_bound(place: Path) -> None:
    """A hunt that finds nothing exits with 0 and says how rare a violation must be at least."""
    done = murmur("hunt", "patient.yaml", "--runs", "100", folder=place)
    assert done.returncode == 0, done.stdout
    assert "nothing found: with a confidence of 95 %, fewer than 29.5 of 1,000 runs" in done.stdout
    assert (place / "hunts" / "hunted-0" / "summary.json").exists()


def test_workers_change_nothing(place: Path) -> None:
    """One worker and three leave the same folder, byte for byte."""
    for workers in ("1", "3"):
        murmur("hunt", "hasty.yaml", "--runs", "50", "--workers", workers, "--out", workers, folder=place)
    assert content(place / "1") == content(place / "3")
    assert len(content(place / "1")) > 5


@needs_proc
def test_a_killed_worker_costs_nothing(place: Path) -> None:
    """Workers killed by SIGKILL change nothing of what a hunt leaves."""
    process = begin(place, "patient.yaml", "--runs", str(RUNS), "--workers", "2", "--out", "killed")
    for _ in range(2):
        victims = children(process.pid)
        if victims:
            os.kill(victims[0], signal.SIGKILL)
        time.sleep(0.3)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert errors == ""
    assert f"{RUNS:,}" in output
    hunt(place, "patient.yaml", "--runs", str(RUNS), "--workers", "2", "--out", "whole")
    assert content(place / "killed") == content(place / "whole")


@needs_proc
def test_a_killed_hunt_can_go_on(place: Path) -> None:
    """A hunt killed by SIGKILL leaves no process behind, and goes on to what an undisturbed one comes to."""
    process = begin(place, "patient.yaml", "--runs", str(RUNS), "--workers", "2", "--out", "killed")
    workers = children(process.pid)
    process.kill()
    process.communicate(timeout=60)
    assert len(workers) == 2
    until = time.monotonic() + 30
    while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    done = list((place / "killed" / "parts").glob("part-*.parquet"))
    assert done
    before = {path: path.stat().st_mtime_ns for path in done if parquet.read_metadata(path).num_rows == PART}
    hunt(place, "patient.yaml", "--runs", str(RUNS), "--out", "killed", "--resume")
    assert {path: path.stat().st_mtime_ns for path in before} == before
    hunt(place, "patient.yaml", "--runs", str(RUNS), "--out", "whole")
    assert content(place / "killed") == content(place / "whole")


def test_an_interrupted_hunt_says_how_to_go_on(place: Path) -> None:
    """Ctrl-C ends a hunt with 130, one line to go on with, and no traceback; that line ends it well."""
    process = begin(place, "patient.yaml", "--runs", str(RUNS), "--workers", "2", "--set", "topology.nodes=9")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    told = [line for line in errors.splitlines() if line]
    going_on = told[0].removeprefix("to go on: ")
    assert told[1:] == ["murmur: interrupted"]
    done = murmur(*shlex.split(going_on)[1:], folder=place)
    assert done.returncode == 0, done.stderr
    assert json.loads((place / "hunts" / "hunted-0" / "summary.json").read_text())["runs"] == RUNS


def test_a_hunt_can_be_given_more_runs(place: Path) -> None:
    """Resuming with more runs does only those that are missing, and comes to what all at once come to."""
    hunt(place, "patient.yaml", "--runs", "30", "--out", "grown")
    hunt(place, "patient.yaml", "--runs", "70", "--out", "grown", "--resume")
    hunt(place, "patient.yaml", "--runs", "70", "--out", "whole")
    parts = [place / name / "runs.parquet" for name in ("grown", "whole")]
    assert parts[0].read_bytes() == parts[1].read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.yaml",), "nowhere.yaml"),
        (("patient.yaml", "--runs", "0"), "--runs"),
        (("patient.yaml", "--set", "checks=[convergd]"), "did you mean converged"),
        (("patient.yaml", "--set", "faults.only=[crush]"), "crush"),
        (("patient.yaml", "--out", "patient.yaml"), "give another folder"),
        (("patient.yaml", "--guided", "--compare", "2"), "leave --guided out"),
        (("gossip-mesh", "--guided"), "{kind: random}"),
        (("hasty.yaml", "--runs", "8", "--out", "taken"), "add --resume"),
        (("patient.yaml", "--runs", "1", "--out", "taken", "--resume"), "go on with --runs 2 or more"),
        (("patient.yaml", "--compare", "2", "--out", "taken", "--resume"), "holds a hunt by itself"),
        (("hasty.yaml", "--runs", "8", "--out", "taken", "--resume"), 'liveness.within is "7s" there, "200ms" here'),
    ],
)
def test_wrong_input_is_one_message(place: Path, arguments: tuple[str, ...], message: str) -> None:
    """What cannot be hunted is said in one message, with exit code 2, before anything runs."""
    if "taken" in arguments:
        hunt(place, "patient.yaml", "--runs", "2", "--out", "taken")
    done = murmur("hunt", *arguments, folder=place)
    assert done.returncode == 2
    assert done.stderr.startswith("murmur: error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@needs_proc
def test_a_guided_hunt_that_was_killed_can_go_on(place: Path) -> None:
    """What a guided hunt changes next does not depend on whether it was killed in between."""
    arguments = ("hasty.yaml", "--runs", str(RUNS), "--guided", "--workers", "2", "--out")
    process = begin(place, *arguments, "killed")
    process.kill()
    process.communicate(timeout=60)
    hunt(place, *arguments, "killed", "--resume")
    found = hunt(place, *arguments, "whole")
    assert content(place / "killed") == content(place / "whole")
    assert any(name.endswith(".yaml") for name in content(place / "whole"))
    assert len(found["reproduce"]) == len(found["findings"]) > 0
    for command in found["reproduce"]:
        assert murmur(*shlex.split(command)[1:], folder=place).returncode == 1


def test_both_ways_to_hunt_are_compared(place: Path) -> None:
    """A comparison prints a line for each way, with rates and runs until found, and keeps each hunt."""
    arguments = ("hunt", "hasty.yaml", "--runs", "70", "--compare", "2", "--out", "compared")
    done = murmur(*arguments, folder=place)
    assert done.returncode == 1, done.stderr
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    assert "of 140 runs" in lines["blind"]
    assert "median" in lines["guided"]
    told = murmur(*arguments, "--resume", "--json", folder=place)
    sides = {side["mode"]: side for side in json.loads(told.stdout)["sides"]}
    assert sides["blind"]["seeds"] == sides["guided"]["seeds"]
    assert str(sides["guided"]["found"]) in lines["guided"]
    assert {path.name for path in (place / "compared").iterdir()} == {"blind-1", "blind-2", "guided-1", "guided-2"}


def test_a_script_that_hunts_needs_no_guard(place: Path) -> None:
    """Worker processes never run the program that started them again."""
    script = 'import murmur\nprint("begun")\nprint(len(murmur.hunt("patient.yaml", 4, workers=2).rows))\n'
    (place / "script.py").write_text(script)
    path = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=place,
        env=environment(PYTHONPATH=path),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.split() == ["begun", "4"], done.stderr
