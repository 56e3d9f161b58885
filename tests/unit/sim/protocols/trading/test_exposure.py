"""Reservations keep every position within its limits, whatever becomes of the orders."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.protocols.trading.book import Book, Decided
from sim.protocols.trading.exposure import Exposure, Trade
from sim.protocols.trading.trend import Trend
from sim.storage import Storage

TRADES = st.builds(Trade, st.integers(0, 3), st.integers(-8, 8).filter(bool))


@given(st.lists(st.tuples(TRADES, st.sampled_from(["wait", "execute", "release"]), st.randoms(use_true_random=False))))
def test_limits_hold_whatever_is_executed(steps: list) -> None:
    """Orders that are admitted may be executed or die in any order: no limit is ever passed, nor could it be."""
    exposure = Exposure(limit=20, gross_limit=45)
    for number, (trade, then, chance) in enumerate(steps):
        if exposure.admits(trade):
            exposure.reserve(number, trade)
        if then != "wait" and exposure.outstanding:
            order = chance.choice(sorted(exposure.outstanding))
            assert exposure.executed(order) if then == "execute" else exposure.release(order)
        assert all(abs(position) <= 20 for position in exposure.positions.values())
        assert sum(map(abs, exposure.positions.values())) <= exposure.gross <= 45


def test_what_reduces_a_position_is_admitted_at_the_limit() -> None:
    """At its limit an instrument takes nothing more on that side, and all on the other; so does the sum."""
    exposure = Exposure(limit=10, gross_limit=15)
    exposure.begin({0: 10, 1: -5})
    assert not exposure.admits(Trade(0, 1))
    assert exposure.admits(Trade(0, -20))
    assert not exposure.admits(Trade(0, -21))
    assert not exposure.admits(Trade(1, -1))
    assert exposure.admits(Trade(1, 5))
    exposure.reserve(1, Trade(0, -4))
    assert not exposure.admits(Trade(0, 1))
    exposure.executed(1)
    assert exposure.admits(Trade(0, 4))
    assert not exposure.executed(1)
    assert not exposure.release(2)


def test_a_trend_follows_the_price() -> None:
    """A price that rises makes it 1, one that falls -1, one that rests 0 after a while."""
    trend = Trend(3, 10, 0.001)
    assert [trend.take(100.0) for _ in range(5)] == [0] * 5
    assert [trend.take(100.0 + step) for step in range(1, 6)][-1] == 1
    assert [trend.take(105.0 - 2 * step) for step in range(1, 11)][-1] == -1
    assert [trend.take(85.0) for _ in range(60)][-1] == 0


def test_a_book_is_read_again_from_the_disk() -> None:
    """Epoch, fates and positions are those that were decided; an earlier epoch has no say."""
    storage = Storage()
    book = Book(storage)
    assert book.fence(2)
    assert not book.fence(1)
    book.decide(7, Decided("executed", 1), Trade(1, 5))
    book.decide(9, Decided("rejected", 1), Trade(1, 5))
    book.decide(8, Decided("executed", 2), Trade(1, -2))
    again = Book(storage)
    assert (again.epoch, again.positions) == (2, {1: 3})
    assert again.fates == {7: ("executed", 1), 9: ("rejected", 1), 8: ("executed", 2)}
