"""Anti-entropy: last writer wins, tombstones, what crosses the network, and what survives crashes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.network.separation import GroupSeparation
from sim.simulation import Simulation
from sim.workloads.update import Update
from tests.unit.sim.protocols.gossip_runs import (
    MILLISECOND,
    SECOND,
    Requests,
    delivered,
    gossip,
    holdings,
    of_kind,
)

PAIR = {"kind": "line", "nodes": 2}
MESH = {"kind": "mesh", "nodes": 8}


def separate(simulation: Simulation, nodes: list[int], begin: int, end: int) -> None:
    """Cut some nodes off from the others for a while."""
    cut = GroupSeparation("cut", [nodes])
    simulation.kernel.call_at(begin, simulation.separate, cut)
    simulation.kernel.call_at(end, simulation.reunite, cut)


def test_the_last_writer_wins_everywhere() -> None:
    """Of writes at different times the later one stays, of writes at one time that of the higher node."""
    early, late = (0, 1, Update("a", "early")), (5 * MILLISECOND, 6, Update("a", "late"))
    low, high = (0, 2, Update("b", "low")), (0, 5, Update("b", "high"))
    simulation, records = gossip(MESH, Requests(early, late, low, high), spread="anti-entropy", exchange="push-pull")
    simulation.run(30 * SECOND)
    assert holdings(simulation) == [{"a": "late", "b": "high"}] * 8
    lost = {record.fields["replaces"] for record in of_kind(records, "informed") if "replaces" in record.fields}
    assert lost <= {"a@0.1", "b@0.2"}


def test_a_write_after_another_wins_though_the_clock_is_behind() -> None:
    """A node that knows a version beyond its own clock writes one beyond that."""
    ahead = (0, 0, Update("a", "from the future", version=(9 * SECOND, 1)))
    simulation, _ = gossip(PAIR, Requests(ahead, (2 * SECOND, 0, Update("a", "next"))), spread="anti-entropy")
    simulation.run(8 * SECOND)
    assert holdings(simulation) == [{"a": "next"}] * 2
    assert simulation.nodes[1].protocol.known["a"].entry.stamp == (9 * SECOND + 1, 0)


@pytest.mark.parametrize(
    ("exchange", "told"),
    [
        ("push", [("Difference", 1), ("Delta", 0)]),
        ("pull", [("Difference", 0)]),
        ("push-pull", [("Difference", 0), ("Difference", 1), ("Delta", 0)]),
    ],
)
def test_entries_cross_once_and_equal_states_not_at_all(exchange: str, told: list[tuple[str, int]]) -> None:
    """A push lets the caller send what the other asks for, a pull the one called; afterwards only digests go."""
    simulation, records = gossip(PAIR, [0], spread="anti-entropy", exchange=exchange)
    simulation.run(6 * SECOND)
    rows = delivered(records, "Difference", "Delta")
    assert {row.time // SECOND for row in rows} == {1}
    assert sorted((row.fields["message"], row.fields["source"]) for row in rows) == sorted(told)
    assert len(delivered(records, "Digest")) == 10
    assert of_kind(records, "informed")[1].fields["source"] == 0


def test_a_tombstone_beats_an_older_write() -> None:
    """A node that was cut off comes back with the key, and learns that it is deleted instead of bringing it back."""
    delete = (3 * SECOND, 0, Update("a", delete=True))
    simulation, records = gossip(
        MESH,
        Requests((0, 0, Update("a", 1)), delete),
        spread="anti-entropy",
        exchange="push-pull",
        tombstone_life=60 * SECOND,
    )
    separate(simulation, [7], 2500 * MILLISECOND, 20 * SECOND)
    simulation.run(40 * SECOND)
    assert holdings(simulation) == [{"a": None}] * 8
    assert of_kind(records, "informed")[-1].node == 7


def test_a_tombstone_that_is_forgotten_too_early_lets_the_key_come_back() -> None:
    """When the node returns after the tombstone's life, its old write is news again for all others."""
    delete = (3 * SECOND, 0, Update("a", delete=True))
    simulation, records = gossip(
        MESH,
        Requests((0, 0, Update("a", 1)), delete),
        spread="anti-entropy",
        exchange="push-pull",
        tombstone_life=10 * SECOND,
    )
    separate(simulation, [7], 2500 * MILLISECOND, 20 * SECOND)
    simulation.run(40 * SECOND)
    assert holdings(simulation) == [{"a": 1}] * 8
    assert sorted(record.node for record in of_kind(records, "expired")) == list(range(7))


def test_a_key_can_be_written_again_after_its_tombstone_is_forgotten() -> None:
    """The new write wins over old copies wherever they are, for versions go forward with the time."""
    requests = Requests(
        (0, 0, Update("a", 1)), (2 * SECOND, 0, Update("a", delete=True)), (30 * SECOND, 1, Update("a", 2))
    )
    simulation, _ = gossip(MESH, requests, spread="anti-entropy", exchange="push-pull", tombstone_life=5 * SECOND)
    separate(simulation, [7], 1 * SECOND, 35 * SECOND)
    simulation.run(60 * SECOND)
    assert holdings(simulation) == [{"a": 2}] * 8


def test_a_restarted_node_has_its_store_and_spreads_no_old_rumours() -> None:
    """What was written is on disk; what was being spread was in memory."""
    simulation, records = gossip(PAIR, [0], stop="feedback-counter", k=100)
    simulation.kernel.call_at(4 * SECOND, simulation.crash, 0)
    simulation.kernel.call_at(5 * SECOND, simulation.restart, 0)
    simulation.run(9 * SECOND)
    assert holdings(simulation) == [{"rumour": 1}] * 2
    assert len(of_kind(records, "informed")) == 2
    pushed = [row.time // SECOND for row in delivered(records, "Push") if row.fields["source"] == 0]
    assert pushed == [1, 2, 3]


WRITES = st.lists(
    st.tuples(
        st.integers(0, 8 * SECOND),
        st.integers(0, 7),
        st.builds(Update, st.sampled_from("abc"), st.integers(0, 9), delete=st.booleans()),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40)
@given(
    writes=WRITES,
    cut=st.lists(st.integers(0, 7), min_size=1, max_size=7, unique=True),
    exchange=st.sampled_from(["push", "pull", "push-pull"]),
    timing=st.sampled_from(["rounds", "poisson", "periodic"]),
    seed=st.integers(0, 2**32),
)
def test_no_delete_is_undone_within_the_life_of_its_tombstone(
    writes: list, cut: list, exchange: str, timing: str, seed: int
) -> None:
    """After partitions and loss every node ends with the greatest stamp of each key, deletes among them."""
    simulation, records = gossip(
        MESH,
        Requests(*writes),
        seed=seed,
        loss=0.1,
        detail="states",
        spread="anti-entropy",
        exchange=exchange,
        timing=timing,
        tombstone_life=1000 * SECOND,
    )
    separate(simulation, cut, 2 * SECOND, 12 * SECOND)
    simulation.run(120 * SECOND)
    winners: dict[str, tuple[int, int, bool]] = {}
    for record in of_kind(records, "announced"):
        facts = record.fields
        written = (facts["version"], facts["writer"], facts["deleted"])
        winners[facts["key"]] = max(winners.get(facts["key"], written), written)
    for node in simulation.nodes:
        held = {key: held.entry for key, held in node.protocol.known.items()}
        assert {key: (*entry.stamp, entry.deleted) for key, entry in held.items()} == winners


@settings(max_examples=25)
@given(writes=WRITES, seed=st.integers(0, 2**32))
def test_a_node_never_goes_back(writes: list, seed: int) -> None:
    """Each entry that a node takes over has a greater stamp than the one that it held of that key."""
    simulation, records = gossip(MESH, Requests(*writes), seed=seed, spread="anti-entropy", exchange="push-pull")
    simulation.run(30 * SECOND)
    stamps = {r.fields["update"]: (r.fields["version"], r.fields["writer"]) for r in of_kind(records, "announced")}
    holds: dict[tuple[int | None, str], str] = {}
    for record in of_kind(records, "informed"):
        place, update = (record.node, record.fields["key"]), record.fields["update"]
        assert record.fields.get("replaces") == holds.get(place)
        if place in holds:
            assert stamps[update] > stamps[holds[place]]
        holds[place] = update
