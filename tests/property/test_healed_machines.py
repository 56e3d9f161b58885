"""Whatever breaks clocks, disks and cores, with crashes, pauses and churn between: nothing is lost from the books."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.build import build
from scenarios.schema import scenario_of
from sim.node import Node
from sim.simulation import Simulation

CORES: list[dict[str, Any]] = [
    {},
    {"handling": "1ms"},
    {"hardware": {"cores": 3, "speeds": [1, 1, 0.5], "costs": {"message": "1ms"}, "scaling": {}, "trace": True}},
]
LAYERS = ["node", "network", "clock", "storage", "core"]


def broken(seed: int, cores: dict[str, Any]) -> Simulation:
    """Gossip on six nodes under up to 25 faults that this seed draws, all healed at 6 s, run to its end at 12 s."""
    data = {
        "name": "broken",
        "duration": "12s",
        "seed": seed,
        "topology": {"kind": "mesh", "nodes": 6},
        "protocol": {"kind": "gossip", "spread": "anti-entropy", "exchange": "push-pull"},
        "workload": {"kind": "updates", "rate": "5/s", "keys": 5, "until": "6s"},
        "faults": {"kind": "random", "layers": LAYERS, "fewest": 10, "most": 25},
        "liveness": {"at": "6s", "within": "6s"},
    }
    return build(scenario_of({**data, **cores})).run(12_000_000_000)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(CORES))
def test_every_message_is_accounted_for_and_every_machine_is_repaired(seed: int, cores: dict[str, Any]) -> None:
    """After the liveness phase all nodes run on plain machines, and each message is delivered, dropped or waiting."""
    simulation = broken(seed, cores)
    assert simulation.balance().sums
    for node in simulation.nodes:
        assert node.life == "up"
        assert type(node) is Node
        assert node.disk is None
        assert node.clock is None or (node.clock.rate == 1_000_000_000 and not node.clock.waverings)
        assert (node.processor is None) == (not cores)
        if node.processor is not None:
            assert len(node.processor.costs) == ("handling" in cores)
            assert not node.processor.is_stopped
            assert not any(core.is_stopped for core in node.processor.cores)
            assert all(core.is_slowed == ("hardware" in cores) for core in node.processor.cores)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(CORES[1:]))
def test_the_same_faults_give_the_same_run(seed: int, cores: dict[str, Any]) -> None:
    """Equal seeds give equal digests, with all the faults of machines in the plan."""
    assert broken(seed, cores).digest() == broken(seed, cores).digest()
