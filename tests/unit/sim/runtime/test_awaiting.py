"""Actors wait for futures: until they are settled, until a timeout, for several at once, again after failures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.runtime.awaiting import Attempted, retried, settled, wait, wait_for_all, wait_for_any, wait_for_first
from sim.runtime.future import Future
from sim.runtime.retry_policy import RetryPolicy
from sim.units import MILLISECOND
from tests.unit.sim.runtime.acting import play


def settles(future: Future, value: Any, after: int) -> Callable[[Any], Any]:
    """An actor that settles a future after so many milliseconds; with None it fails it."""

    def behaviour(actor: Any) -> Any:
        yield from actor.sleep(after * MILLISECOND)
        if value is None:
            future.fail("no")
        else:
            future.settle(value)

    return behaviour


def waited(waiting: Callable[[Any, list[Future]], Any], *parts: tuple[Any, int], cores: int = 0) -> tuple[Any, int]:
    """What an actor's waiting gives, and after how many milliseconds; futures are settled as `parts` say."""
    futures, found = [Future() for _ in parts], []

    def waiter(actor: Any) -> Any:
        value = yield from waiting(actor, futures)
        found.append((value, actor.now // MILLISECOND))

    others = {f"part {place}": settles(futures[place], *part) for place, part in enumerate(parts)}
    play({"waiter": waiter, **others}, cores=cores)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("cores", [0, 1])
def test_a_future_is_waited_for(cores: int) -> None:
    """With its value when it is settled; None when it fails, or at the timeout, which cancels it."""
    assert waited(lambda actor, parts: wait(actor, parts[0]), ("a", 5), cores=cores) == ("a", 5)
    assert waited(lambda actor, parts: wait(actor, parts[0]), (None, 5), cores=cores) == (None, 5)
    assert waited(lambda actor, parts: wait(actor, parts[0], 3 * MILLISECOND), ("a", 5), cores=cores) == (None, 3)


def test_a_value_that_comes_after_the_timeout_is_late() -> None:
    """Nobody gets it, and it is counted."""
    kept: list[Future] = []

    def waiting(actor: Any, parts: list[Future]) -> Any:
        kept.extend(parts)
        return wait(actor, parts[0], 3 * MILLISECOND)

    waited(waiting, ("a", 5))
    assert (kept[0].state, kept[0].late) == ("cancelled", 1)


def test_waiting_without_wanting_leaves_the_future_alone() -> None:
    """`settled` says whether it was, and what is settled already takes no time."""
    assert waited(lambda actor, parts: settled(actor, parts[0], 3 * MILLISECOND), ("a", 5)) == (False, 3)
    assert waited(lambda actor, parts: settled(actor, parts[0], 0), ("a", 5)) == (False, 0)

    def twice(actor: Any, parts: list[Future]) -> Any:
        yield from settled(actor, parts[0])
        return (yield from settled(actor, parts[0], 0))

    assert waited(twice, ("a", 5)) == (True, 5)


def test_several_are_waited_for_at_once() -> None:
    """All: as long as the longest; any: as the shortest; the first two: as the second."""
    parts = (("a", 7), ("b", 2), ("c", 5))
    assert waited(wait_for_all, *parts) == (("a", "b", "c"), 7)
    assert waited(wait_for_any, *parts) == ((1, "b"), 2)
    found = ((1, "b"), (2, "c"))
    assert waited(lambda actor, futures: wait_for_first(actor, 2, futures), *parts) == (found, 5)


def test_waiting_for_several_ends_early_where_it_is_in_vain() -> None:
    """All: at the first failure; any: at the last; the first two of three: at the second."""
    parts = ((None, 7), (None, 2), ("c", 9))
    assert waited(wait_for_all, *parts) == (None, 2)
    assert waited(lambda actor, futures: wait_for_first(actor, 2, futures), *parts) == (None, 7)
    assert waited(lambda actor, futures: wait_for_any(actor, futures[:2]), *parts) == (None, 7)


def test_messages_stay_while_a_future_is_waited_for() -> None:
    """What comes meanwhile is received afterwards."""
    future, heard = Future(), []

    def waiter(actor: Any) -> Any:
        yield from wait(actor, future)
        envelope = yield from actor.receive()
        heard.append((envelope.payload, actor.now // MILLISECOND))

    def other(actor: Any) -> Any:
        yield from actor.send(actor.me._replace(name="waiter"), "hello")
        yield from actor.sleep(4 * MILLISECOND)
        future.settle()

    play({"waiter": waiter, "other": other})
    assert heard == [("hello", 4)]


@pytest.mark.parametrize(("failures", "expected"), [(0, ("ok", 1)), (2, ("ok", 3)), (9, (None, 4))])
def test_what_fails_is_tried_again_as_often_as_the_policy_says(failures: int, expected: tuple[Any, int]) -> None:
    """Rests of 10, 20 and 40 ms lie between the attempts."""
    policy = RetryPolicy(retries=3, rest=10 * MILLISECOND, jitter="none")
    tried: list[int] = []

    def attempt(actor: Any) -> Any:
        tried.append(actor.now // MILLISECOND)
        yield from actor.sleep(MILLISECOND)
        return None if len(tried) <= failures else "ok"

    result, _ = waited(lambda actor, _: retried(actor, lambda: attempt(actor), policy))
    assert result == Attempted(*expected)
    assert tried == [0, 11, 32, 73][: expected[1]]
