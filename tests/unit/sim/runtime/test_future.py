"""Futures are settled once; all of them, any and the first n come of their parts."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from sim.runtime.future import Future, all_of, any_of, first_of


def futures(number: int) -> list[Future]:
    """So many futures that are pending."""
    return [Future() for _ in range(number)]


@pytest.mark.parametrize(
    ("end", "state"),
    [(lambda f: f.settle(7), "done"), (lambda f: f.fail("no"), "failed"), (Future.cancel, "cancelled")],
)
def test_a_future_is_settled_once(end: Any, state: str) -> None:
    """What comes after the first end changes nothing, and is counted; each callback is called once."""
    future, calls = Future(), []
    future.when_settled(calls.append)
    assert end(future)
    assert not future.settle(8)
    assert not future.fail("late")
    assert not future.cancel()
    future.when_settled(calls.append)
    assert (future.state, future.late, calls) == (state, 3, [future, future])
    assert future.value == (7 if state == "done" else None)


def test_a_callback_can_be_taken_back() -> None:
    """One that was taken back is not called."""
    future, calls = Future(), []
    future.when_settled(calls.append)
    future.forget(calls.append)
    future.settle()
    assert not calls


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_all_of_gives_the_values_in_the_order_of_the_futures(order: tuple[int, ...]) -> None:
    """Whatever order they come in; not before the last."""
    parts = futures(3)
    whole = all_of(parts)
    for count, place in enumerate(order):
        assert whole.pending, count
        parts[place].settle(10 * place)
    assert whole.value == (0, 10, 20)


def test_any_of_gives_the_first_that_is_done() -> None:
    """One that fails before is passed over, those after it are left alone."""
    parts = futures(3)
    whole = any_of(parts)
    parts[2].fail("down")
    assert whole.pending
    parts[1].settle("b")
    assert whole.value == (1, "b")
    parts[0].settle("a")
    assert (whole.value, whole.late) == ((1, "b"), 0)


@pytest.mark.parametrize(("number", "failures"), [(n, f) for n in range(1, 6) for f in range(6)])
def test_first_of_fails_as_soon_as_too_few_are_left(number: int, failures: int) -> None:
    """Of 5, with the failures first: n are done unless more than 5 - n have failed."""
    parts = futures(5)
    whole = first_of(number, parts)
    for part in parts[:failures]:
        part.fail("down")
    assert whole.pending == (failures <= 5 - number)
    for place, part in enumerate(parts[failures:]):
        part.settle(place)
    assert whole.state == ("done" if failures <= 5 - number else "failed")
    assert len(whole.value) == number if whole.done else "are needed" in str(whole.reason)


def test_of_none_there_is_nothing_to_wait_for() -> None:
    """All of no futures, and the first 0, are there at once."""
    assert all_of([]).value == ()
    assert first_of(0, futures(2)).value == ()


def test_who_cancels_the_whole_cancels_its_parts() -> None:
    """Those that are pending; those that are done keep their values."""
    for whole_of in (all_of, any_of, lambda parts: first_of(2, parts)):
        parts = futures(3)
        if whole_of is not any_of:
            parts[0].settle(1)
        whole = whole_of(parts)
        whole.cancel()
        assert whole.state == "cancelled"
        assert [part.state for part in parts[1:]] == ["cancelled"] * 2
        assert parts[0].state == ("cancelled" if whole_of is any_of else "done")
