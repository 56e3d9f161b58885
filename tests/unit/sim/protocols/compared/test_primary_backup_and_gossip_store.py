"""Primary and backups stay linearizable under faults, gossip serves everywhere and does not."""

from typing import Any

import pytest

from scenarios.run import run
from scenarios.schema import Scenario


def scenario(protocol: dict[str, Any], faults: list[dict[str, Any]]) -> Scenario:
    """Five servers with clients of two keys, who live beside them and are cut off with them."""
    return Scenario.model_validate(
        {
            "name": "compared",
            "duration": "10s",
            "topology": {"kind": "mesh", "nodes": 5},
            "network": {"latency": "5ms"},
            "protocol": protocol,
            "workload": {
                "kind": "register",
                "clients": 6,
                "rate": "60/s",
                "keys": 2,
                "until": "9s",
                "placement": "beside",
            },
            "faults": faults,
            "checks": ["linearizable"],
        }
    )


FAULTS: dict[str, list[dict[str, Any]]] = {
    "leader crashes": [{"kind": "crash", "target": "leader", "when": {"every": "2s"}, "restart_after": "1s"}],
    "leader cut off": [{"kind": "partition", "groups": {"isolate": "leader"}, "at": "3s", "heal_after": "3s"}],
    "lossy links": [{"kind": "loss", "probability": 0.2, "at": "1s", "heal_after": "7s"}],
}


@pytest.mark.parametrize("faults", list(FAULTS))
def test_primary_and_backups_stay_linearizable(faults: str) -> None:
    """What clients saw is linearizable, and they were served after each fault."""
    result = run(scenario({"kind": "primary-backup"}, FAULTS[faults]), seed=5)
    assert result.verdicts[0].verdict == "holds"
    assert result.metrics["unrecovered_strikes"] == 0


def test_a_partition_makes_two_coordinators_that_break_linearizability() -> None:
    """With failover and no agreement, what clients saw through a partition is not linearizable."""
    result = run(scenario({"kind": "coordinator", "failover": True}, FAULTS["leader cut off"]), seed=5)
    assert result.verdicts[0].verdict == "violated"


def test_gossip_serves_clients_without_being_linearizable() -> None:
    """Every operation is answered by whoever is asked, and some reads are stale."""
    result = run(scenario({"kind": "gossip"}, []), seed=5)
    assert result.verdicts[0].verdict == "violated"
    assert result.metrics["availability"] == 1.0
