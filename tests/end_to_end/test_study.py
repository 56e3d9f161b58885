"""`murmur study` as people run it: what it prints and keeps, and what it outlives."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.command import COMMAND, environment, murmur
from tests.kill_drill import content

STUDY = """\
name: exchanges
scenario: gossip-mesh
set: {topology.nodes: 8}
cases: {push: {}, both: {set: {protocol.exchange: push-pull}}}
sweep:
  duration: {short: 3s, long: 30s}
labels: {case: system, duration: patience}
seeds: 20
metrics: [converged_at, messages_per_node]
"""
SEEDS = "150"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a study in which the short runs cannot all converge."""
    (tmp_path / "exchanges.yaml").write_text(STUDY)
    return tmp_path


def study(folder: Path, *arguments: str) -> dict[str, Any]:
    """The one JSON object that a study prints."""
    done = murmur("study", *arguments, "--json", folder=folder)
    assert done.returncode in (0, 1, 3), done.stderr
    assert done.stderr == ""
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def begin(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Begin a study, and come back when its first rows are on disk."""
    process = subprocess.Popen(
        [*COMMAND, "study", *arguments],
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


def test_a_table_with_intervals_is_printed(place: Path) -> None:
    """The seed comes first, then a row for each cell with medians, then what holds; the code tells of unknown ones."""
    done = murmur("study", "exchanges.yaml", "--workers", "2", folder=place)
    assert done.returncode == 3, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == "seed 0"
    assert lines[1] == "system patience runs converged at messages per node"
    assert any(line.startswith("push long 20 ") and " s (" in line for line in lines)
    assert any(line.startswith("push short 20 ") and "unknown in" in line for line in lines)
    assert any(line.startswith("never in ") for line in lines)
    assert "medians with 95 % intervals, and means" in lines
    assert lines[-1] == "studies/exchanges-0"
    assert (place / "studies" / "exchanges-0" / "study.json").is_file()


def test_json_says_the_same_to_programs(place: Path) -> None:
    """One object on standard output: cells with labels, estimates with intervals, counts of verdicts, the folder."""
    told = study(place, "exchanges.yaml", "--workers", "2", "--out", "here")
    cells = {tuple(cell["labels"].values()): cell for cell in told["cells"]}
    assert list(cells) == [("push", "short"), ("push", "long"), ("both", "short"), ("both", "long")]
    median = cells["push", "long"]["metrics"]["converged_at"]
    assert median["median_interval"][0] <= median["median"] <= median["median_interval"][1]
    assert median["unit"] == "ns"
    assert cells["push", "short"]["checks"]["converged"]["unknown"] > 0
    assert json.loads((place / "here" / "summary.json").read_text())["cells"] == told["cells"]


def test_few_seeds_and_nothing_left_to_run_are_told(place: Path) -> None:
    """Fewer than six runs have no intervals, and a study that is taken up again with all its runs says so."""
    arguments = ("exchanges.yaml", "--seeds", "2", "--workers", "1", "--out", "few")
    first = murmur("study", *arguments, folder=place).stdout.splitlines()
    assert "medians, of fewer than six runs without intervals, and means" in [line.strip() for line in first]
    assert any(line.startswith("8 runs; took ") for line in first)
    again = murmur("study", *arguments, "--resume", folder=place).stdout.splitlines()
    assert "8 runs, all of which were there" in [line.strip() for line in again]


def test_the_plan_is_shown_without_running(place: Path) -> None:
    """A dry run names the cells, counts the runs and tells how long they take, and leaves nothing behind."""
    done = murmur("study", "exchanges.yaml", "--dry-run", "--seeds", "7", folder=place)
    assert done.returncode == 0
    *_, size, estimate = done.stdout.splitlines()
    assert size == "4 cells x 7 seeds: 28 runs"
    assert re.fullmatch(r"(less than a second|about .+) on \d+ process(es)?, by 4 pilot runs \(.+ s a run\)", estimate)
    silent = murmur("study", "exchanges.yaml", "--dry-run", "--no-pilot", "--seeds", "7", folder=place)
    assert silent.stdout.splitlines()[-1] == size
    assert not (place / "studies").exists()


FAILING = """\
from sim.protocol import Protocol


class Failing(Protocol):
    def on_start(self):
        if self.node.random.bernoulli(0.2):
            raise ValueError("found trouble")
"""


def test_what_fails_is_told_with_a_command_that_shows_it(place: Path) -> None:
    """A run that raises is named with a command that ends in the same way; the study ends with 1, whole."""
    (place / "failing.py").write_text(FAILING)
    flags = ("--set", "protocol={kind: 'failing:Failing'}", "--set", "workload=null", "--set", "checks=[]")
    same = "{topology.nodes: 3, stop_when: null, duration: 1s}"
    (place / "fails.yaml").write_text(f"name: fails\nscenario: gossip-mesh\nset: {same}\nseeds: 6\n")
    done = murmur("study", "fails.yaml", *flags, "--plugin", "failing", "--workers", "1", "--json", folder=place)
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert 0 < sum(cell["failed"] for cell in told["cells"]) < 6
    again = murmur(*shlex.split(told["reproduce"][0]["command"])[1:], folder=place)
    assert again.returncode == 2
    assert "found trouble" in again.stderr


def test_a_censored_run_is_told(place: Path) -> None:
    """How many runs of a cell were cut off by their limit of events is in the table, and the code is 3."""
    arguments = ("exchanges.yaml", "--set", "limits.events=40", "--seeds", "4", "--workers", "1")
    done = murmur("study", *arguments, folder=place)
    assert done.returncode == 3, done.stderr
    assert " censored)" in done.stdout
    assert "a run that is censored was cut off by its limit of events" in done.stdout


def test_a_killed_study_goes_on_to_the_same_bytes(place: Path) -> None:
    """Killed by SIGKILL, and gone on with by another number of workers, it leaves what an undisturbed one leaves."""
    process = begin(place, "exchanges.yaml", "--seeds", SEEDS, "--workers", "2", "--out", "killed")
    process.kill()
    process.communicate(timeout=60)
    assert not (place / "killed" / "study.json").exists()
    study(place, "exchanges.yaml", "--seeds", SEEDS, "--workers", "1", "--out", "killed", "--resume")
    study(place, "exchanges.yaml", "--seeds", SEEDS, "--workers", "2", "--out", "whole")
    assert content(place / "killed") == content(place / "whole")
    assert len(content(place / "whole")) > 8


def test_an_interrupted_study_says_how_to_go_on(place: Path) -> None:
    """Ctrl-C ends a study with 130, one line to go on with, and no traceback; that line ends it well."""
    process = begin(place, "exchanges.yaml", "--seeds", SEEDS, "--workers", "2", "--set", "topology.nodes=9")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    told = [line for line in errors.splitlines() if line]
    assert told[1:] == ["murmur: interrupted"]
    done = murmur(*shlex.split(told[0].removeprefix("to go on: "))[1:], folder=place)
    assert done.returncode == 3, done.stderr
    assert json.loads((place / "studies" / "exchanges-0" / "summary.json").read_text())["runs"] == 4 * int(SEEDS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing",), "found no built-in study and no file called 'nothing'"),
        (("gossip-by-topologie",), "did you mean 'gossip-by-topology'?"),
        (("gone.yaml",), "gone.yaml: cannot be read"),
        (("gossip-mesh",), "gossip-mesh is a scenario, not a study; `murmur run gossip-mesh` runs it"),
        (("exchanges.yaml", "--seeds", "0"), "0 is not in the range"),
        (("exchanges.yaml", "--set", "duration=1s"), "duration is what the study compares"),
        (("exchanges.yaml", "--set", "topology.nods=1"), "--set topology.nods=1: topology.nods: unknown field"),
        (("exchanges.yaml", "--seed", "x"), "found 'x'; expected an integer from 0"),
        (("exchanges.yaml", "--out", "."), "holds something else; give a new folder"),
    ],
)
def test_wrong_input_is_one_message(place: Path, arguments: tuple[str, ...], message: str) -> None:
    """It ends with 2 and says what is wrong, without a traceback, and nothing on standard output but the seed."""
    done = murmur("study", *arguments, folder=place)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout in ("", "seed 0\n")


def test_built_in_studies_are_listed_and_shown(place: Path) -> None:
    """A study's name is in the list, its file is shown as a start for one's own, and its schema is printed."""
    assert "gossip-by-topology" in murmur("list", "studies", folder=place).stdout
    shown = murmur("show", "gossip-by-topology", folder=place).stdout
    (place / "mine.yaml").write_text(shown)
    assert murmur("study", "mine.yaml", "--dry-run", folder=place).returncode == 0
    schema = json.loads(murmur("schema", "study", folder=place).stdout)
    assert "sweep" in schema["properties"]
    assert "topology" in json.loads(murmur("schema", folder=place).stdout)["properties"]


def test_a_study_and_a_run_are_drawn_by_plots_of_their_own(place: Path) -> None:
    """Each has its first plot without a name; a plot of the one for the other is refused with what there is."""
    murmur("study", "exchanges.yaml", "--seeds", "3", "--workers", "1", "--out", "several", folder=place)
    murmur("run", "gossip-mesh", "--set", "topology.nodes=8", "--quiet", "--out", "one", folder=place)
    drawn = murmur("plot", "several", folder=place)
    assert drawn.stdout == "several/distribution.png\n", drawn.stderr
    again = murmur("plot", "several", "distribution", "--metric", "messages", "--out", "m.svg", folder=place)
    assert again.stdout == "m.svg\n", again.stderr
    refused = {
        ("several", "spread"): "the plot spread draws runs, and found the study exchanges",
        ("one", "distribution"): "the plot distribution draws a study",
        ("one", "--metric", "messages"): "found a metric, which is for plots of studies",
        ("several", "one"): "draw one study at a time",
        ("several", "--metric", "mesages"): "did you mean messages?",
        ("several", "--around", "election"): "found around 'election', which is for plots of runs; leave it out",
        ("several", "--key", "k0"): "found key 'k0', which is for plots of runs; leave it out",
        (
            "several",
            "--by",
            "sistem",
        ): "the study exchanges has system, patience; did you mean 'system'?",
        ("one", "--by", "exchange"): "found by 'exchange', which is for plots of studies; leave it out",
        ("several", "distributon"): "did you mean 'distribution'?",
    }
    for arguments, message in refused.items():
        done = murmur("plot", *arguments, folder=place)
        assert done.returncode == 2
        assert message in done.stderr
