"""Sending and receiving over channels, and choosing among several of them: what actors of a node do with them."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.runtime.awaiting import settled
from sim.runtime.cache_lines import cost_of_channels
from sim.runtime.channel import Channel, Chosen
from sim.runtime.failure import ActorFailure
from sim.runtime.future import Future

if TYPE_CHECKING:
    from sim.runtime.actor import Actor, Effect

CLOSED: Final = "channel-closed"
"""The reason of an actor that sends over a closed channel, as a goroutine panics."""


class Receive(NamedTuple):
    """A case of a choice: receive from a channel."""

    channel: Channel


class Send(NamedTuple):
    """A case of a choice: send a value over a channel."""

    channel: Channel
    value: Any


def select(actor: Actor, *cases: Receive | Send, timeout: int | None = None) -> Effect[Chosen | None]:
    """Go on with one of the cases; where several can, each is as likely, by the actor's own stream.

    None after `timeout` nanoseconds; with a timeout of 0 it never waits. It costs the work of an `enqueue`, and of
    fetching each channel from the core that used it last. Raises ActorFailure where the case that was chosen sends over
    a closed channel.
    """
    yield from actor.compute(cost_of_channels(actor, [case.channel for case in cases]))
    ready = [place for place, case in enumerate(cases) if _is_ready(case)]
    if ready:
        place = ready[0] if len(ready) == 1 else actor.random.choice(ready)
        return _carry_out(cases[place], place)
    if timeout is not None and timeout <= 0:
        return None
    future = Future()
    for place, case in enumerate(cases):
        if isinstance(case, Send):
            case.channel.wait_to_send(future, place, case.value)
        else:
            case.channel.wait_to_receive(future, place)
    try:
        came = yield from settled(actor, future, timeout)
    finally:  # an actor that is ended while it waits is in no queue any more
        for case in cases:
            case.channel.forget(future)
    if not came:
        future.cancel()
        return None
    chosen: Chosen = future.value
    if not chosen.open and isinstance(cases[chosen.case], Send):
        raise ActorFailure(CLOSED)
    return chosen


def _is_ready(case: Receive | Send) -> bool:
    return case.channel.can_send if isinstance(case, Send) else case.channel.can_receive


def _carry_out(case: Receive | Send, place: int) -> Chosen:
    if isinstance(case, Send):
        if case.channel.closed:
            raise ActorFailure(CLOSED)
        case.channel.send(case.value)
        return Chosen(place, None, True)
    return Chosen(place, *case.channel.receive())


def send(actor: Actor, channel: Channel, value: Any) -> Effect[None]:
    """Send over a channel; waits until there is room, or with capacity 0 until somebody receives."""
    yield from select(actor, Send(channel, value))


def receive(actor: Actor, channel: Channel) -> Effect[tuple[Any, bool]]:
    """Receive from a channel: the value and True; None and False at the end of one that is closed."""
    chosen = yield from select(actor, Receive(channel))
    assert chosen is not None
    return chosen.value, chosen.open


def each(actor: Actor, channel: Channel, do: Any) -> Generator[Any, Any, int]:
    """Receive until the end of a channel and do something with each value, `yield from do(value)`; gives how many."""
    number = 0
    while True:
        value, is_open = yield from receive(actor, channel)
        if not is_open:
            return number
        yield from do(value)
        number += 1
