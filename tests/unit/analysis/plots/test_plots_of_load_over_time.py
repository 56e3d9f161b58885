"""Plots of load and energy over time: what they take from the records of swarms, and what they refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis.plots.coherence_figure import energy_figure
from analysis.plots.load_figure import load_over_time_figure
from analysis.plots.load_over_time import LoadFigure, LoadSeries, draw_load_over_time
from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView
from analysis.plots.theme import COLUMN_MM, PAGE_MM
from sim.units import MILLISECOND, SECOND
from tests.unit.analysis.plots.test_plots_of_phases import assert_legible, told
from topologies.errors import InputError


def calls(*times: int, kind: str = "call", seed: int = 1, name: str = "told") -> RunView:
    """A run with a record at each of these milliseconds, of one second."""
    run = told([(time, time % 4, kind, {"requests": 2, "waits": (1, 1)}) for time in times], end=SECOND)
    return replace(run, seed=seed, name=name, scenario={"name": name})


def loads(run: RunView, interval: str) -> list[int]:
    """The load of a run in each interval."""
    (series,) = load_over_time_figure([run], interval).series
    return list(series.loads)


def test_calls_are_counted_in_each_interval() -> None:
    """An interval holds its begin and not its end; those without a call count as 0, and only whole ones are shown."""
    assert loads(calls(0, 99, 100, 450, 451, 1000), "100ms") == [2, 1, 0, 0, 2, 0, 0, 0, 0, 0]
    assert loads(calls(0, 899, 900), "300ms") == [1, 0, 1]
    assert load_over_time_figure([calls(3)], "100ms").quantity == "Calls in 100ms"


def test_intervals_are_a_tenth_of_the_cycle_unless_said(swarm: RunView) -> None:
    """As in the metrics of load; a 200th of a run without a cycle, and longer where they would be too many."""
    assert load_over_time_figure([swarm]).series[0].interval == 20 * MILLISECOND
    assert load_over_time_figure([calls(3)]).series[0].interval == 5 * MILLISECOND
    table = replace(calls(3), scenario={"protocol": {"period": "50ms"}})
    assert load_over_time_figure([table]).series[0].interval == 5 * MILLISECOND
    quick = replace(calls(3), scenario={"protocol": {"period": "1ms"}})
    assert load_over_time_figure([quick]).series[0].interval == MILLISECOND


def test_jobs_are_counted_while_they_run() -> None:
    """The load is the most that run at once in an interval; a job ends with its length, or with its node's crash."""
    length = {"length": 250 * MILLISECOND}
    rows = [(50, 0, "job", length), (120, 1, "job", length), (160, 1, "crashed", {}), (310, 2, "job", length)]
    run = replace(told([*rows, (900, 3, "job", length)], end=SECOND), name="jobs")
    assert loads(run, "100ms") == [1, 2, 1, 1, 1, 1, 0, 0, 0, 1]


def test_a_job_that_ends_as_another_begins_is_not_beside_it() -> None:
    """Jobs back to back are one at a time."""
    length = {"length": 100 * MILLISECOND}
    assert loads(told([(time, 0, "job", length) for time in (0, 100, 200)], end=SECOND), "100ms")[:4] == [1, 1, 1, 0]


def test_quantiles_are_marked_and_told() -> None:
    """Median, 99th percentile and peak are loads that occurred; lines mark them, and the heading says them."""
    series = LoadSeries("one", np.array([0] * 60 + [3] * 39 + [7]), 10 * MILLISECOND)
    figure = draw_load_over_time(LoadFigure([series], "Calls", SECOND, "name", "facts"))
    over_time, how_often = figure.axes
    assert over_time.get_title(loc="left") == "one: median 0, p99 3, peak 7"
    marks = [line.get_ydata()[0] for line in over_time.lines]  # type: ignore[index]
    assert marks == [0, 3]
    shares = {round(bar.get_y() + 0.5): bar.get_width() for bar in how_often.patches if bar.get_width()}  # type: ignore[attr-defined]
    assert shares == pytest.approx({0: 0.6, 3: 0.39, 7: 0.01})


def test_baselines_lie_below_one_another_on_one_scale() -> None:
    """Each run has a row with its name; all rows share the axis of loads, logarithmic where peaks differ much."""
    runs = [calls(5, 105, name="swarm"), calls(*([500] * 20), name="aligned")]
    figure = PLOTS["load-over-time"].draw(runs, interval="100ms")
    rows = figure.axes[::2]
    assert [axes.get_title(loc="left").partition(":")[0] for axes in rows] == ["swarm", "aligned"]
    assert {axes.get_ylim() for axes in rows} == {(0, 1.6 * 20)}
    assert {axes.get_yscale() for axes in rows} == {"symlog"}
    seeds = load_over_time_figure([calls(5, seed=1), calls(5, seed=2)])
    assert [series.label for series in seeds.series] == ["seed 1", "seed 2"]


@pytest.mark.parametrize(
    ("runs", "interval", "message"),
    [
        ([told([])], None, r"told: found no records of calls, jobs or attempts, .* such as batch, job or connect"),
        ([calls(1)], "often", r"found the interval 'often': .*; expected one such as 10ms"),
        ([calls(1)], "2s", r"found an interval of 2s; expected one from 10us to 1s, the run's end"),
        ([calls(1)], "1ns", r"found an interval of 1ns; expected one from 10us to 1s"),
        ([calls(1), calls(1, kind="attempt")], None, r"load others in different ways \(told: call; told: attempt\)"),
        ([calls(1, seed=n) for n in range(7)], None, r"found 7 runs; the plot load-over-time has at most 6 rows"),
    ],
)
def test_what_cannot_be_counted_is_refused(runs: Sequence[RunView], interval: str | None, message: str) -> None:
    """Runs without load, of different kinds or too many, and intervals that are none, are one clear error."""
    with pytest.raises(InputError, match=message):
        PLOTS["load-over-time"].draw(runs, interval=interval)


def energy(time: int, node: int, value: float) -> tuple[int, int, str, dict[str, Any]]:
    """The record of a phase with its energy."""
    return time, node, "phase", {"phase": 0.0, "frequency": 1.0, "energy": value}


def test_energy_is_that_of_the_agents_that_are_up() -> None:
    """The mean is over the last records of agents that are up, and the band holds 90 % of them."""
    rows = [*(energy(0, node, 10.0 * node) for node in range(4)), (500, 3, "crashed", {}), energy(500, 0, 3.0)]
    figure = energy_figure(told(rows, end=SECOND))
    assert figure.mean[[0, -1]] == pytest.approx([15.0, 11.0])
    assert figure.low[0] == pytest.approx(np.quantile([0, 10, 20, 30], 0.05))
    assert figure.high[-1] == pytest.approx(np.quantile([3, 10, 20], 0.95))
    assert figure.minimum is None


def test_the_least_energy_is_drawn_where_the_scenario_says_it(swarm: RunView) -> None:
    """A line marks below which energy an agent does not act."""
    scenario = {**swarm.scenario, "protocol": {"energy": {"minimum": 0.4}}}
    _, below = PLOTS["energy"].draw([replace(swarm, scenario=scenario)]).axes
    assert "least with which an agent acts" in below.get_legend_handles_labels()[1]


def test_a_run_without_energy_is_refused() -> None:
    """The error names run, plot, and where energy is set."""
    bare = told([(0, 0, "phase", {"phase": 0.0, "frequency": 1.0})])
    with pytest.raises(InputError, match=r"told: found no records of energy, which the plot energy needs; .*protocol"):
        PLOTS["energy"].draw([bare])


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
@pytest.mark.parametrize("name", ["energy", "load-over-time"])
def test_the_plots_can_be_read(name: str, width: float, swarm: RunView) -> None:
    """At the width of a column and of a page all words lie within the figure and apart."""
    assert_legible(PLOTS[name].draw([swarm], width), width)
