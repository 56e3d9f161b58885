"""A run that is killed at any moment leaves no manifest, or a whole run that replays."""

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from analysis.run_folder import open_run
from scenarios.replay import replay
from tests.end_to_end.command import COMMAND, environment, murmur
from topologies.errors import InputError

SCENARIO = """\
name: killed
duration: 10s
topology: {kind: mesh, nodes: 200}
network: {latency: {kind: exponential, mean: 20ms}}
protocol: {kind: gossip}
workload: {kind: updates, rate: 10/s}
"""
KILLS = 20


def start(folder: Path, seed: int) -> subprocess.Popen[bytes]:
    """Start a run into the same place as every other."""
    return subprocess.Popen(
        [*COMMAND, "run", "killed.yaml", "--seed", str(seed), "--out", "kept", "--quiet"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def written(folder: Path) -> bool:
    """Whether the run that goes on now has begun to write its files."""
    return any(folder.glob("kept.unfinished*/*"))


def test_a_kill_leaves_no_manifest_or_a_whole_run(tmp_path: Path) -> None:
    """Of twenty runs killed at random moments, most of them while they write, none leaves half a run.

    A complete run that stood in the place is there still, is replaced by another whole one, or was moved aside whole.
    """
    (tmp_path / "killed.yaml").write_text(SCENARIO)
    began = time.monotonic()
    assert (
        murmur("run", "killed.yaml", "--seed", "1000", "--out", "kept", "-q", folder=tmp_path, fresh=True).returncode
        == 0
    )
    length = time.monotonic() - began
    moments, killed, whole = random.Random(11), 0, set()
    for seed in range(5 * KILLS):  # where other work slows this down, more runs are over before they are killed
        if seed >= KILLS and killed >= KILLS // 2:
            break
        process = start(tmp_path, seed)
        if seed % 4:
            while process.poll() is None and not written(tmp_path):
                time.sleep(0.001)
            time.sleep(moments.uniform(0, 0.3 * length))
        else:
            time.sleep(moments.uniform(0, length))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        for folder in sorted(tmp_path.glob("kept*")):
            if (folder / "manifest.json").exists():
                whole.add(open_run(folder).manifest.seed)
        remove_unfinished(tmp_path)
    assert killed >= KILLS // 2
    assert whole
    for folder in sorted(tmp_path.glob("kept*")):
        if (folder / "manifest.json").exists():
            assert replay(folder).same


def remove_unfinished(place: Path) -> None:
    """Check that what has no manifest is told from a run, and clear it away."""
    for folder in place.glob("kept*"):
        if not (folder / "manifest.json").exists():
            with pytest.raises(InputError, match="no manifest"):
                open_run(folder)
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()
