"""Runs of gossip are the same in any process, whatever the seed of Python's own hashes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PROGRAM = """
from sim.workloads.update import Update
from tests.unit.sim.protocols.gossip_runs import SECOND, Requests, gossip
writes = Requests(*((n * SECOND // 3, n, Update("key-" + str(n % 4), n, delete=n % 5 == 0)) for n in range(12)))
simulation, _ = gossip({"kind": "mesh", "nodes": 16}, writes, loss=0.1, **OPTIONS)
simulation.kernel.call_at(5 * SECOND, simulation.crash, 2)
simulation.kernel.call_at(8 * SECOND, simulation.restart, 2)
print(simulation.run(20 * SECOND).digest())
"""


@pytest.mark.parametrize(
    "options",
    [
        {
            "exchange": "push-pull",
            "stop": "feedback-coin",
            "k": 3,
            "connection_limit": 1,
            "hunt": 2,
            "backup": 3 * 10**9,
        },
        {"spread": "anti-entropy", "timing": "poisson", "detector": "equal-digests", "tombstone_life": 4 * 10**9},
    ],
    ids=["rumours", "anti-entropy"],
)
def test_digests_are_equal_in_fresh_processes(options: dict) -> None:
    """Loss, crashes, refusals and expiry of many keys give one digest under different hash seeds."""
    program = f"OPTIONS = {options!r}\n{PROGRAM}"
    digests = set()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        run = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env=environment, cwd=ROOT, check=True
        )
        digests.add(run.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == 64
