"""Gossip averaging: what it conserves, what it loses, and who meets whom."""

from __future__ import annotations

from math import fsum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency, ExponentialLatency
from sim.network.separation import LinkSeparation
from sim.protocols.averaging import NOBODY, Averaging, AveragingConfig, matching
from sim.simulation import Simulation
from topologies.registry import build

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MESH = {"kind": "mesh", "nodes": 12}


def averaging(topology: dict, mean_latency: int = 0, loss: float = 0.0, seed: int = 1, **options: Any) -> Simulation:
    """A simulation of averaging with exponential latency (none where its mean is 0)."""
    latency = ExponentialLatency(mean=mean_latency) if mean_latency else ConstantLatency(value=0)
    network = NetworkConfig(latency=latency, loss=loss)
    return Simulation(
        build(topology, seed), Averaging, AveragingConfig(**options), network=network, seed=seed, detail="messages"
    )


def values(simulation: Simulation) -> list[float]:
    """What the nodes hold."""
    return [node.protocol.value for node in simulation.nodes]


def under_way(simulation: Simulation) -> float:
    """The sum of the shares that are on their way."""
    messages = (entry[3] for entry in simulation.kernel.pending())
    payloads = (getattr(message, "payload", None) for message in messages)
    return fsum(payload.amount for payload in payloads if hasattr(payload, "amount"))


@pytest.mark.parametrize("pairing", ["perfect-matching", "random", "sequential", "periodic"])
def test_a_pause_is_made_up_for_by_no_burst_of_calls(pairing: str) -> None:
    """A node that was paused for ten cycles calls at most twice in the next half of one, and then as often as ever."""
    simulation = averaging({"kind": "mesh", "nodes": 2}, pairing=pairing, period=SECOND)
    rows = simulation.keep_records()
    simulation.run(5 * SECOND)
    simulation.pause(0)
    simulation.run(15 * SECOND)
    simulation.resume(0)
    simulation.run(315 * SECOND)
    offers = [row.fields for row in rows if row.fields.get("message") == "Offer" and row.fields["source"] == 0]
    calls = [fields["sent_at"] for fields in offers if fields["sent_at"] >= 15 * SECOND]
    assert sum(call < 15 * SECOND + SECOND // 2 for call in calls) <= (5 if pairing == "random" else 2)
    assert 200 < len(calls) < 700


PAIRINGS = st.sampled_from(["perfect-matching", "random", "sequential", "periodic"])


@settings(max_examples=40)
@given(
    pairing=PAIRINGS,
    initial=st.sampled_from(["normal", "uniform", "peak"]),
    latency=st.sampled_from([0, 50 * MILLISECOND, 2 * SECOND]),
    stop=st.integers(1, 20 * SECOND),
    seed=st.integers(0, 2**32),
)
def test_the_sum_is_conserved_at_any_time(pairing: str, initial: str, latency: int, stop: int, seed: int) -> None:
    """Values and shares under way add up to what the values were at first, late replies included."""
    simulation = averaging(MESH, latency, seed=seed, pairing=pairing, initial=initial)
    simulation.run(1)
    total = fsum(values(simulation))
    simulation.run(stop)
    assert fsum(values(simulation)) + under_way(simulation) == pytest.approx(total, abs=1e-9)


@given(pairing=PAIRINGS, seed=st.integers(0, 2**32))
@settings(max_examples=20)
def test_the_range_of_the_values_never_grows(pairing: str, seed: int) -> None:
    """In exchanges of no duration every new value lies between two old ones, and in the end all are equal."""
    simulation = averaging(MESH, seed=seed, pairing=pairing)
    simulation.run(1)
    low, high = min(values(simulation)), max(values(simulation))
    for time in range(SECOND, 40 * SECOND, SECOND):
        simulation.run(time)
        now = min(values(simulation)), max(values(simulation))
        assert low - 1e-12 <= now[0] <= now[1] <= high + 1e-12
        low, high = now
    assert high - low < 1e-3


@pytest.mark.parametrize(("source", "conserved"), [(0, True), (1, False)])
def test_a_lost_offer_costs_nothing_and_a_lost_share_its_amount(source: int, conserved: bool) -> None:
    """Between two nodes whose link is cut one way, the sum changes only when shares are lost on the way back."""
    pair = {"kind": "line", "nodes": 2}
    simulation = averaging(pair, pairing="perfect-matching", matchings=1, initial="peak")
    simulation.separate(LinkSeparation("cut", frozenset({(source, 1 - source)})))
    simulation.run(2 * SECOND)
    # Node 0 offers 2, node 1 takes the mean, and its share of -1 does or does not come back; the next offer is 2 again.
    assert values(simulation) == ([2.0, 0.0] if conserved else [2.0, 1.5])


def test_a_node_whose_own_call_is_open_refuses_others() -> None:
    """With latency, calls that cross are refused as busy, and nobody averages with a value that is promised away."""
    simulation = averaging({"kind": "line", "nodes": 2}, 400 * MILLISECOND, pairing="random", initial="peak")
    rows = simulation.keep_records()
    simulation.run(100 * SECOND)
    assert any(row.fields.get("message") == "Busy" for row in rows)
    assert values(simulation) == pytest.approx([1.0, 1.0])


def test_a_value_survives_a_crash() -> None:
    """What a node held is on disk: after a restart the sum is what it was."""
    simulation = averaging(MESH, initial="uniform")
    simulation.run(1)
    total = fsum(values(simulation))
    simulation.kernel.call_at(3 * SECOND, simulation.crash, 4)
    simulation.kernel.call_at(6 * SECOND, simulation.restart, 4)
    simulation.run(30 * SECOND)
    assert fsum(values(simulation)) == pytest.approx(total)
    assert values(simulation) == pytest.approx([total / 12] * 12, abs=1e-3)


@given(seed=st.integers(0, 99), number=st.integers(0, 50), population=st.integers(1, 40))
def test_matchings_are_perfect_and_two_of_a_cycle_disjoint(seed: int, number: int, population: int) -> None:
    """Everyone has one partner who has them; an odd one is left over; matchings 2j and 2j + 1 share no pair."""
    partners = matching(seed, number, population)
    assert all(partners[partner] == node for node, partner in enumerate(partners) if partner != NOBODY)
    assert all(partner != node for node, partner in enumerate(partners))
    assert partners.count(NOBODY) == population % 2
    if number % 2 == 0 and population > 2:
        other = matching(seed, number + 1, population)
        assert not [node for node in range(population) if partners[node] == other[node] != NOBODY]


def test_each_cycle_holds_its_number_of_matchings() -> None:
    """With three matchings a period, every node exchanges three times in each, whatever the period's remainder."""
    simulation = averaging(MESH, pairing="perfect-matching", matchings=3, period=1_000_000_007)
    rows = simulation.keep_records()
    simulation.run(5 * 1_000_000_007)
    changes = [(row.node, row.fields["cycle"]) for row in rows if row.kind == "value" and row.time]
    assert len(changes) == 12 * 3 * 5
    assert all(changes.count((node, cycle)) == 3 for node in range(12) for cycle in range(5))


@pytest.mark.parametrize("pairing", ["sequential", "periodic"])
def test_a_node_calls_once_in_each_cycle(pairing: str) -> None:
    """Offers are one for each node and cycle, at one moment of the cycle only where the pairing is periodic."""
    simulation = averaging(MESH, pairing=pairing)
    rows = simulation.keep_records()
    simulation.run(10 * SECOND)
    offers = [(row.fields["source"], row.time) for row in rows if row.fields.get("message") == "Offer"]
    assert sorted((node, time // SECOND) for node, time in offers) == [(n, c) for n in range(12) for c in range(10)]
    moments = len({(node, time % SECOND) for node, time in offers})
    assert moments == (12 if pairing == "periodic" else 120)
