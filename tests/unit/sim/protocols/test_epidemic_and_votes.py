"""The SIR epidemic and the voter model."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency
from sim.protocols.sir import Sir, SirConfig
from sim.protocols.voter import Voter, VoterConfig
from sim.simulation import Simulation
from sim.workloads.rumour import Rumour
from topologies.registry import build

SECOND = 1_000_000_000
INSTANT = NetworkConfig(latency=ConstantLatency(value=0))


def epidemic(seed: int, nodes: int = 40, **options: float) -> tuple[Simulation, list]:
    """An epidemic that has run out, and its records."""
    topology = build({"kind": "mesh", "nodes": nodes}, 0)
    simulation = Simulation(
        topology, Sir, SirConfig(**options), network=INSTANT, seed=seed, workload=[Rumour(nodes=[0])]
    )
    records = simulation.keep_records()
    return simulation.run(), records


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_who_is_infected_was_met_by_an_infective_and_recovers_once(seed: int) -> None:
    """Sources are infected and not yet recovered; everyone is infected at most once; in the end nobody is infective."""
    _, records = epidemic(seed, contact_rate=2.5)
    infective: set[int] = set()
    ever: set[int] = set()
    for record in records:
        if record.kind == "infected":
            assert record.node not in ever
            assert record.fields["source"] in (infective if ever else {None})
            infective.add(record.node)
            ever.add(record.node)
        else:
            infective.remove(record.node)
    assert ever
    assert not infective


def test_more_contacts_infect_more() -> None:
    """Below the threshold of one contact in a time of recovery few are infected, well above it most."""
    sizes = {
        rate: sum(sum(r.kind == "infected" for r in epidemic(seed, contact_rate=rate)[1]) for seed in range(30))
        for rate in (0.5, 4.0)
    }
    assert sizes[0.5] < 30 * 8
    assert sizes[4.0] > 30 * 20


@settings(max_examples=25)
@given(ones=st.integers(0, 12), seed=st.integers(0, 2**32))
def test_opinions_are_taken_over_and_never_made_up(ones: int, seed: int) -> None:
    """A change is to an opinion that someone holds, and when all agree nothing changes any more."""
    topology = build({"kind": "mesh", "nodes": 12}, 0)
    simulation = Simulation(topology, Voter, VoterConfig(ones=ones), network=INSTANT, seed=seed)
    records = simulation.keep_records()
    simulation.run(300 * SECOND)
    opinions = [int(node < ones) for node in range(12)]
    for record in records[12:]:
        opinion = record.fields["opinion"]
        assert opinion in opinions
        assert opinion != opinions[record.node]
        opinions[record.node] = opinion
    assert len(set(opinions)) == 1
    assert opinions[0] == 1 or ones < 12
    assert opinions[0] == 0 or ones > 0
