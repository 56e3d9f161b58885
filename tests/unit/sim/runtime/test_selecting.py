"""Actors send and receive over channels, and choose among them, as goroutines do."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from sim.runtime.channel import Channel, Chosen
from sim.runtime.selecting import Receive, Send, each, receive, select, send
from sim.units import MICROSECOND, MILLISECOND
from tests.unit.sim.runtime.acting import play


@pytest.mark.parametrize("cores", [0, 1, 4])
@pytest.mark.parametrize("capacity", [0, 1, 10])
def test_a_pipeline_passes_everything_on_in_order(capacity: int, cores: int) -> None:
    """Two stages, each with a channel: what goes in comes out, and the end is passed on."""
    first, second, out = Channel(capacity), Channel(capacity), []

    def source(actor: Any) -> Any:
        for number in range(20):
            yield from send(actor, first, number)
        first.close()

    def stage(actor: Any) -> Any:
        def pass_on(value: int) -> Any:
            yield from actor.compute(10 * MICROSECOND)
            yield from send(actor, second, value * value)

        yield from each(actor, first, pass_on)
        second.close()

    def sink(actor: Any) -> Any:
        while True:
            value, is_open = yield from receive(actor, second)
            if not is_open:
                return
            out.append(value)

    play({"source": source, "stage": stage, "sink": sink}, cores=cores)
    assert out == [number * number for number in range(20)]
    assert max(first.depth_peak, second.depth_peak) <= capacity


def test_a_full_channel_holds_its_sender_up() -> None:
    """With room for two, the third is sent when the first is received."""
    channel, sent = Channel(2), []

    def source(actor: Any) -> Any:
        for number in range(3):
            yield from send(actor, channel, number)
            sent.append(actor.now // MILLISECOND)

    def sink(actor: Any) -> Any:
        yield from actor.sleep(5 * MILLISECOND)
        yield from receive(actor, channel)

    play({"source": source, "sink": sink})
    assert sent == [0, 0, 5]


def chosen_by(*cases: Any, timeout: int | None = None, others: Any = None, seed: int = 1) -> tuple[Any, int]:
    """What an actor chooses, and after how many milliseconds."""
    found: list[tuple[Any, int]] = []

    def chooser(actor: Any) -> Any:
        chosen = yield from select(actor, *cases, timeout=timeout)
        found.append((chosen, actor.now // MILLISECOND))

    play({"chooser": chooser, **(others or {})}, seed=seed)
    return found[0]


def test_a_choice_waits_for_the_first_case_that_can_go_on() -> None:
    """Whichever side it is; the other cases are as if they had never been."""
    quiet, busy, full = Channel(), Channel(), Channel(1)
    full.send("first")

    def other(actor: Any) -> Any:
        yield from actor.sleep(3 * MILLISECOND)
        yield from send(actor, busy, "hello")

    cases = (Receive(quiet), Receive(busy), Send(full, "second"))
    assert chosen_by(*cases, others={"other": other}) == (Chosen(1, "hello", True), 3)
    assert (quiet.waiting, full.waiting, len(full)) == ((0, 0), (0, 0), 1)

    def taker(actor: Any) -> Any:
        yield from actor.sleep(2 * MILLISECOND)
        yield from receive(actor, full)

    assert chosen_by(*cases, others={"taker": taker}) == (Chosen(2, None, True), 2)


def test_a_choice_ends_at_its_timeout() -> None:
    """With 0 it never waits; nothing is left in any queue."""
    channel = Channel()
    assert chosen_by(Receive(channel), timeout=4 * MILLISECOND) == (None, 4)
    assert chosen_by(Receive(channel), Send(Channel(), 1), timeout=0) == (None, 0)
    assert channel.waiting == (0, 0)
    assert chosen_by(timeout=MILLISECOND) == (None, 1)


def test_a_choice_among_many_that_can_go_on_is_fair() -> None:
    """Each of three is as likely, and the same seed chooses the same."""

    def first(seed: int) -> int:
        channels = [Channel(1) for _ in range(3)]
        for channel in channels:
            channel.send("x")
        chosen, _ = chosen_by(*map(Receive, channels), seed=seed)
        return chosen.case

    cases = [first(seed) for seed in range(150)]
    assert all(30 <= count <= 70 for count in Counter(cases).values())
    assert len(set(cases)) == 3
    assert cases[:10] == [first(seed) for seed in range(10)]


def test_who_sends_over_a_closed_channel_fails() -> None:
    """At once, or where it waits to send; a receiver comes to the end."""
    closed, closing, ending = Channel(name="a"), Channel(name="b"), Channel(name="c")
    closed.close()
    received = []

    def closer(actor: Any) -> Any:
        yield from actor.sleep(MILLISECOND)
        closing.close()
        ending.close()

    def receiver(actor: Any) -> Any:
        received.append((yield from receive(actor, ending)))

    actors = {
        "early": lambda actor: send(actor, closed, 1),
        "waiting": lambda actor: send(actor, closing, 1),
        "receiver": receiver,
        "closer": closer,
    }
    simulation = play(actors, until=0)
    rows = simulation.keep_records()
    simulation.run(2 * MILLISECOND)
    runtime = simulation.nodes[0].protocol.runtime
    assert not runtime.cells
    assert received == [(None, False)]
    failed = {row.fields["actor"]: row.fields["reason"] for row in rows if row.kind == "failed"}
    assert failed == {"early": "channel-closed", "waiting": "channel-closed"}


def test_sending_and_receiving_cost_work() -> None:
    """On one core each of 50 values takes an enqueue to send and one to receive."""
    channel, times = Channel(100), []

    def source(actor: Any) -> Any:
        for number in range(50):
            yield from send(actor, channel, number)
        times.append(actor.now)
        for _ in range(50):
            yield from receive(actor, channel)
        times.append(actor.now)

    play({"source": source}, cores=1)
    assert times[1] - times[0] == times[0] == 50 * 50


@pytest.mark.parametrize("cases", [(0, 1), (1, 0)])
def test_who_offers_both_ways_does_not_meet_itself(cases: tuple[int, int]) -> None:
    """A choice between sending and receiving over one channel without room waits for somebody else, as in Go."""
    channel, came = Channel(0), []

    def both(actor: Any) -> Any:
        ways = (Send(channel, "mine"), Receive(channel))
        came.append((yield from select(actor, *(ways[case] for case in cases), timeout=MILLISECOND)))
        came.append((yield from select(actor, *(ways[case] for case in cases))).value)

    def other(actor: Any) -> Any:
        yield from actor.sleep(2 * MILLISECOND)
        yield from send(actor, channel, "theirs")

    play({"both": both, "other": other})
    assert came == [None, "theirs"]


def test_who_is_stopped_while_it_waits_receives_nothing() -> None:
    """A value goes to the next in the queue of a channel where the first has been stopped."""
    channel, got = Channel(0), []

    def taker(actor: Any) -> Any:
        got.append((actor.me.name, (yield from receive(actor, channel))[0]))

    def other(actor: Any) -> Any:
        yield from actor.sleep(MILLISECOND)
        actor.runtime.stop("first")
        yield from actor.sleep(MILLISECOND)
        yield from send(actor, channel, "value")

    play({"first": taker, "second": taker, "other": other})
    assert got == [("second", "value")]
