"""Kinds of messages in a space-time diagram: each has a look of its own, by which the legend tells it apart."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.plots.message_arrows import MessageArrow, look_of
from analysis.plots.run_figures import space_time_figure
from analysis.plots.run_view import RunView
from analysis.plots.space_time import SpaceTime, draw_space_time
from sim.protocols.raft.raft import Raft
from sim.units import MILLISECOND

KINDS = ("RequestVote", "Vote", "AppendEntries", "Appended", "InstallSnapshot", "SnapshotInstalled", "TimeoutNow")


def drawn(kinds: Sequence[str], outcome: str = "delivered", known: Sequence[str] = ()) -> Figure:
    """A diagram of two nodes with a message of each kind."""
    messages = [
        MessageArrow(0, 1, n * MILLISECOND, (n + 1) * MILLISECOND, kind, outcome) for n, kind in enumerate(kinds)
    ]
    return draw_space_time(SpaceTime(2, messages, 20 * MILLISECOND, "name", "facts", kinds=known))


def entries(figure: Figure) -> dict[str, tuple[object, object]]:
    """Colour and line style of each entry of the legend."""
    (legend,) = figure.legends
    lines = [line for line in legend.legend_handles if isinstance(line, Line2D)]
    return {
        text.get_text(): (line.get_color(), line._unscaled_dash_pattern)  # type: ignore[attr-defined]
        for text, line in zip(legend.get_texts(), lines, strict=True)
    }


def test_twelve_kinds_have_looks_of_their_own() -> None:
    """No two of twelve kinds share both colour and line style, and no three the colour."""
    looks = [look_of(place) for place in range(12)]
    assert len({repr(look) for look in looks}) == 12
    colors = [color for color, _ in looks]
    assert max(map(colors.count, colors)) == 2


def test_the_legend_tells_all_kinds_of_raft_apart() -> None:
    """Each kind that arrived has an entry in the legend, and no two entries look alike."""
    found = entries(drawn(KINDS))
    assert list(found) == list(KINDS)
    assert len({repr(look) for look in found.values()}) == len(KINDS)


def test_kinds_that_did_not_arrive_have_no_entry() -> None:
    """What is known beforehand but does not appear, and what never arrived, takes no place in the legend."""
    assert list(entries(drawn(["Vote"], known=KINDS))) == ["Vote"]
    (legend,) = drawn(KINDS, outcome="lost").legends
    assert [text.get_text() for text in legend.get_texts()] == ["not delivered (lost)"]


@pytest.mark.parametrize("order", [KINDS, KINDS[::-1]])
def test_the_order_in_which_they_come_changes_no_look(order: Sequence[str]) -> None:
    """Kinds that the protocol names have the looks of its order; others come after them."""
    found = entries(drawn(["Own", *order], known=KINDS))
    assert list(found) == [*KINDS, "Own"]


def test_a_run_of_raft_knows_its_kinds(served: RunView) -> None:
    """The order is that in which the protocol names what it sends."""
    assert Raft.payloads is not None
    assert tuple(space_time_figure(served).kinds) == tuple(payload.__name__ for payload in Raft.payloads) == KINDS
