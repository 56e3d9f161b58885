"""The sharded store: one store to its clients, whatever breaks while members come and go, and moves that are least."""

from __future__ import annotations

from typing import Any

import pytest

import murmur
from sim.protocols.sharded_store.placements import (
    AnyPlacement,
    BoundedPlacement,
    JumpPlacement,
    RendezvousPlacement,
    RingPlacement,
    placed,
)
from sim.runtime.sharding.key_space import position_of

SLOW = {"latency": {"kind": "lognormal", "median": "5ms", "sigma": 0.8}}
PLACEMENTS: dict[str, AnyPlacement] = {
    "ring": RingPlacement(),
    "rendezvous": RendezvousPlacement(),
    "jump": JumpPlacement(),
    "bounded-loads": BoundedPlacement(),
}
OFTEN = {"mean_time_between_failures": "700ms", "until": "5s"}


def scenario(kind: str, **changes: Any) -> dict[str, Any]:
    """Five of six nodes own keys, the sixth joins, and then another leaves, while clients read and write."""
    return {
        "name": "sharded",
        "duration": "8s",
        "topology": {"kind": "mesh", "nodes": 6},
        "network": {"latency": {"kind": "exponential", "mean": "5ms"}},
        "protocol": {"kind": "sharded-store", "members": 5, "placement": {"kind": kind}},
        "workload": {
            "kind": "register",
            "clients": 6,
            "keys": 40,
            "rate": "100/s",
            "writes": {"put": 1, "append": 1, "cas": 1},
            "until": "7s",
            "administration": [{"at": "1s", "add": [5]}, {"at": "3s", "remove": [1]}],
        },
        "checks": ["linearizable", "messages-balance"],
        **changes,
    }


@pytest.mark.parametrize("kind", PLACEMENTS)
def test_clients_see_one_store_whatever_breaks(kind: str) -> None:
    """Crashes, loss, second copies and a partition around two changes of members: linearizable, and both come about."""
    faults = [
        {"kind": "crash", "target": {"random": 1}, "restart_after": "300ms", "when": OFTEN},
        {"kind": "partition", "groups": {"isolate": {"random": 2}}, "at": "1010ms", "heal_after": "500ms"},
    ]
    lossy = {"latency": {"kind": "exponential", "mean": "10ms"}, "loss": "5%", "duplication": "5%"}
    for seed in range(3):
        done = murmur.run(scenario(kind, faults=faults, network=lossy), seed=seed)
        assert [verdict.verdict for verdict in done.verdicts] == ["holds", "holds"], seed
        assert list(done.frames().records(["settled"])["view"]) == [0, 1, 2]


@pytest.mark.parametrize("kind", PLACEMENTS)
def test_what_is_handed_over_is_what_has_another_owner(kind: str) -> None:
    """Each key that was written goes along exactly when its owner changes, and then its new owner serves it."""
    done = murmur.run(scenario(kind))
    views = done.frames().records(["sharded"])
    store = done.simulation.nodes[0].protocol
    salt = store.view.salt
    writes = done.frames().records(["invoked"]).query("function != 'get'")
    for number in (1, 2):
        before, after = (placed(PLACEMENTS[kind], views["members"][place], salt) for place in (number - 1, number))
        begun = views["time"][number]
        given = done.frames().records(["handed-over"]).query("view == @number")["keys"].sum()
        least, most = (
            sum(before.owner(position_of(key)) != after.owner(position_of(key)) for key in set(early["key"]))
            for early in (writes[writes["time"] < begun + slack] for slack in (-100_000_000, 100_000_000))
        )
        assert least <= given <= most
        assert most
        served = done.frames().records(["served"])
        late = served[served["time"] > done.frames().records(["settled"])["time"][number]]
        if number == 2:
            assert all(after.owner(position_of(row.key)) == row.node for row in late.itertuples())


@pytest.mark.parametrize(("kind", "seed"), [("ring", 5), ("jump", 0), ("bounded-loads", 19), ("rendezvous", 30)])
def test_clients_see_one_store_under_any_plan(kind: str, seed: int) -> None:
    """Plans of all layers, under which late copies of appends were once carried out a second time."""
    faults = {
        "kind": "random",
        "layers": ["node", "network", "partition", "clock", "core", "storage"],
        "without": ["leave", "churn", "silent-corruption", "corruption"],
        "most": 8,
        "until": "6s",
        "longest": "2s",
    }
    done = murmur.run(scenario(kind, faults=faults, network=SLOW), seed=seed)
    assert [verdict.verdict for verdict in done.verdicts] == ["holds", "holds"]


def test_a_member_that_leaves_serves_no_more_and_holds_nothing() -> None:
    """After its view is settled, all keys of a member that left are with others."""
    done = murmur.run(scenario("ring"))
    settled = done.frames().records(["settled"])["time"].max()
    served = done.frames().records(["served"]).query("node == 1")
    assert served["time"].max() < settled
    assert [len(node.protocol.cells) for node in done.simulation.nodes].count(0) == 1
    assert len(done.simulation.nodes[1].protocol.cells) == 0


def test_bounded_loads_cool_a_hot_shard() -> None:
    """Where one member owns too much, its queue is long; with bounded loads no share is over the bound."""
    hot = murmur.run("hot-shard")
    cool = murmur.run("hot-shard", overrides=["protocol.placement={kind: bounded-loads}"])
    assert hot.metrics["latency_p99"] > 2 * cool.metrics["latency_p99"]
    assert hot.metrics["shard_load_max"] > 1.5 * cool.metrics["shard_load_max"]
    assert cool.metrics["shard_share_max"] <= 1.25 + 1 / 128


def test_a_popular_key_stays_where_it_is() -> None:
    """No placement shares out one key: where half of all requests are for one, its owner has at least half of them."""
    zipf = "workload.popularity={kind: zipf, exponent: 2.5}"
    for placement in ("{kind: bounded-loads}", "{kind: rendezvous}"):
        done = murmur.run("hot-shard", overrides=[f"protocol.placement={placement}", zipf, "workload.rate=300/s"])
        assert done.metrics["shard_load_max"] > 8 * 0.5


def test_what_cannot_be_done_is_refused() -> None:
    """More members than nodes are an error; a transfer, and the removal of everyone, never come about."""
    with pytest.raises(murmur.InputError, match="found 7; expected at most 6, the nodes of the topology"):
        murmur.run(scenario("ring") | {"protocol": {"kind": "sharded-store", "members": 7}})
    actions = [
        {"at": "1s", "transfer": "anyone", "timeout": "2s"},
        {"at": "1s", "remove": [0, 1, 2, 3, 4], "timeout": "2s"},
        {"at": "1s", "remove": [5], "timeout": "2s"},
    ]
    system = scenario("ring")
    system["workload"]["administration"] = actions
    done = murmur.run(system)
    assert list(done.frames().records(["sharded"])["view"]) == [0]
    assert sorted(done.frames().records(["administered"])["outcome"]) == ["fail", "ok", "unknown"]
