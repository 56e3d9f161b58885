"""The vectorised rounds are the event-driven run: same streams, same partners, same rounds."""

import pytest

from sim.protocols.gossip.config import GossipConfig
from sim.protocols.gossip.gossip import Gossip
from sim.protocols.gossip.vectorised import NEVER, StreamArray, spread
from sim.randomness import PythonStream, derive_seed
from sim.simulation import Simulation
from sim.workloads.rumour import Rumour
from topologies.registry import build

SECOND = 1_000_000_000
TOPOLOGIES = [
    {"kind": "mesh", "nodes": 40},
    {"kind": "mesh", "nodes": 300},
    {"kind": "ring", "nodes": 24},
    {"kind": "star", "nodes": 17},
    {"kind": "random-regular", "nodes": 200, "degree": 3},
    {"kind": "links", "nodes": 4, "links": [[0, 1], [1, 2]], "require_connected": False},
]


@pytest.mark.parametrize("bound", [1, 2, 7, 999, 65_535, 2**40 + 1])
def test_arrays_of_streams_draw_what_streams_draw(bound: int) -> None:
    """Each element gives the integers of the stream of its node, in any order of asking."""
    import numpy as np

    array = StreamArray.of_nodes(7, "gossip", 50)
    streams = [PythonStream(derive_seed(7, f"gossip/{node}")) for node in range(50)]
    for nodes in ([*range(50)], [3, 8, 41], [*range(0, 50, 7)], [*range(50)]):
        drawn = array.below(np.array(nodes), np.full(len(nodes), bound))
        assert drawn.tolist() == [streams[node].below(bound) for node in nodes]


@pytest.mark.parametrize("exchange", ["push", "pull", "push-pull"])
@pytest.mark.parametrize("topology", TOPOLOGIES, ids=lambda config: f"{config['kind']}-{config['nodes']}")
def test_vectorised_rounds_are_those_of_the_event_driven_run(topology: dict, exchange: str) -> None:
    """Every node first hears the rumour in the same round, and as many messages carry it."""
    network = build(topology, 5)
    for seed in (1, 2):
        sources, rounds = [seed, 3], 60
        simulation = Simulation(
            network,
            Gossip,
            GossipConfig(timing="rounds", exchange=exchange),
            seed=seed,
            workload=[Rumour(nodes=sources)],
            detail="messages",
        )
        rows = simulation.keep_records()
        expected = spread(network, exchange, seed, sources, rounds)
        last = rounds if (expected.informed == NEVER).any() else expected.last
        simulation.run((last + 1) * SECOND)
        received = {row.node: row.fields["round"] for row in rows if row.kind == "informed"}
        assert [received.get(node, NEVER) for node in range(network.nodes)] == expected.informed.tolist()
        carrying = [row for row in rows if row.fields.get("message") in ("Push", "PushPull", "Answer")]
        assert len(carrying) == expected.transmissions


def test_what_can_never_end_is_refused() -> None:
    """A rumour that cannot reach all needs a number of rounds."""
    apart = build({"kind": "links", "nodes": 4, "links": [[0, 1], [2, 3]], "require_connected": False}, 0)
    with pytest.raises(ValueError, match="give rounds"):
        spread(apart, "push", 1)
    assert spread(apart, "push", 1, rounds=9).informed.tolist() == [0, 1, NEVER, NEVER]
