"""Rumour mongering, rule by rule of Demers et al. 1987, section 1.4."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.workloads.update import Update
from tests.unit.sim.protocols.gossip_runs import (
    MILLISECOND,
    SECOND,
    Requests,
    delivered,
    gossip,
    of_kind,
    rounds,
)

PAIR = {"kind": "line", "nodes": 2}


def test_a_counter_stops_at_the_kth_useless_contact_in_a_row() -> None:
    """The first contact is useful and leaves the counter at zero; with k = 2 the two that follow end it."""
    simulation, records = gossip(PAIR, [0], stop="feedback-counter", k=2)
    simulation.run(20 * SECOND)
    assert rounds(records, "informed") == {0: 0, 1: 1}
    assert rounds(records, "removed") == {0: 3, 1: 3}
    assert len(delivered(records, "Push")) == 5


def test_a_useful_contact_sets_the_counter_back() -> None:
    """With k = 2 a hub goes on until it meets two leaves in a row that knew, whatever it met before."""
    for seed in range(1, 30):
        simulation, records = gossip({"kind": "star", "nodes": 6}, [0], seed=seed, stop="feedback-counter", k=2)
        simulation.run(40 * SECOND)
        # The hub's contacts are the pushes from node 0, in order; leaves that were told before know it already.
        met: set[int] = {0}
        useless = 0
        for push in (row for row in delivered(records, "Push") if row.fields["source"] == 0):
            leaf = push.fields["destination"]
            useless = useless + 1 if leaf in met else 0
            met.add(leaf)
            last = push.time // SECOND
            if useless == 2:
                break
        assert rounds(records, "removed")[0] == last


def test_all_who_hit_the_same_node_in_its_first_round_were_useful() -> None:
    """Two leaves tell the hub in one round: neither has made a useless contact, and one hit is coincident."""
    simulation, records = gossip({"kind": "star", "nodes": 3}, [1, 2], stop="feedback-counter", k=1)
    simulation.run(20 * SECOND)
    assert rounds(records, "coincident") == {0: 1}
    assert {node: rounds(records, "removed")[node] for node in (1, 2)} == {1: 2, 2: 2}


def test_answers_to_pulls_count_once_a_round_however_many_asked() -> None:
    """Five leaves ask the hub in every round: with k = 3 it answers in one useful and three useless rounds."""
    star = {"kind": "star", "nodes": 6}
    simulation, records = gossip(star, [0], exchange="pull", stop="feedback-counter", k=3)
    simulation.run(10 * SECOND)
    from_hub = Counter(row.time // SECOND for row in delivered(records, "Answer") if row.fields["source"] == 0)
    assert from_hub == {1: 5, 2: 5, 3: 5, 4: 5}
    assert rounds(records, "removed")[0] == 5  # it looks at the answers of round 4 when round 5 begins


@pytest.mark.parametrize(("stop", "k"), [("blind-counter", 4), ("blind-coin", 1), ("blind-counter", 1)])
def test_blind_rules_do_not_ask_what_became_of_a_call(stop: str, k: int) -> None:
    """Every node makes exactly k calls, or one where the coin always falls, and nobody sends feedback."""
    simulation, records = gossip({"kind": "mesh", "nodes": 30}, [0], stop=stop, k=k)
    simulation.run(60 * SECOND)
    informed = len(of_kind(records, "informed"))
    assert len(delivered(records, "Push")) == k * informed
    assert set(Counter(row.fields["source"] for row in delivered(records, "Push")).values()) == {k}
    assert not delivered(records, "Feedback")


def test_a_coin_stops_a_share_of_one_kth() -> None:
    """Blind with a coin of k = 4, calls until interest is lost are geometric with mean 4."""
    calls = []
    for seed in range(60):
        simulation, records = gossip({"kind": "mesh", "nodes": 20}, [0], seed=seed, stop="blind-coin", k=4)
        simulation.run(200 * SECOND)
        calls += Counter(row.fields["source"] for row in delivered(records, "Push")).values()
    assert len(calls) > 800
    assert sum(calls) / len(calls) == pytest.approx(4, abs=5 * 3.5 / len(calls) ** 0.5)


@pytest.mark.parametrize("exchange", ["push", "pull", "push-pull"])
@pytest.mark.parametrize("seed", range(5))
def test_news_goes_one_hop_a_round(exchange: str, seed: int) -> None:
    """A node that hears in a round does not pass it on in the same one: on a line, distance bounds the round."""
    simulation, records = gossip({"kind": "line", "nodes": 9}, [0], seed=seed, exchange=exchange)
    simulation.run(200 * SECOND)
    heard = rounds(records, "informed")
    assert len(heard) == 9
    assert all(heard[node] >= node for node in range(9))
    assert all(heard[node] < heard[node + 1] for node in range(8))


def test_a_fanout_goes_to_distinct_partners() -> None:
    """With fanout log2, a hub of 8 leaves among 9 nodes tells four different ones at once."""
    simulation, records = gossip({"kind": "star", "nodes": 9}, [0], fanout="log2")
    simulation.run(2 * SECOND)
    assert len({row.fields["destination"] for row in delivered(records, "Push")}) == 4
    assert len(of_kind(records, "informed")) == 5


def test_a_fanout_beyond_the_neighbours_reaches_all_of_them() -> None:
    """A node with fewer neighbours than the fanout calls each of them once."""
    simulation, records = gossip({"kind": "ring", "nodes": 5}, [0], fanout=4)
    simulation.run(2 * SECOND)
    assert sorted(row.fields["destination"] for row in delivered(records, "Push")) == [1, 4]


@pytest.mark.parametrize("exchange", ["push", "pull", "push-pull"])
def test_nobody_answers_more_calls_than_the_limit(exchange: str) -> None:
    """With a connection limit of 1, a node takes one call a round and refuses the others; hunting makes more calls."""
    calls, taken = {}, {}
    for hunt in (0, 2):
        simulation, records = gossip(
            {"kind": "mesh", "nodes": 40}, list(range(20)), exchange=exchange, connection_limit=1, hunt=hunt
        )
        simulation.run(8 * SECOND)
        called = Counter(
            (r.fields["destination"], r.time // SECOND) for r in delivered(records, "Push", "PushPull", "Pull")
        )
        refused = Counter((r.fields["source"], r.time // SECOND) for r in delivered(records, "Refusal"))
        assert all(count - refused[place] == 1 for place, count in called.items())
        calls[hunt], taken[hunt] = sum(called.values()), len(called)
    assert calls[2] > calls[0]
    assert taken[2] > taken[0]


def test_an_important_update_is_passed_on_at_once() -> None:
    """It is everywhere on a line long before the first round; an ordinary one is nowhere yet."""
    for important, expected in ((True, 6), (False, 1)):
        update = Requests((0, 0, Update("alarm", important=important)))
        simulation, records = gossip({"kind": "line", "nodes": 6}, update, fanout=2)
        simulation.run(100 * MILLISECOND)
        assert len(of_kind(records, "informed")) == expected


def test_rounds_that_are_too_short_are_reported() -> None:
    """A node that hears in a later round than the message was sent in says so once; short latencies raise no alarm."""
    for latency, expected in ((900 * MILLISECOND, 0), (1100 * MILLISECOND, 4)):
        simulation, records = gossip({"kind": "mesh", "nodes": 4}, [0], latency=latency)
        simulation.run(40 * SECOND)
        assert len(of_kind(records, "late")) == expected


def test_a_rumour_that_dies_out_is_completed_by_its_backup() -> None:
    """Blind rumours with k = 1 reach few; anti-entropy now and then brings the rumour to the others."""
    mesh = {"kind": "mesh", "nodes": 20}
    reached = {}
    for backup in (None, 10 * SECOND):
        simulation, records = gossip(mesh, [0], stop="blind-counter", k=1, backup=backup)
        simulation.run(400 * SECOND)
        reached[backup] = len(of_kind(records, "informed"))
    assert reached[None] < 20
    assert reached[10 * SECOND] == 20


TOPOLOGIES = st.one_of(
    st.builds(lambda n: {"kind": "ring", "nodes": n}, st.integers(3, 12)),
    st.builds(lambda n: {"kind": "star", "nodes": n}, st.integers(2, 12)),
    st.builds(lambda n: {"kind": "mesh", "nodes": n}, st.integers(2, 12)),
    st.builds(lambda n: {"kind": "random-regular", "nodes": 2 * n, "degree": 3}, st.integers(2, 8)),
)
OPTIONS = st.fixed_dictionaries(
    {
        "exchange": st.sampled_from(["push", "pull", "push-pull"]),
        "timing": st.sampled_from(["rounds", "poisson", "periodic"]),
        "fanout": st.sampled_from([1, 2, "log2"]),
    }
)
RULES = st.sampled_from(["none", "feedback-counter", "feedback-coin", "blind-counter", "blind-coin"])


@settings(max_examples=25)
@given(topology=TOPOLOGIES, options=OPTIONS, seed=st.integers(0, 2**32))
def test_without_a_stop_rule_everyone_hears(topology: dict, options: dict, seed: int) -> None:
    """On a connected graph without faults every node is informed, exactly once."""
    simulation, records = gossip(topology, [0], seed=seed, detail="states", **options)
    simulation.run(150 * SECOND)
    assert sorted(record.node for record in of_kind(records, "informed")) == list(range(topology["nodes"]))


@settings(max_examples=25)
@given(topology=TOPOLOGIES, options=OPTIONS, stop=RULES, k=st.integers(1, 3), seed=st.integers(0, 2**32))
def test_news_comes_only_from_those_who_have_it(topology: dict, options: dict, stop: str, k: int, seed: int) -> None:
    """Under loss and crashes, whoever is informed was told by a neighbour that had been informed before."""
    simulation, records = gossip(topology, [0], seed=seed, detail="states", loss=0.2, stop=stop, k=k, **options)
    simulation.kernel.call_at(3 * SECOND, simulation.crash, 1)
    simulation.kernel.call_at(9 * SECOND, simulation.restart, 1)
    simulation.run(60 * SECOND)
    knew: set[int | None] = set()
    for record in of_kind(records, "informed"):
        source = record.fields["source"]
        assert record.node not in knew
        assert (source is None and not knew) or (source in knew and source in simulation.nodes[record.node].neighbors)
        knew.add(record.node)
    assert {record.node for record in of_kind(records, "removed")} <= knew
    assert simulation.balance().sums


@settings(max_examples=25)
@given(topology=TOPOLOGIES, options=OPTIONS, stop=RULES.filter(lambda rule: rule != "none"), seed=st.integers(0, 2**32))
def test_a_stop_rule_ends_every_rumour(topology: dict, options: dict, stop: str, seed: int) -> None:
    """Without loss, each informed node stops to spread the rumour in the end, once."""
    simulation, records = gossip(topology, [0], seed=seed, detail="states", stop=stop, k=2, **options)
    simulation.run(400 * SECOND)
    informed = sorted(record.node for record in of_kind(records, "informed"))
    assert sorted(record.node for record in of_kind(records, "removed")) == informed
