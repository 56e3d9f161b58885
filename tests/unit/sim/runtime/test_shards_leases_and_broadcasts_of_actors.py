"""Shards, leases and broadcasts as actors use them, on the runtime as it is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

import murmur
from sim.runtime.broadcast import Broadcaster, HandedUp, broadcast
from sim.runtime.lease import LeaseKeeper, acquire, release, renew
from sim.runtime.leases.held_lease import HeldLease, LeaseTerms
from sim.runtime.reference import Reference
from sim.runtime.shard import Handed, Shards, ask_owner, hand_over, send_to_owner
from sim.runtime.sharding.rendezvous import Rendezvous
from sim.units import MILLISECOND, SECOND
from tests.unit.sim.runtime.acting import play

KEYS = [f"k{number}" for number in range(40)]


def test_keys_go_to_their_owner_and_along_when_one_joins() -> None:
    """Owners on two nodes take writes by key; when a third joins, exactly the keys that are its own go to it."""
    before = Shards(Rendezvous([1, 2]), "owner")
    after = before.joined(3)
    held: dict[int, dict[str, Any]] = {1: {}, 2: {}, 3: {}}
    read = {}

    def owner(actor: Any) -> Any:
        mine = held[actor.me.node]
        while True:
            envelope = yield from actor.receive()
            if isinstance(envelope.payload, Handed):
                mine.update(envelope.payload.items)
            elif envelope.payload == "rebalance":
                yield from hand_over(actor, mine, after)
            elif envelope.question is None:
                mine[envelope.payload] = f"{envelope.payload} at first with {actor.me.node}"
            else:
                yield from actor.reply(envelope, mine.get(envelope.payload))

    def client(actor: Any) -> Any:
        for key in KEYS:
            yield from send_to_owner(actor, before, key, key)
        for node in (1, 2):
            yield from actor.send(Reference(node, "owner"), "rebalance")
        yield from actor.sleep(SECOND)
        for key in KEYS:
            read[key] = yield from ask_owner(actor, after, key, key)

    play({"client": client}, *({"owner": owner} for _ in range(3)), loss=0.1)
    moved = before.moved(after, KEYS)
    assert sorted(key for keys in moved.values() for key in keys) == sorted(held[3])
    assert {new.node for _, new in moved} == {3}
    assert sorted(key for mine in held.values() for key in mine) == sorted(KEYS)
    assert read == {key: f"{key} at first with {before.owner(key).node}" for key in KEYS}
    assert after.left(3) == before or after.left(3).moved(before, KEYS) == {}


TERM = 500 * MILLISECOND
TERMS = LeaseTerms(TERM, drift_bound=1.25)


def leased(*holders: Callable[[Any], Any], faults: Any = ()) -> murmur.Simulation:
    """A keeper on node 0, and holders on the others."""

    def begin(actor: Any) -> Any:
        yield from actor.spawn(LeaseKeeper, TERM, name="keeper", restart="permanent")
        yield from actor.sleep(100 * SECOND)

    return play({"first": begin}, *({"holder": holder} for holder in holders), faults=faults)


def test_who_renews_waits_no_longer_than_it_says() -> None:
    """Where nothing more goes to the keeper, a holder is back after its timeout, with the lease as it was."""
    found = []

    def holder(actor: Any) -> Any:
        keeper = Reference(1, "keeper")
        for _ in range(64):
            yield from actor.send(keeper, "all that may be under way")
        began, lease = actor.now, HeldLease.given(1, actor.now, TERMS)
        renewed = yield from renew(actor, keeper, "r", lease, TERMS, timeout=20 * MILLISECOND)
        found.append((renewed is lease, actor.now - began))

    play({"holder": holder}, {}, loss=1.0)
    assert found == [(True, 20 * MILLISECOND)]


def test_a_lease_passes_on_when_it_is_given_back_or_over() -> None:
    """While one holds it another is refused; it is had after a release at once, or a term after a renewal."""
    keeper = Reference(0, "keeper")
    tokens: list[int | None] = []
    times: list[int] = []

    def first(actor: Any) -> Any:
        lease = yield from acquire(actor, keeper, "r", TERMS)
        for _ in range(3):
            yield from actor.sleep(200 * MILLISECOND)
            lease = yield from renew(actor, keeper, "r", lease, TERMS)
            assert lease.in_force(actor.now)
        times.append(actor.now)
        yield from actor.sleep(390 * MILLISECOND)
        assert lease.in_force(actor.now)
        yield from actor.sleep(20 * MILLISECOND)
        assert not lease.in_force(actor.now), "it stops before the keeper ends it"

    def second(actor: Any) -> Any:
        yield from actor.sleep(100 * MILLISECOND)
        lease: HeldLease | None = None
        while lease is None:
            lease = yield from acquire(actor, keeper, "r", TERMS, timeout=SECOND)
            tokens.append(None if lease is None else lease.token)
            yield from actor.sleep(10 * MILLISECOND)
        times.append(actor.now)
        yield from release(actor, keeper, "r", lease)
        again = yield from acquire(actor, keeper, "r", TERMS)
        tokens.append(again.token)

    leased(first, second)
    assert tokens[-2:] == [2, 3]
    assert set(tokens[:-2]) == {None}
    assert 490 * MILLISECOND <= times[1] - times[0] <= 530 * MILLISECOND


def test_a_keeper_that_crashes_ends_no_lease_early() -> None:
    """What was given before the crash is in force for a whole term after the keeper is back, and tokens go on."""
    keeper = Reference(0, "keeper")
    had: list[tuple[int, int]] = []

    def holder(actor: Any) -> Any:
        while True:
            lease = yield from acquire(actor, keeper, "r", TERMS, timeout=50 * MILLISECOND)
            if lease is not None:
                had.append((actor.now, lease.token))
                yield from actor.sleep(100 * SECOND)
            yield from actor.sleep(20 * MILLISECOND)

    crash = murmur.Crash(target=0, at="300ms", restart_after="400ms")
    leased(holder, holder, faults=[crash])
    (begun, one), (following, other) = had
    assert (one, other) == (1, 2)
    assert begun < 50 * MILLISECOND
    assert 1200 * MILLISECOND <= following <= 2500 * MILLISECOND


def heard_by(
    order: Any, spread: Any = "flooding", faults: Any = (), nodes: int = 4, fanout: int = 3
) -> list[list[Any]]:
    """What members hear of broadcasts, each of which all answer once by another."""
    heard: list[list[Any]] = [[] for _ in range(nodes)]

    def member(actor: Any) -> Any:
        me = actor.me.node
        yield from actor.spawn(Broadcaster, range(nodes), "member", order, spread, fanout, name="caster")
        yield from actor.sleep(MILLISECOND)
        yield from broadcast(actor, "caster", ("says", me))
        while True:
            envelope = yield from actor.receive(HandedUp)
            handed = envelope.payload
            heard[me].append(handed)
            if handed.payload[0] == "says" and handed.origin != me:
                yield from actor.sleep(1 + actor.random.below(3 * MILLISECOND))
                yield from broadcast(actor, "caster", ("answers", me, handed.origin))

    play(*({"member": member} for _ in range(nodes)), faults=faults, loss=0.05)
    return heard


@pytest.mark.parametrize("spread", ["flooding", "gossip", "tree"])
@pytest.mark.parametrize("order", ["none", "fifo", "causal", "total"])
def test_members_hear_everything_once_and_in_order(order: str, spread: str) -> None:
    """Whatever is lost on the way, each member is handed each broadcast once, in the order that was asked for."""
    heard = heard_by(order, spread)
    for handed in heard:
        assert len(handed) == len({(one.origin, one.number) for one in handed}) == 4 + 4 * 3
        if order != "none":
            for origin in range(4):
                numbers = [one.number for one in handed if one.origin == origin]
                assert numbers == sorted(numbers)
        if order in ("causal", "total"):
            said = [one.payload for one in handed]
            assert all(said.index(("says", word[2])) < said.index(word) for word in said if word[0] == "answers")
    if order == "total":
        assert all(
            [one.payload for one in first] == [one.payload for one in second]
            for first, second in combinations(heard, 2)
        )


def test_flooding_reaches_all_that_live_though_an_origin_dies() -> None:
    """A member that crashes in the midst of its broadcasts leaves the others in agreement, and takes part no more."""
    crash = murmur.Crash(target=2, at="1500us", restart_after="100ms")
    heard = heard_by("causal", faults=[crash])
    assert {one.payload for one in heard[0]} == {one.payload for one in heard[1]} == {one.payload for one in heard[3]}
    assert not any(one.payload[0] == "answers" for one in heard[0] if one.origin == 2)


def test_a_broadcaster_passes_over_what_is_no_broadcast() -> None:
    """A message that damage has made into something else ends no broadcaster."""
    heard = []

    def listener(actor: Any) -> Any:
        yield from actor.spawn(Broadcaster, [0], "listener", name="caster", restart="temporary")
        yield from actor.send(Reference(0, "caster"), "damaged")
        yield from broadcast(actor, "caster", "sound")
        envelope = yield from actor.receive(HandedUp)
        heard.append(envelope.payload.payload)

    play({"listener": listener})
    assert heard == ["sound"]
