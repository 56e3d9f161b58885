"""Faults of swarms: states are scrambled and energy is drained, of those aimed at and no others."""

import pytest

import murmur
from faults.fault import Fault
from sim.protocol import Protocol
from sim.protocols.averaging import Averaging
from sim.protocols.sir import Sir
from sim.protocols.voter import Voter
from sim.simulation import Simulation
from sim.units import SECOND
from topologies.registry import build

POOR = Averaging.Config(energy={"capacity": 5.0, "cost": 1.0, "recovery": "0.1/s"}, period=SECOND)


def run(
    protocol: type[Protocol], *faults: Fault, config=None, nodes: int = 20, until: int = 30
) -> tuple[Simulation, list]:
    """A mesh of this protocol under these faults, run for so many seconds, with its records."""
    simulation = Simulation(build({"kind": "mesh", "nodes": nodes}), protocol, config, faults=faults, seed=4)
    rows = simulation.keep_records()
    simulation.run(until * SECOND).conclude()
    assert simulation.balance().sums
    return simulation, rows


def once(rows: list) -> dict:
    """What the one strike of the fault did."""
    (fields,) = [row.fields for row in rows if row.kind == "fault" and row.fields["phase"] == "once"]
    return fields


def test_a_fraction_of_a_swarm_is_disrupted() -> None:
    """After all hold the mean, the disruption of 30 % spreads their values again; they agree anew, on another mean."""
    fault = murmur.fault("disrupt", target={"random": "30%"}, at="20s")
    simulation, rows = run(Averaging, fault, until=45)
    struck = once(rows)
    assert (len(struck["targets"]), struck["effect"]) == (6, 6)
    changed = [row for row in rows if row.kind == "value" and row.time == 20 * SECOND]
    assert tuple(row.node for row in changed) == struck["targets"]
    values = [node.protocol.value for node in simulation.nodes]
    before = [node.protocol.value for node in run(Averaging, until=19)[0].nodes]
    assert max(values) - min(values) < 1e-3
    assert abs(values[0] - before[0]) > 1e-2


def test_voters_and_epidemics_can_be_disrupted() -> None:
    """Opinions are drawn anew; in an epidemic a node is infective or susceptible, each as likely, whatever it was."""
    _, rows = run(Voter, murmur.fault("disrupt", target="all", at="1s"), nodes=100, until=2)
    assert once(rows)["effect"] in range(20, 81)
    twice = murmur.fault("disrupt", target="all", when={"every": "100ms", "times": 2})
    still = Sir.Config(contact_rate=1e-9, recovery_time=10**6 * SECOND)
    simulation, rows = run(Sir, twice, config=still, nodes=100, until=1)
    at = [[(row.kind, row.node) for row in rows if row.time == n * SECOND // 10] for n in (1, 2)]
    infected = [{node for kind, node in changes if kind == "infected"} for changes in at]
    again = {node for kind, node in at[1] if kind == "susceptible"}
    assert abs(len(infected[0]) - 50) < 30
    assert again <= infected[0]
    assert abs(len(again) / len(infected[0]) - 0.5) < 6 * (0.25 / len(infected[0])) ** 0.5
    assert {node for kind, node in at[1] if kind == "recovered"} == again
    infective = infected[0] - again | infected[1]
    assert {node.id for node in simulation.nodes if node.protocol.infective} == infective


def calls(rows: list, simulation: Simulation) -> int:
    """How many messages the nodes have sent."""
    return simulation.balance().sent


def test_energy_bounds_calls() -> None:
    """With 5 calls in store and one more every ten seconds, 20 nodes make at most 8 calls each in 30 s."""
    free, _ = run(Averaging, config=Averaging.Config(period=SECOND))
    poor, _ = run(Averaging, config=POOR)
    assert poor.balance().sent <= 20 * 8 * 2
    assert free.balance().sent > 20 * 25


def test_drained_nodes_make_no_calls_until_they_recover() -> None:
    """Nodes without energy call nobody for ten seconds, the time in which energy for one call comes back."""
    drained = murmur.fault("drain", target="all", share=1.0, at="1s")
    simulation, rows = run(Averaging, drained, config=POOR, until=11)
    assert once(rows)["effect"] == 20
    start, _ = run(Averaging, config=POOR, until=1)
    assert simulation.balance().sent == start.balance().sent
    later, _ = run(Averaging, drained, config=POOR, until=13)
    assert later.balance().sent > start.balance().sent


def test_what_has_no_energy_cannot_be_drained() -> None:
    """Averaging without an energy budget is refused, and random plans leave the drain out."""
    with pytest.raises(murmur.InputError, match="the protocol averaging runs without energy: give the protocol some"):
        run(Averaging, murmur.fault("drain", target=1, share=0.5, at="1s"))
    scenario = {
        "name": "poor",
        "duration": "4s",
        "topology": {"kind": "mesh", "nodes": 4},
        "protocol": {"kind": "averaging"},
        "faults": {"kind": "random", "only": ["drain", "disrupt"], "fewest": 9, "most": 9},
    }
    for energy, drawn in ((None, {"disrupt"}), ({}, {"disrupt", "drain"})):
        protocol = {"kind": "averaging", "energy": energy}
        seeds = [murmur.run(scenario | {"protocol": protocol}, seed=seed) for seed in range(12)]
        assert {fault["fault"] for done in seeds for fault in done.faults} == drawn


def test_a_share_of_nothing_is_off() -> None:
    """A drain with its default never strikes."""
    simulation, _ = run(Averaging, murmur.fault("drain", target=1, at="1s"), config=POOR, until=2)
    assert simulation.injector.armed[0].strikes == 0


def test_a_protocol_without_the_hook_is_refused() -> None:
    """Gossip has no state to scramble: the error names the method to give it."""
    with pytest.raises(murmur.InputError, match="the protocol gossip has no state that can be scrambled"):
        run(murmur.Gossip, murmur.fault("disrupt", target=1, at=0))
