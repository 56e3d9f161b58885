"""Run, replay, diff and their exit codes, through the real command."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.end_to_end.command import COMMAND, environment, murmur

SMALL = """\
name: small
duration: 20s
topology: {kind: random-regular, nodes: 20, degree: 4}
network: {latency: {kind: exponential, mean: 20ms}, loss: 5%}
protocol: {kind: gossip}
workload: {kind: rumour}
faults:
  - {kind: crash, target: {random: 2}, at: 2s, restart_after: 1s}
checks: [messages-balance]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small scenario in it."""
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


def test_a_run_says_its_seed_first_and_where_it_is_kept(folder: Path) -> None:
    """The first line is the seed, the last one the run folder, and runs/latest leads to it."""
    done = murmur("run", "small.yaml", "--seed", "5", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "seed 5"
    assert lines[-1] == "runs/small-5"
    assert (folder / "runs" / "latest").resolve() == folder / "runs" / "small-5"
    names = {path.name for path in (folder / "runs" / "small-5").iterdir()}
    assert names == {"manifest.json", "events.parquet", "samples.parquet", "summary.json", "timing.json"}


def test_json_is_one_object_and_nothing_else(folder: Path) -> None:
    """Standard output holds the summary as JSON, whose numbers are those of the run folder."""
    done = murmur("run", "small.yaml", "--json", "--out", "kept", "--progress", folder=folder)
    assert done.returncode == 0
    printed = json.loads(done.stdout)
    assert printed["balance"]["sums"] is True
    assert [verdict["verdict"] for verdict in printed["verdicts"]] == ["holds"]
    kept = json.loads((folder / "kept" / "summary.json").read_text())
    assert {name: printed[name] for name in kept} == kept
    assert json.loads((folder / "kept" / "manifest.json").read_text())["digest"] == printed["digest"]


def test_quiet_prints_nothing(folder: Path) -> None:
    """With --quiet nothing is printed, and the run is kept all the same."""
    done = murmur("run", "small.yaml", "--quiet", folder=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / "runs" / "small-0" / "manifest.json").exists()


def test_runs_do_not_overwrite_each_other(folder: Path) -> None:
    """A second run of the same scenario and seed gets a folder of its own, and latest leads to it."""
    for _ in range(2):
        murmur("run", "small.yaml", "-q", folder=folder)
    assert sorted(path.name for path in (folder / "runs").iterdir()) == ["latest", "small-0", "small-0-2"]
    assert (folder / "runs" / "latest").resolve().name == "small-0-2"
    first, second = (folder / "runs" / name / "manifest.json" for name in ("small-0", "small-0-2"))
    assert first.read_bytes() == second.read_bytes()


def test_a_replay_needs_only_the_run_folder(folder: Path) -> None:
    """A run that was moved away from its scenario's file replays to the same digest."""
    murmur("run", "small.yaml", "--out", "kept", folder=folder)
    (folder / "small.yaml").unlink()
    (folder / "kept").rename(folder / "elsewhere")
    replayed = murmur("replay", "elsewhere", folder=folder)
    assert replayed.returncode == 0
    assert replayed.stdout.startswith("the same: digest ")


def test_the_digest_is_the_same_at_each_level_of_detail(folder: Path) -> None:
    """What is kept on disk does not change what the run is, and each level replays."""
    digests = set()
    for detail in ("summary", "states", "messages", "all"):
        done = murmur("run", "small.yaml", "--detail", detail, "--json", "--out", detail, folder=folder)
        digests.add(json.loads(done.stdout)["digest"])
        assert murmur("replay", detail, folder=folder).returncode == 0
    assert len(digests) == 1


@pytest.mark.parametrize("name", ["events.parquet", "samples.parquet", "summary.json"])
def test_a_damaged_run_is_told_from_one_that_does_not_reproduce(folder: Path, name: str) -> None:
    """A changed byte in a data file is exit code 2 and names the file, for replay and for diff."""
    murmur("run", "small.yaml", "--out", "kept", folder=folder)
    file = folder / "kept" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    for command in (("replay", "kept"), ("diff", "kept", "kept")):
        done = murmur(*command, folder=folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"kept is damaged: {name} is not as it was written" in done.stderr


def test_an_edited_manifest_is_refused(folder: Path) -> None:
    """Another seed in the manifest is found by its checksum."""
    murmur("run", "small.yaml", "--out", "kept", folder=folder)
    manifest = folder / "kept" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"seed": 0', '"seed": 1'))
    done = murmur("replay", "kept", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "was edited" in done.stderr


def test_a_run_that_does_not_reproduce_is_shown_where_it_parts(folder: Path) -> None:
    """A protocol that reads the clock of the machine gives exit code 1 and the first record that differs."""
    (folder / "unsteady.py").write_text(
        "import time\nfrom murmur import Protocol\n\n\nclass Unsteady(Protocol):\n"
        "    def on_start(self):\n        self.node.record('clock', ns=time.perf_counter_ns())\n"
    )
    override = ("--set", "protocol={kind: 'unsteady:Unsteady'}", "--set", "workload=null", "--plugin", "unsteady")
    assert murmur("run", "small.yaml", *override, "--set", "checks=[]", "--out", "kept", folder=folder).returncode == 0
    done = murmur("replay", "kept", "--plugin", "unsteady", folder=folder)
    assert done.returncode == 1
    assert "the first difference is at 0:" in done.stdout
    assert "node 0 clock (ns=" in done.stdout
    checked = murmur("check", "small.yaml", *override, "--set", "checks=[]", "--determinism", folder=folder)
    assert checked.returncode == 1
    assert "not deterministic" in checked.stdout


def test_diff_says_what_differs(folder: Path) -> None:
    """Runs with other seeds differ, with the setting and the first record; a run and itself do not."""
    for seed in ("1", "2"):
        murmur("run", "small.yaml", "--seed", seed, "--out", seed, folder=folder)
    same, other = (murmur("diff", "1", name, folder=folder) for name in ("1", "2"))
    assert same.returncode == 0
    assert other.returncode == 1
    assert "seed: 1 in the first run, 2 in the second" in other.stdout
    assert "the first difference is at" in other.stdout
    printed = json.loads(murmur("diff", "1", "2", "--json", folder=folder).stdout)
    assert printed["same"] is False
    assert printed["first"] != printed["second"]


def test_check_names_faults_that_are_off(folder: Path) -> None:
    """A lie without a probability is right, and asks for nothing: whoever wrote it is told."""
    lying, loss = "{kind: lying, target: 1, at: 1s}", "{kind: loss, probability: 10%, at: 1s}"
    done = murmur("check", "small.yaml", "--set", f"faults=[{loss}, {lying}]", folder=folder)
    assert done.returncode == 0
    assert done.stdout.splitlines()[1:] == [
        "faults[1] is off: lying of node 1 at 1s; its options ask for nothing, so it never strikes"
    ]


def test_check_runs_nothing_unless_asked(folder: Path) -> None:
    """A right scenario is exit code 0 without a run folder; twice in fresh processes it gives one digest."""
    done = murmur("check", "small.yaml", folder=folder)
    assert (done.returncode, done.stdout) == (0, "small.yaml: right; random-regular of 20 nodes and 40 links\n")
    done = murmur("check", "small.yaml", "--determinism", folder=folder)
    assert done.returncode == 0
    assert "deterministic: digest " in done.stdout
    assert not (folder / "runs").exists()


def test_a_violated_check_is_exit_code_1_and_names_the_command_that_reproduces(folder: Path) -> None:
    """Rounds that are too short for the latency violate rounds-fit, and the printed command does so again."""
    flags = ("--set", "protocol={kind: gossip, timing: rounds, period: 10ms}", "--set", "checks=[rounds-fit]")
    done = murmur("run", "small.yaml", *flags, "--seed", "3", "--json", folder=folder)
    assert done.returncode == 1
    (verdict,) = json.loads(done.stdout)["verdicts"]
    assert verdict["verdict"] == "violated"
    assert verdict["evidence"]
    assert done.stderr.startswith("reproduce: murmur run small.yaml --seed 3 --set 'protocol={")
    words = done.stderr.removeprefix("reproduce: murmur ").strip()
    again = subprocess.run(
        f'"{COMMAND[0]}" "{COMMAND[1]}" {words} --json',
        shell=True,
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 1
    assert json.loads(again.stdout)["digest"] == json.loads(done.stdout)["digest"]


def test_an_unknown_check_is_exit_code_3(folder: Path) -> None:
    """A run that ends before it has converged is neither right nor wrong."""
    flags = ("--set", "checks=[converged]", "--set", "duration=2500ms")
    assert murmur("run", "small.yaml", *flags, folder=folder).returncode == 3


def test_a_reader_that_leaves_early_is_no_error_message(folder: Path) -> None:
    """When the reader of the output has gone, the command ends without a word, as other commands do."""
    for command in (["list"], ["schema"], ["run", "small.yaml", "--json"]):
        process = subprocess.Popen(
            [*COMMAND, *command], cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.close()
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (141, b"")


def test_an_interrupted_run_leaves_nothing(folder: Path) -> None:
    """Ctrl-C ends a long run with code 130 and one line, and nothing of the run is left."""
    flags = ["--set", "duration=1h", "--set", "topology.nodes=2000", "--set", "checks=[]", "--out", "kept"]
    process = subprocess.Popen(
        [*COMMAND, "run", "small.yaml", *flags],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not any(folder.glob("kept*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.strip() == "murmur: interrupted"
    assert sorted(path.name for path in folder.iterdir()) == ["small.yaml"]


def test_progress_is_shown_where_asked_for(folder: Path) -> None:
    """With --progress standard error tells of simulated time, and standard output is as without."""
    done = murmur("run", "small.yaml", "--progress", "--set", "topology.nodes=400", folder=folder, COLUMNS="120")
    assert done.returncode == 0
    assert "20.00 s simulated" in done.stderr
    assert "events/s" in done.stderr
    assert "simulated" not in done.stdout


def test_a_run_is_plotted_to_the_path_that_is_printed(folder: Path) -> None:
    """A plot of a kind and a format is where the command says, is what it says, and leaves the run whole."""
    murmur("run", "small.yaml", "--detail", "messages", folder=folder)
    drawn = murmur("plot", "runs/latest", "load", "--format", "svg", folder=folder)
    assert (drawn.returncode, drawn.stdout) == (0, "runs/small-0/load.svg\n")
    assert b"<svg" in (folder / "runs/small-0/load.svg").read_bytes()[:2000]
    assert murmur("replay", "runs/latest", folder=folder).returncode == 0


def test_a_folder_that_cannot_be_written_is_one_message(folder: Path) -> None:
    """Where --out cannot be made, the command ends with code 2 before it simulates."""
    (folder / "locked").write_text("")
    done = murmur("run", "small.yaml", "--out", "locked/kept", folder=folder)
    assert done.returncode == 2
    assert done.stderr.startswith("murmur: error: ")
    assert len(done.stderr.splitlines()) == 1
    if os.name == "posix":
        assert murmur("run", "small.yaml", "--out", "/dev/null/kept", folder=folder).returncode == 2
