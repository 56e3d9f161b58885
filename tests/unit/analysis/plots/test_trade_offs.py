"""Trade-offs: medians with intervals, which cells no other beats, and what is drawn of them."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.trade_off import MOST_CELLS, USUAL, front_of, trade_off_frame
from analysis.plots.trade_off_points import draw_trade_off, trade_off_figure
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import legend_of, seconds, study_of, title_of
from topologies.errors import InputError


def four_ways() -> StudyView:
    """Four ways with seven runs each: cheap and slow, dear and fast, beaten, and one that mostly never comes."""
    spread = [0.9, 0.95, 1.0, 1.0, 1.0, 1.05, 1.1]
    ways = {"cheap": (10, 2), "fast": (1, 20), "poor": (11, 21), "lost": (5, 1)}
    cells = []
    for way, (time, cost) in ways.items():
        times = seconds(*(time * each for each in spread))
        times = [*times[:2], *[None] * 5] if way == "lost" else times
        cells.append(({"way": way}, {"converged_at": times, "messages_per_node": [cost * each for each in spread]}))
    return study_of(cells)


def test_points_are_medians_with_their_intervals() -> None:
    """Of seven runs the interval of a median is that of the least and the largest value; never is infinite."""
    frame = trade_off_frame(four_ways()).set_index("label")
    cheap, lost = frame.loc["cheap"], frame.loc["lost"]
    assert (cheap["value"], cheap["low"], cheap["high"]) == pytest.approx((2, 1.8, 2.2))
    assert (cheap["against"], cheap["against_low"], cheap["against_high"]) == pytest.approx((10e9, 9e9, 11e9))
    assert (lost["against"], lost["against_low"], lost["against_high"]) == (inf, 4.5e9, inf)
    assert (lost["never"], lost["never_against"], lost["runs"]) == (0, 5, 7)


def test_runs_that_were_cut_off_early_are_not_later_than_all_others() -> None:
    """Of seven times after three runs that a limit ended first, the median is that of the seven, not of all ten."""
    times = [None] * 3 + seconds(2, 3, 4, 5, 6, 7, 8)
    study = study_of([({"way": "cut"}, {"converged_at": times, "messages_per_node": [1.0] * 10})])
    early = replace(study, frame=study.frame.assign(ended_ns=[1e9] * 3 + [60e9] * 7))
    assert trade_off_frame(early)["against"].tolist() == [5e9]
    assert trade_off_frame(early)["never_against"].tolist() == [3]


def test_the_front_is_what_no_other_cell_beats() -> None:
    """Cheap and fast are on it, poor is beaten by fast, and what never comes in half of the runs is on no front."""
    frame = trade_off_frame(four_ways())
    assert frame.set_index("label")["front"].to_dict() == {"cheap": True, "fast": True, "poor": False, "lost": False}


def test_more_of_some_metrics_is_better() -> None:
    """A front of availability against latency has the most available of the fastest."""
    values = {"x": (0.9, 10.0), "y": (0.99, 12.0), "z": (0.95, 13.0)}
    cells = [
        ({"way": way}, {"availability": [share] * 3, "latency_p50": [time * 1e6] * 3})
        for way, (share, time) in values.items()
    ]
    frame = trade_off_frame(study_of(cells), "availability", "latency_p50")
    assert frame["front"].tolist() == [True, True, False]
    title = title_of(draw_trade_off(frame, "availability", "latency_p50"))
    assert "better is more of availability" in title


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12), st.booleans(), st.booleans())
def test_a_front_beats_all_else(points: list[tuple[int, int]], more: bool, more_of_others: bool) -> None:
    """Nobody on the front is beaten, and everyone off it is beaten by someone on it."""
    values, others = [float(value) for value, _ in points], [float(other) for _, other in points]
    front = front_of(values, others, more, more_of_others)
    signs = (-1 if more else 1, -1 if more_of_others else 1)
    costs = [(signs[0] * value, signs[1] * other) for value, other in zip(values, others, strict=True)]
    on = {cost for cost, kept in zip(costs, front, strict=True) if kept}
    for cost, kept in zip(costs, front, strict=True):
        beaten = any(rival != cost and rival[0] <= cost[0] and rival[1] <= cost[1] for rival in on)
        assert kept != beaten


def test_cells_are_points_and_the_front_a_line() -> None:
    """Each cell is a point at its medians in seconds, the front steps between its cells, `never` is the edge."""
    figure = trade_off_figure(four_ways())
    axes = figure.axes[0]
    points = {
        (round(float(line.get_xdata()[0]), 6), round(float(line.get_ydata()[0]), 6))
        for line in axes.get_lines()
        if line.get_marker() == "o" and len(line.get_xdata())
    }
    assert {(10, 2), (1, 20), (11, 21)} <= points
    front = next(
        line for line in axes.get_lines() if len(line.get_xdata()) == 2 and line.get_drawstyle() == "steps-post"
    )
    assert np.asarray(front.get_xdata(), float).tolist() == [1, 10]
    (crossed,) = (line for line in axes.get_lines() if line.get_marker() == "x" and len(line.get_xdata()))
    assert crossed.get_xdata()[0] == axes.get_xlim()[1]
    assert axes.get_xlabel() == "Converged at (s)"
    assert axes.get_ylabel() == "Messages per node"
    assert {text.get_text() for text in axes.texts} >= {"cheap", "fast", "poor", "lost", "never"}
    assert legend_of(figure) == ["on the Pareto front", "beaten by another cell", "does not come in half of the runs"]
    assert title_of(figure) == (
        "small 7 runs in each cell; medians with 95 % intervals (order statistics); less is better; 5 runs in which a "
        "time never came"
    )


def test_labels_without_room_are_numbers_with_an_entry_below() -> None:
    """Of twenty cells at one place all are numbers, told once beside it, and each is named below."""
    cells = [({"way": f"way number {n}"}, {"converged_at": [1e9], "messages_per_node": [2.0]}) for n in range(20)]
    figure = trade_off_figure(study_of(cells))
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["1–20"]
    assert [label for label in legend_of(figure) if label.startswith("way")] == [f"way number {n}" for n in range(20)]


def test_a_label_that_would_be_cut_makes_all_numbers_that_lie_apart() -> None:
    """Of sixteen cells, some at one place, none is named in the figure where one name is too long; none overlap."""
    values = [(1 + n // 4 + 0.2 * (n % 2), 9 - n // 5) for n in range(16)]
    names = [f"way {n}" for n in range(15)] + ["a way of many words that has no room beside a point"]
    cells = [
        ({"way": name}, {"converged_at": [time * 1e9], "messages_per_node": [float(cost)]})
        for name, (time, cost) in zip(names, values, strict=True)
    ]
    figure = trade_off_figure(study_of(cells))
    texts = figure.axes[0].texts
    assert all(text.get_text().replace(", ", "").replace("–", "").isdigit() for text in texts)
    assert set(legend_of(figure)) >= set(names)
    boxes = [text.get_window_extent() for text in texts]
    assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[:place])


def test_one_cell_with_one_run_is_a_point_on_the_front() -> None:
    """A study of one run is drawn, without intervals."""
    figure = trade_off_figure(study_of([({"way": "only"}, {"converged_at": [1e9], "messages_per_node": [2.0]})]))
    assert title_of(figure) == "small 1 run in each cell; less is better"
    assert legend_of(figure) == ["on the Pareto front"]


def test_nothing_that_converged_lies_on_the_edge() -> None:
    """Where no time came at all, all cells lie at `never`, and no front is drawn."""
    view = four_ways()
    frame = trade_off_frame(replace(view, frame=view.frame.assign(converged_at=np.nan)), *USUAL)
    assert not frame["front"].any()
    figure = draw_trade_off(frame, "messages_per_node", "converged_at")
    assert legend_of(figure) == ["does not come in half of the runs"]


@pytest.mark.parametrize(
    ("view", "options", "message"),
    [
        (study_of([({"n": 1}, {"messages": [1.0]})]), {}, "the study small reports messages alone"),
        (four_ways(), {"metric": "converged_at", "against": "converged_at"}, "found converged_at against itself"),
        (four_ways(), {"against": "convergd_at"}, "did you mean converged_at?"),
        (four_ways(), {"by": "way"}, "the plot trade-off has no option by"),
        (
            study_of([({"n": n}, {"messages": [1.0], "delivered": [1.0]}) for n in range(MOST_CELLS + 1)]),
            {},
            f"found {MOST_CELLS + 1} cells; the plot trade-off has at most {MOST_CELLS} points",
        ),
    ],
)
def test_what_cannot_be_traded_off_is_refused(view: StudyView, options: dict[str, str], message: str) -> None:
    """One metric, twice the same, one that is none, and too many cells are one clear error each."""
    metric = options.pop("metric", None)
    with pytest.raises(InputError) as caught:
        STUDY_PLOTS["trade-off"].draw(view, metric, None, **options)
    assert message in str(caught.value)


def test_where_it_depends_on_the_question_less_is_taken_and_said() -> None:
    """Of a coherence neither way is better by itself: the caption says what the front assumes."""
    view = study_of([({"n": n}, {"coherence": [n / 4], "latency_p50": [1e6 / n]}) for n in (1, 2)])
    frame = trade_off_frame(view, "coherence", "latency_p50")
    title = title_of(draw_trade_off(frame, "coherence", "latency_p50"))
    assert title.endswith("less is better, of coherence by assumption")
