"""The state of channels: order, capacity, meeting at capacity 0, closing, and queues of those who wait."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.runtime.channel import Channel, ChannelClosed, Chosen
from sim.runtime.future import Future


def sender(channel: Channel, value: object, case: int = 0) -> Future:
    """Somebody who waits to send."""
    future = Future()
    channel.wait_to_send(future, case, value)
    return future


def receiver(channel: Channel, case: int = 0) -> Future:
    """Somebody who waits to receive."""
    future = Future()
    channel.wait_to_receive(future, case)
    return future


def test_with_capacity_0_they_meet() -> None:
    """Sending goes on once somebody receives, and the other way round."""
    channel = Channel()
    assert not channel.can_send
    assert not channel.can_receive
    waiting = receiver(channel, 3)
    assert channel.can_send
    channel.send("a")
    assert waiting.value == Chosen(3, "a", True)
    waiting = sender(channel, "b", 4)
    assert channel.receive() == ("b", True)
    assert waiting.value == Chosen(4, None, True)
    assert (channel.sent, channel.received, len(channel)) == (2, 2, 0)


def test_who_waits_for_room_is_served_in_turn() -> None:
    """A receipt makes room for the first who waits to send, and values keep their order."""
    channel = Channel(2)
    channel.send(0)
    channel.send(1)
    waiting = [sender(channel, value) for value in (2, 3)]
    assert channel.receive() == (0, True)
    assert [one.pending for one in waiting] == [False, True]
    assert [channel.receive()[0] for _ in range(3)] == [1, 2, 3]
    assert channel.depth_peak == 2
    assert not channel.can_receive


def test_a_closed_channel_gives_what_it_holds_and_then_its_end() -> None:
    """It takes nothing, and cannot be closed twice."""
    channel = Channel(3, "jobs")
    channel.send(1)
    channel.close()
    assert channel.receive() == (1, True)
    assert channel.receive() == channel.receive() == (None, False)
    with pytest.raises(ChannelClosed, match="'jobs'"):
        channel.send(2)
    with pytest.raises(ChannelClosed, match="'jobs'"):
        channel.close()


def test_closing_wakes_all_who_wait() -> None:
    """Each is told that the channel was not open; what was to be sent is not."""
    channel, other = Channel(1), Channel()
    channel.send(0)
    waiting = [sender(channel, 1, 1), receiver(other, 2)]
    channel.close()
    other.close()
    assert [one.value for one in waiting] == [Chosen(1, None, False), Chosen(2, None, False)]
    assert (channel.receive(), channel.receive()) == ((0, True), (None, False))
    assert channel.sent == 1


def test_who_went_on_by_another_case_is_passed_over() -> None:
    """A future that is settled meanwhile neither takes a value nor gives one, and can be forgotten."""
    channel = Channel()
    gone, kept = receiver(channel), receiver(channel)
    gone.cancel()
    channel.send("a")
    assert kept.value.value == "a"
    gone, kept = sender(channel, "x"), sender(channel, "y")
    channel.forget(gone)
    assert channel.waiting == (1, 0)
    assert channel.receive() == ("y", True)


@given(st.integers(0, 3), st.lists(st.sampled_from(["send", "receive", "give up"]), max_size=60))
def test_nothing_is_lost_or_doubled(capacity: int, steps: list[str]) -> None:
    """Whatever is done: received values are the first of those sent, in order, and the bound holds."""
    channel, number, received = Channel(capacity), 0, []
    waiting: deque[Future] = deque()
    for step in steps:
        if step == "send":
            if channel.can_send:
                channel.send(number)
            else:
                sender(channel, number)
            number += 1
        elif step == "receive":
            if channel.can_receive:
                received.append(channel.receive()[0])
            else:
                waiting.append(receiver(channel))
        elif waiting:
            waiting.pop().cancel()
        assert len(channel) <= capacity
        assert 0 in channel.waiting
        received += [one.value.value for one in waiting if one.done]
        waiting = deque(one for one in waiting if one.pending)
    assert received == list(range(len(received)))
    assert len(received) == channel.received
