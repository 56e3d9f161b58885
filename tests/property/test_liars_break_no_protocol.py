"""Whatever liars say, no protocol of the library breaks down: it may be misled, and goes on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur

UPDATES = {"kind": "updates", "rate": "3/s", "keys": 5, "until": "3s"}
SYSTEMS: dict[str, dict[str, Any]] = {
    "rumours": {
        "protocol": {"kind": "gossip", "exchange": "push-pull", "stop": "feedback-coin", "backup": "1s"},
        "workload": UPDATES,
    },
    "anti-entropy": {
        "protocol": {"kind": "gossip", "spread": "anti-entropy", "tombstone_life": "2s"},
        "workload": UPDATES,
    },
    "averaging": {"protocol": {"kind": "averaging", "pairing": "sequential", "energy": {"capacity": 4.0}}},
    "matchings": {"protocol": {"kind": "averaging", "pairing": "perfect-matching"}},
    "clocks": {"protocol": {"kind": "clock-averaging"}, "clocks": {"offset": "1s"}},
    "voter": {"protocol": {"kind": "voter", "ones": 3}},
    "epidemic": {"protocol": {"kind": "sir", "contact_rate": "4/s"}, "workload": UPDATES},
}
LAYERS = ("byzantine", "swarm", "node")


@pytest.mark.parametrize("system", SYSTEMS)
@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**63), topology=st.sampled_from([{"kind": "mesh", "nodes": 6}, {"kind": "ring", "nodes": 7}])
)
def test_protocols_survive_liars(system: str, seed: int, topology: dict[str, Any]) -> None:
    """Under random plans of liars, disturbances and crashes each run ends, with every message accounted for."""
    period = {} if SYSTEMS[system]["protocol"]["kind"] in ("sir", "clock-averaging") else {"period": "100ms"}
    if system == "matchings":
        topology = {"kind": "mesh", "nodes": 6}
    done = murmur.run(
        {
            "name": system,
            "duration": "4s",
            "topology": topology,
            "network": {"latency": {"kind": "exponential", "mean": "10ms"}},
            "faults": {"kind": "random", "layers": LAYERS, "fewest": 2},
            **SYSTEMS[system],
            "protocol": SYSTEMS[system]["protocol"] | period,
        },
        seed=seed,
    )
    assert done.balance.sums
    assert done.ended == 4 * 10**9
