"""The part of a link's delay that is drawn once: the same for all messages, another for each link and direction."""

from __future__ import annotations

from typing import Any

import pytest

from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency, UniformLatency
from sim.protocol import Protocol
from sim.simulation import Simulation
from topologies.registry import build

MILLISECOND = 10**6


class Twice:
    """A payload."""


class TwoToAll(Protocol):
    """Every node sends each neighbour two messages, 5 ms apart, and records how long each took to arrive."""

    def on_start(self) -> None:
        self.node.broadcast(Twice())
        self.node.set_timer("again", 5 * MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.node.broadcast(Twice())

    def on_message(self, message: Any) -> None:
        self.node.record("took", source=message.source, delay=self.node.now - message.sent_at)


def delays(seed: int, topology: dict[str, Any], senders: int, **options: Any) -> dict[tuple[int, int], set[int]]:
    """What messages from the first nodes took, by link."""
    law = UniformLatency(low=MILLISECOND, high=9 * MILLISECOND)
    network = NetworkConfig(latency=ConstantLatency(value=0), link_latency=law, **options)
    simulation = Simulation(build(topology, 0), TwoToAll, network=network, seed=seed)
    records = simulation.keep_records()
    simulation.run(20 * MILLISECOND)
    found: dict[tuple[int, int], set[int]] = {}
    for record in records:
        if record.fields["source"] < senders:
            found.setdefault((record.fields["source"], record.node), set()).add(record.fields["delay"])
    return found


@pytest.mark.parametrize("topology", [{"kind": "ring", "nodes": 9}, {"kind": "mesh", "nodes": 257}], ids=str)
def test_each_link_has_one_delay_of_its_own(topology: dict[str, Any]) -> None:
    """All messages of a link and direction take the same, both ways take different times; so in a large mesh."""
    taken = delays(1, topology, 2 if topology["nodes"] > 9 else 9)
    assert all(len(each) == 1 for each in taken.values())
    assert len(set(map(max, taken.values()))) > 0.95 * len(taken)
    assert all(MILLISECOND <= min(each) <= 9 * MILLISECOND for each in taken.values())
    assert taken[0, 1] != taken[1, 0]


def test_delays_of_links_come_from_the_seed_and_nothing_else() -> None:
    """Another seed gives others; turning on loss of no message, or jitter of its own, leaves them as they are."""
    ring = {"kind": "ring", "nodes": 9}
    assert delays(1, ring, 9) == delays(1, ring, 9, ordered=True) == delays(1, ring, 9, duplication=0.0)
    assert delays(1, ring, 9) != delays(2, ring, 9)
