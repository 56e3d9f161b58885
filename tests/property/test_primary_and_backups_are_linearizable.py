"""Whatever plan of faults it claims to survive strikes primary and backups, clients see one store."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur

SURVIVED = {
    "kind": "random",
    "layers": ["node", "network", "partition", "clock", "core", "storage"],
    # It claims nothing of disks and messages that lie, of servers that come anew, nor of clocks beyond its drift bound.
    "without": ["leave", "churn", "silent-corruption", "corruption", "clock-drift", "clock-periodic"],
    "fewest": 3,
    "most": 12,
    "longest": "4s",
}
WHEN = {"mean_time_between_failures": "1s", "mean_time_to_repair": "1s", "until": "12s"}
ON_THE_PRIMARY = [
    {"kind": "clock-drift", "target": "leader", "drift_ppm": -550_000, "when": WHEN},
    {"kind": "partition", "groups": {"isolate": "leader"}, "when": WHEN},
    {"kind": "partition", "groups": {"isolate": {"random": 1}}, "one_way": "in", "when": WHEN},
    {"kind": "crash", "target": {"random": 1}, "when": WHEN},
]
"""Leases that are ignored show here: another leads while clients beside the old primary still read from it."""


@pytest.mark.parametrize("faults", [SURVIVED, ON_THE_PRIMARY], ids=["random", "on-the-primary"])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**63), servers=st.sampled_from([3, 4, 5]))
def test_primary_and_backups_are_linearizable(faults: Any, seed: int, servers: int) -> None:
    """However many servers are struck, and when, no operation is out of order; healed, they serve clients."""
    done = murmur.run(
        {
            "name": "survived",
            "duration": "18s",
            "topology": {"kind": "mesh", "nodes": servers},
            "network": {"latency": {"kind": "lognormal", "median": "5ms", "sigma": 0.8}},
            "protocol": {"kind": "primary-backup", "lease": "400ms", "drift_bound": 2.5},
            "workload": {
                "kind": "register",
                "clients": 10,
                "keys": 1,
                "think": "40ms",
                "reads": "98%",
                "placement": "beside",
                "retry_after": "200ms",
                "until": "17s",
            },
            "faults": faults,
            "liveness": {"at": "12s", "within": "5s"},
            "checks": ["linearizable", "progress"],
        },
        seed=seed,
    )
    assert [(each.check, each.verdict) for each in done.verdicts] == [("linearizable", "holds"), ("progress", "holds")]
