"""Loads on actors: effects cost what the options say, and more where something is in the way."""

from __future__ import annotations

from typing import Any

import pytest

import murmur

BASE = {"name": "load", "duration": "1s", "topology": {"kind": "mesh", "nodes": 2}, "network": {"latency": "10us"}}


def loaded(hardware: Any = None, **options: Any) -> Any:
    """Run a load of 50 effects of each sender on one core, unless it is said otherwise."""
    protocol = {"kind": "actor-load", "count": 50, "think": "1us", **options}
    return murmur.run({**BASE, "protocol": protocol, "hardware": hardware or {"cores": 1}})


def longest(effect: str, hardware: Any = None, **options: Any) -> int:
    """The longest time of an effect."""
    return int(loaded(hardware, effect=effect, **options).metrics["effect_time_max"][effect])


@pytest.mark.parametrize(
    ("effect", "cost"), [("spawn", 400), ("send", 180), ("signal", 90), ("enqueue", 50), ("ask", 180 + 50 + 180)]
)
def test_alone_on_a_core_an_effect_takes_its_cost(effect: str, cost: int) -> None:
    """With nobody else on the core and room for all, each takes what the options of the runtime say, and not more."""
    options = {"capacity": 50} if effect == "enqueue" else {}
    assert longest(effect, **options) == cost


def test_what_is_in_the_way_takes_longer() -> None:
    """Another core's mailbox, a full one, a slow core, garbage collections and copies all show in how long it takes."""
    two = {"cores": 2}
    assert longest("send", two) == 180 + 40
    assert longest("send", {"cores": 2, "sockets": 2}) == 180 + 130
    assert longest("send", two, work="10us", runtime={"mailbox": {"capacity": 5}}) > 9_000
    assert longest("send", {"speeds": [0.5]}) == 360
    assert longest("send", size="100KB", runtime={"capabilities": "checked"}) == 180 + 10_000
    assert longest("send", size="100KB", payload="iso", runtime={"capabilities": "checked"}) < 250
    paused = {"cores": 2, "memory": {"collection": {"minimum": "64KiB", "base": "100us"}}}
    assert longest("send", paused, size="4KB") > 100_000


def test_actors_that_are_spawned_wait_for_a_core() -> None:
    """On the core of their spawner they begin once it has no more to do; on another one, at once."""
    alone = loaded(effect="spawn").metrics["effect_time_max"]["start"]
    assert alone == 50 * 400 + 49 * 1_000, "the first one waits for all the others to be spawned"
    assert loaded({"cores": 2}, effect="spawn").metrics["effect_time_max"]["start"] == 400


def test_all_that_is_sent_arrives() -> None:
    """Three senders to two receivers, on this node and from others: each message is received once."""
    for place in ("together", "apart"):
        run = loaded({"cores": 2}, senders=3, receivers=2, place=place)
        effects = [record.fields["effect"] for record in run.records if record.kind == "timed"]
        assert (effects.count("send"), effects.count("delivery")) == (150, 150)


def test_isos_are_used_by_their_owners_alone() -> None:
    """Of actors that let go of what they send the judge says so; of those that do not, who used what; else nothing."""

    def verdict(mode: str = "unchecked", trace: bool = True, **options: Any) -> Any:
        runtime = {"capabilities": {"mode": mode, "trace": trace}}
        protocol = {"kind": "actor-load", "count": 5, "payload": "iso", "runtime": runtime, **options}
        checks = ["iso-never-aliased"]
        return murmur.run({**BASE, "protocol": protocol, "hardware": {"cores": 2}, "checks": checks}).verdicts[0]

    assert verdict("checked").verdict == "holds"
    assert verdict().verdict == "holds"
    assert verdict(trace=False).verdict == "unknown"
    aliased = verdict(ablate=["let-go"])
    assert aliased.verdict == "violated"
    assert aliased.reason == "sender-0@0 used iso 0.1, which receiver-0@0 owns"
    with pytest.raises(murmur.InputError, match=r"sender-0@0 uses an iso \(list 0.1\) that is not its own any more"):
        verdict("checked", ablate=["let-go"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"effect": "enqueue", "place": "apart"}, "channels join actors of one node"),
        ({"ablate": ["let-go"]}, "expected effect send and payload iso"),
        ({"ablate": ["let-go", "let-go"], "payload": "iso"}, "a second time"),
        ({"runtime": {"capabilities": "sometimes"}}, "capabilities"),
    ],
)
def test_loads_that_mean_nothing_are_refused(options: dict[str, Any], words: str) -> None:
    """Each is told before the run, with what is expected."""
    with pytest.raises(murmur.InputError, match=words):
        loaded(**options)
