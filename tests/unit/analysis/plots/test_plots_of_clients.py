"""Plots of what clients were served: what they take from the records, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.history.client_history import keys_of
from analysis.history.operations import history_of
from analysis.plots.client_figures import QUANTILES, WINDOWS, service_figure
from analysis.plots.client_service import MOST_POINTS, draw_availability, draw_latency
from analysis.plots.history_bars import HistoryBar, HistoryFigure, draw_history
from analysis.plots.history_figure import history_figure
from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView
from sim.records import Record
from sim.units import MILLISECOND, SECOND
from sim.workloads.bank import BankWorkload
from tests.unit.analysis.plots.consensus_runs import CRASH_AT, SERVED_FOR, served_run
from topologies.errors import InputError


def test_points_are_the_latencies_recorded(served: RunView) -> None:
    """Each operation carried out is a point at its end, with the latency that its record tells."""
    plot = service_figure(served, "latency")
    ended = [r for r in served.records(("completed",)) if r.fields["outcome"] == "ok"]
    assert len(ended) > 50
    assert sorted(plot.completed) == sorted((r.time, r.fields["latency"]) for r in ended)


def test_quantiles_are_those_of_their_windows(served: RunView) -> None:
    """The windows cover the run, and their quantiles are those of the latencies that ended in them."""
    plot = service_figure(served, "latency")
    assert (plot.windows[0].begin, plot.windows[-1].end, len(plot.windows)) == (0, SERVED_FOR, WINDOWS)
    assert sum(window.completed for window in plot.windows) == len(plot.completed)
    for window in plot.windows:
        inside = [latency for time, latency in plot.completed if window.begin <= time < window.end]
        expected = [int(np.quantile(inside, q, method="inverted_cdf")) for q in QUANTILES] if inside else [None] * 3
        assert list(window.quantiles) == expected


def test_the_outage_after_the_crash_is_marked(served: RunView) -> None:
    """Where the leader crashed there is an outage on the plot, and none where operations go on."""
    plot = service_figure(served, "availability")
    assert any(begin <= CRASH_AT + SECOND // 5 and end > CRASH_AT for begin, end in plot.outages)
    axes = draw_availability(plot).axes[0]
    hatched = [patch for patch in axes.patches if patch.get_hatch()]
    assert len(hatched) == len(plot.outages)
    title = draw_availability(plot).get_suptitle()
    assert f"available {plot.availability:.1%}" in title
    assert f"{len(plot.outages)} outage" in title


def test_operations_without_an_answer_are_marked(served: RunView) -> None:
    """Operations that have not ended are unknown, and marked at their begin."""
    records = [r for r in served.records(("invoked", "completed")) if r.time <= CRASH_AT]
    last = Record(CRASH_AT, records[-1].sequence + 1, None, "invoked", {**records[0].fields, "process": 999})
    cut = replace(served, records=lambda kinds: [r for r in [*records, last] if r.kind in kinds])
    plot = service_figure(cut, "latency")
    assert plot.unknown[-1] == CRASH_AT
    (marks,) = (line for line in draw_latency(plot).axes[0].lines if line.get_marker() == "x")
    assert list(marks.get_xdata()) == [time / SECOND for time in plot.unknown]  # type: ignore[arg-type]


def test_many_points_are_thinned_and_said(served: RunView) -> None:
    """Of more points than can be drawn there is every second, and the legend says so."""
    plot = service_figure(served, "latency")
    many = replace(plot, completed=[(time % SERVED_FOR, 1_000_000) for time in range(MOST_POINTS + 2)])
    line = draw_latency(many).axes[0].lines[0]
    assert line.get_label() == "operation carried out (one in 2)"
    assert len(line.get_xdata()) == MOST_POINTS // 2 + 1  # type: ignore[arg-type]


def test_places_of_the_order_keep_to_real_time(served: RunView) -> None:
    """Each point lies within its bar, and points are in the order of their numbers."""
    plot = history_figure(served)
    assert "; linearizable" in plot.facts
    placed = sorted((bar for bar in plot.bars if bar.place is not None), key=lambda bar: bar.place or 0)
    assert len(placed) > 5
    points = [bar.point or 0 for bar in placed]
    assert points == sorted(points)
    for bar in placed:
        assert bar.begin <= (bar.point or 0) <= (SERVED_FOR if bar.end is None else bar.end)


def test_a_conflict_is_marked(served: RunView) -> None:
    """A read of a value that nobody wrote is marked as what no order explains, on the picture too."""
    records = list(served.records(("invoked", "completed")))
    read = next(each for each in history_of(records)[20:] if each.function == "get" and each.is_certain)
    wrong = next(r for r in records if r.sequence == read.end)
    changed = [r._replace(fields={**r.fields, "value": "nobody's"}) if r is wrong else r for r in records]
    plot = history_figure(replace(served, records=lambda kinds: [r for r in changed if r.kind in kinds]))
    (marked,) = (bar for bar in plot.bars if bar.in_conflict)
    assert (marked.words, marked.end) == ('get saw "nobody\'s"', wrong.time)
    assert "not linearizable: 1 operation that no order explains" in plot.facts
    labels = [line.get_label() for line in draw_history(plot).axes[0].lines]
    assert "in the conflict: no order explains these" in labels


@pytest.mark.parametrize("name", ["latency", "availability", "history"])
def test_runs_without_clients_are_refused(name: str, broken: RunView) -> None:
    """A run in which nobody asked for anything is refused with what the plot needs."""
    with pytest.raises(InputError, match=f"the plot {name} needs; draw a run with a workload of clients"):
        PLOTS[name].draw([broken])


def test_a_key_that_is_named_is_drawn(served: RunView) -> None:
    """The bars are the operations on that key alone, and without a name they are those on the most used one."""
    used = keys_of(list(served.states(("invoked", "completed"))))
    assert len(used) == 2
    for key in used:
        plot = history_figure(served, key)
        assert f"; key {key}, " in plot.facts
        begun = {r.time for r in served.states(("invoked",)) if r.fields["key"] == key}
        assert {bar.begin for bar in plot.bars} <= begun
        assert PLOTS["history"].draw([served], key=key).get_suptitle().endswith(plot.facts.rpartition("; ")[2])
    assert history_figure(served) == history_figure(served, next(iter(used)))


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("k11", "found no operation on the key 'k11'; did you mean 'k1'? There are 2 keys"),
        ("", "found no operation on the key ''; did you mean "),
        ("é" * 5000, f"found no operation on the key '{'é' * 40}'; did you mean "),
    ],
)
def test_a_key_that_nobody_used_is_refused(key: str, message: str, served: RunView) -> None:
    """A key without operations is refused with the nearest one that has some."""
    with pytest.raises(InputError) as caught:
        PLOTS["history"].draw([served], key=key)
    assert message in str(caught.value)


def test_a_bank_has_no_keys() -> None:
    """A key of a run in which clients used a bank is refused, and the bank itself is drawn without one."""
    run = served_run(BankWorkload(clients=3, rate=40.0))
    assert "; the bank, " in history_figure(run).facts
    with pytest.raises(InputError, match="used a bank, which has no keys: leave it out"):
        history_figure(run, "k0")


def bars(*points: int) -> HistoryFigure:
    """The history of one process, with an operation of a millisecond at each of these times in milliseconds."""
    drawn = [
        HistoryBar(0, point * MILLISECOND, (point + 1) * MILLISECOND, "get saw 'x'", True, False, number, begin)
        for number, (point, begin) in enumerate(((point, point * MILLISECOND + 500) for point in points), 1)
    ]
    return HistoryFigure(drawn, 0, 1000 * MILLISECOND, "name", "facts")


def test_places_do_not_lie_on_one_another() -> None:
    """Of places nearer than a circle is wide every second is lower; others are on the line of their process."""
    axes = draw_history(bars(100, 105, 110, 500, 505, 900)).axes[0]
    (circles,) = (line for line in axes.lines if line.get_marker() == "o")
    heights = np.asarray(circles.get_ydata(), float)
    assert [bool(height) for height in heights] == [False, True, False, False, True, False]
    assert heights.max() < 0.5


def test_words_at_the_right_edge_stand_before_it() -> None:
    """What the last operation of a process was is written up to the edge, where there is no room after its begin."""
    axes = draw_history(bars(300, 990)).axes[0]
    words = {text.get_text(): text.get_ha() for text in axes.texts if text.get_text().startswith("get")}
    assert words == {"get saw 'x'": "right"}
    assert len([text for text in axes.texts if text.get_text().startswith("get")]) == 2
    crowded = draw_history(bars(980, 990)).axes[0]
    assert not [text for text in crowded.texts if text.get_text().startswith("get")]
