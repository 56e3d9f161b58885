"""The same scenario, seed and version give the same run, to the bit, in any process."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scenarios.library import names
from scenarios.replay import replay
from scenarios.run import run
from tests.end_to_end.command import ROOT, environment

GOLDEN = {
    "attractor-desync": "2ae9d7048224e8d299b48005aaded2925e7904269867443d70b331f2dc63345f",
    "attractor-energy": "a160d2e440a834a88e881c2a14fe86bb4e43d0b8632dda8699c986aa3d994b39",
    "attractor-swarm": "a9c7f337c72960076dd10e8699243d83723ce804fe5824bb2462516e085a2a74",
    "averaging": "79dae19e633d9002566c38a98daa7edad9636a3f2e101728cfdbad2c3cbc254e",
    "broadcast-causal": "105db32e69ed1c62b7edf6b40f886fc5e77e51d848205c05fee2e634b9f20b4f",
    "false-sharing": "28200ba18943398063f9b7768c510f309370400075623cbf4039eda819b157ee",
    "gossip-churn": "2aa1ecfb3f5893b50004883a51be6c78880d199df58c0972388ce0b0983702c2",
    "gossip-lossy-links": "93ffa5d8fbe125730e829fd2b3331f41662d2614fb176d080ca9fd5f5a75187c",
    "kuramoto": "74c75174e012242fbd6aac7fde3c973332cc03e6bd7353f2a8fe6d6be9f6216b",
    "lease-hunt": "bdf6933215cd76b5f61747406737fb6b2ee2be44aa73ece41555351e91b5811c",
    "lock-convoy": "d637552e97b5d0763ea7fb77e6fc2232ca627edc85cb0d6ec0cf8fd16e27664c",
    "phase-agreement": "d6dae8b1043d572564bf2c97d467006b3fc96fe5fa36d65d2a9939467ec87d7c",
    "pipeline": "4966cbb8b7ee25a2a0ffb28c4032d96ed8a3d8a196596b18c59ba3bdbf7d5875",
    "pipeline-crash": "b868f269e8cd0663fa4222259ed51dc51178173908c897c8cd26b4df03b8e0f1",
    "queue": "b0cbe6fb196b92c8ac3b8770dcd19ce9b8c5cc03183f69b4a05eb294c25c97d8",
    "raft-leader-crash": "87589d8ecc68fcd0dac776779e1b55544b350922a25dd0dfa0c514c5483d58c2",
    "raft-lease-reads": "df78a6106dceacab2055fcfcfcf4ff923aeeeca9ca5318894066e95a0fb681f8",
    "raft-members-under-partition": "711fde2350f55ad98b2e32dea338c82762f90471f0e7304a71f6a2e65c573359",
    "raft-overload": "bffba24e8d3b3742e14b50150309aef90343f1f77a3b5fb7e8fd13867d25d952",
    "raft-snapshot-catch-up": "21c28b492e4ee4d75d063fab3d4727ec1cac153fc28437162cf6c311d6826827",
    "shared-state-hunt": "d2cbe2b179aeb4c53f8c47b3c9071cfcb0c7f8e19d47aafb39e8707d369c21ea",
    "straggler-in-a-barrier": "1d510d0f4dea62441c1f8eb13a7840c1d36d5cc4e08f75e6b5c14ac0e39b8407",
    "thundering-restart": "afa529bc23d2469cfb001f1430920e68f51ca38240d02513baff9cd2cb634b67",
    "two-choices": "c41d201705b3cdf9844e2d7f7c72d89f2a2361a7318685dec0427c76ea0a9dbd",
    "work-stealing-hunt": "89b2ee5586aa2acb6a61bba87b23536c05b3084ffb25e6030bb4b2a69880da77",
}
"""Digests that change only where the behaviour of a part is changed on purpose: then put the new ones here."""


PARTS = ("::1", "::-1", "0::3", "1::3", "2::3")
"""Which built-in scenarios each process runs: all, all backwards, and a third of them in each of three."""


def digests(hash_seed: int) -> dict[str, str]:
    """The digests of a part of the built-in scenarios, from a fresh process with this PYTHONHASHSEED."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.digests_of_built_in_scenarios", PARTS[hash_seed]],
        cwd=ROOT,
        env=environment(PYTHONHASHSEED=str(hash_seed)),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(process.stdout)
    return found


def test_every_built_in_scenario_has_one_digest_in_five_processes() -> None:
    """Neither the order of sets nor what ran before in the process changes any run."""
    with ThreadPoolExecutor(2) as pool:
        forwards, backwards, *thirds = pool.map(digests, range(len(PARTS)))
    assert sorted(forwards) == names()
    assert len(set(forwards.values())) == len(forwards)
    assert backwards == forwards
    assert {name: digest for third in thirds for name, digest in third.items()} == forwards


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_digests(name: str) -> None:
    """What these scenarios do has not changed by accident."""
    assert run(name).digest == GOLDEN[name]


@pytest.mark.parametrize("name", sorted(set(names()) - {"gossip-large"}))
def test_every_built_in_scenario_replays(name: str, tmp_path: Path) -> None:
    """A run on disk, with all its files as they were written, replays to its digest; its checks hold."""
    done = run(name, tmp_path / "kept")
    assert done.exit_code == 0
    assert replay(tmp_path / "kept").same


def test_another_seed_gives_another_run() -> None:
    """The seed does decide: ten seeds give ten digests."""
    assert len({run("gossip-ring", seed=seed).digest for seed in range(10)}) == 10


def test_watching_changes_nothing() -> None:
    """Samples, and rows that are kept, leave the digest as it is."""
    plain = run("gossip-churn", overrides=["samples=null", "detail=summary"]).digest
    assert run("gossip-churn", overrides=["samples={every: 100ms}", "detail=all"]).digest == plain
