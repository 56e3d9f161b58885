"""Plots of phases: what they take from the records of a swarm, and what they refuse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import pi, tau
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PathCollection, PolyCollection, QuadMesh
from matplotlib.figure import Figure

from analysis.plots.phase_circle import Moment, PhaseCircles, draw_phases
from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView
from analysis.plots.swarm_course import swarm_course
from analysis.plots.swarm_figures import map_figure, phases_figure, raster_figure
from analysis.plots.theme import COLUMN_MM, PAGE_MM
from sim.records import Record
from sim.units import MILLISECOND, SECOND
from tests.unit.analysis.plots.swarm_runs import swarm_run
from topologies.errors import InputError
from topologies.registry import build

RING = {"kind": "ring", "nodes": 10}


def told(rows: list[tuple[int, int | None, str, Mapping[str, Any]]], nodes: int = 4, end: int = 10 * SECOND) -> RunView:
    """A run of which these records are known: time in milliseconds, node, kind, fields."""
    rows = sorted(rows, key=lambda row: row[0])
    records = [Record(time * MILLISECOND, n, node, kind, dict(of)) for n, (time, node, kind, of) in enumerate(rows)]
    return RunView(
        name="told",
        scenario={"name": "told", "topology": {"kind": "ring"}},
        seed=1,
        nodes=nodes,
        end=end,
        detail="states",
        convergence=None,
        topology=lambda: build({"kind": "ring", "nodes": nodes}, 1),
        records=lambda kinds: (record for record in records if record.kind in kinds),
        ends=lambda: iter(()),
    )


def phase(time: int, node: int, radians: float, frequency: float = 0.0) -> tuple[int, int, str, dict[str, float]]:
    """The record of a phase."""
    return time, node, "phase", {"phase": radians, "frequency": frequency}


def seen(view: RunView, times: Any) -> Any:
    """The phases of all agents at these times."""
    return np.stack([look.phases for look in swarm_course(view, "phases").looks(times)])


def test_phases_move_linearly_between_records() -> None:
    """From a record on the phase is that of the record and the frequency times the time since, modulo a turn."""
    view = told([phase(0, 0, 1.0, pi), phase(500, 0, 6.0, 2 * pi), phase(0, 1, 0.5)])
    times = np.array([250, 500, 1250]) * MILLISECOND
    found = seen(view, times)
    assert found[:, 0] == pytest.approx([1 + pi / 4, 6.0, (6.0 + 1.5 * pi) % tau])
    assert found[:, 1] == pytest.approx([0.5] * 3)
    assert np.isnan(found[:, 2:]).all()


def test_agents_have_a_phase_while_they_are_up() -> None:
    """A crashed or paused agent has none; after the pause it is where it would have been."""
    lives = [(100, 0, "crashed"), (300, 0, "restarted"), (100, 1, "paused"), (300, 1, "resumed")]
    rows = [phase(0, 0, 1.0), phase(0, 1, 1.0, pi), *((*life, {}) for life in lives[:3]), phase(300, 0, 2.0)]
    view = told([*rows, (*lives[3], {})])
    found = seen(view, np.array([50, 200, 300]) * MILLISECOND)
    assert found[:, 0] == pytest.approx([1.0, np.nan, 2.0], nan_ok=True)
    assert found[:, 1] == pytest.approx([1 + 0.05 * pi, np.nan, 1 + 0.3 * pi], nan_ok=True)


def test_snapshots_hold_until_the_next() -> None:
    """Of an integrated run the last snapshot counts, without those that are down in it or have crashed since."""
    view = told(
        [
            (0, None, "phases", {"phases": (0.1, 0.2, 0.3, None)}),
            (1000, None, "phases", {"phases": (1.1, 1.2, 1.3, 1.4)}),
            (1500, 1, "crashed", {}),
        ]
    )
    found = seen(view, np.array([999, 1000, 1600]) * MILLISECOND)
    assert found == pytest.approx(
        np.array([[0.1, 0.2, 0.3, np.nan], [1.1, 1.2, 1.3, 1.4], [1.1, np.nan, 1.3, 1.4]]), nan_ok=True
    )


def test_moments_lie_before_during_and_after_faults(swarm: RunView) -> None:
    """Each of the first faults has a moment just before it, within it, and after it; the words say which, and R."""
    captions = [moment.caption.splitlines() for moment in phases_figure(swarm).moments]
    assert [lines[0] for lines in captions] == [
        "before partition",
        "during partition",
        "after partition",
        "during crash",
        "at the end",
    ]
    assert [lines[1].split(", ")[0] for lines in captions] == ["700 ms", "850 ms", "1.2 s", "1.6 s", "2 s"]
    assert [lines[2:] for lines in captions] == [[], [], [], ["9 up"], ["9 up"]]
    course = swarm_course(swarm, "phases")
    coherence = abs(np.nanmean(np.exp(1j * course.phases_at(850 * MILLISECOND))))
    assert captions[1][1].endswith(f"R = {coherence:.2f}")


def test_of_snapshots_the_first_one_after_a_strike_shows_what_it_did() -> None:
    """A snapshot at the moment of a strike may have been taken before it: the next one is drawn."""
    strike = {"id": "d", "fault": "disrupt", "strike": 1, "phase": "strike", "targets": (1,), "touched": 1}
    rows = [(time, None, "phases", {"phases": (0.1 * time,) * 4}) for time in (0, 5, 10)]
    figure = phases_figure(told([*rows[:2], (5, None, "fault", strike), rows[2]], end=SECOND))
    assert [moment.caption.splitlines()[0] for moment in figure.moments] == [
        "before disrupt",
        "disrupt",
        "after disrupt",
    ]
    assert figure.moments[1].phases[0] == pytest.approx(1.0)


def test_moments_can_be_named_and_are_even_without_faults() -> None:
    """`at` names moments, in any order; where nothing broke there are six from begin to end."""
    calm = swarm_run(faults=(), until=SECOND)
    assert [moment.caption.split(",")[0] for moment in phases_figure(calm, "900ms, 0s").moments] == ["0 s", "900 ms"]
    assert len(phases_figure(calm).moments) == 6


def test_an_arrow_is_the_mean_field() -> None:
    """The arrow ends at the mean of the agents on the circle, and each agent is a dot at its phase."""
    phases = np.array([0.0, 0.0, pi / 2, np.nan])
    figure = draw_phases(PhaseCircles([Moment(phases, "now", goal=pi)], "name", "facts"))
    (axes,) = figure.axes
    (arrow,) = axes.texts
    assert arrow.xy == pytest.approx((2 / 3, 1 / 3))  # type: ignore[attr-defined]
    (dots,) = [points for points in axes.collections if isinstance(points, PathCollection)]
    places = np.asarray(dots.get_offsets())
    assert np.arctan2(places[:, 1], places[:, 0]) == pytest.approx([0, 0, pi / 2])
    assert np.hypot(*places.T) == pytest.approx([1, np.hypot(*places[1]), 1])
    assert np.hypot(*places[1]) > 1.05


def test_many_agents_are_bars_on_the_circle() -> None:
    """Ten thousand agents are a histogram whose highest bar is where most are."""
    phases = np.concatenate([np.full(9_000, 1.0), np.linspace(0, tau, 1_000, endpoint=False)])
    (axes,) = draw_phases(PhaseCircles([Moment(phases, "now")], "name", "facts")).axes
    (bars,) = [found for found in axes.collections if isinstance(found, PolyCollection)]
    tips = [np.hypot(*np.asarray(path.vertices).T).max() for path in bars.get_paths()]
    assert np.argmax(tips) == int(1.0 / tau * 72)


def test_rows_of_a_ring_are_in_its_order_and_those_of_a_mesh_in_that_of_frequencies() -> None:
    """Neighbours on a ring lie side by side; elsewhere the slowest agent is the first row."""
    rows = [phase(0, node, 0.0, frequency) for node, frequency in enumerate((3.0, 1.0, 2.0, 4.0))]
    assert raster_figure(told(rows)).agents == [0, 1, 2, 3]
    view = told(rows)
    mesh = replace(view, scenario={"topology": {"kind": "mesh"}})
    assert raster_figure(mesh).agents == [1, 2, 0, 3]


def test_long_runs_are_seen_from_a_turning_frame() -> None:
    """Beyond thirty cycles phases are less what the agents turned in the mean; in step they keep their colours."""
    rows = [phase(0, node, 1.0 + node / 10, 40 * tau / 10) for node in range(4)]
    raster = raster_figure(told(rows))
    assert raster.phases == pytest.approx(np.repeat([[1.0], [1.1], [1.2], [1.3]], raster.phases.shape[1], axis=1))
    assert raster.phase == "Phase in a turning frame (rad)"
    assert raster_figure(told([phase(0, node, 1.0, tau) for node in range(4)])).phase == "Phase (rad)"


def test_a_large_swarm_has_some_hundred_rows() -> None:
    """Of 1,000 agents every third has a row, and the facts say how many have."""
    raster = raster_figure(told([phase(0, node, 0.0) for node in range(1_000)], nodes=1_000))
    assert raster.agents == list(range(0, 1_000, 3))
    assert raster.facts.endswith("; 334 agents drawn")


def test_ticks_are_marked_also_without_phases() -> None:
    """A run that records nothing but ticks is a firing raster; with phases, both are drawn."""
    ticks: list[Any] = [(100, 2, "tick", {}), (200, 0, "tick", {})]
    figure = PLOTS["phase-raster"].draw([told(ticks, end=SECOND)])
    (marks,) = [line for line in figure.axes[0].lines if line.get_marker() == "|"]
    assert np.asarray(marks.get_xydata()).tolist() == [[0.1, 2], [0.2, 0]]
    both = PLOTS["phase-raster"].draw([told([phase(0, 0, 1.0), *ticks], end=SECOND)])
    assert [found for found in both.axes[0].collections if isinstance(found, QuadMesh)]
    assert [line for line in both.axes[0].lines if line.get_marker() == "|"]


def test_a_map_shows_what_is_broken_at_its_moment(swarm: RunView) -> None:
    """Crashed agents, those that came back and cut links are those of the moment that is drawn."""
    parted = map_figure(swarm, "800ms")
    assert (parted.down, parted.restarted, parted.cut) == (set(), set(), {(4, 5), (0, 9)})
    later = map_figure(swarm, "1550ms")
    assert (later.down, later.restarted, later.cut) == ({5, 6}, set(), set())
    last = map_figure(swarm)
    assert (last.down, last.restarted) == ({6}, {5})
    assert np.flatnonzero(np.isnan(last.phases)).tolist() == [6]
    (points,) = [
        found
        for found in PLOTS["phase-map"].draw([swarm]).axes[0].collections
        if isinstance(found, PathCollection) and found.get_array() is not None
    ]
    assert np.asarray(points.get_array()) == pytest.approx(np.delete(last.phases, 6))


@pytest.mark.parametrize("name", ["phases", "phase-raster", "phase-map"])
def test_runs_without_phases_say_what_to_draw(name: str, broken: RunView) -> None:
    """A run of another protocol has no phases: the error names run, plot and what would have them."""
    with pytest.raises(InputError, match=rf"rumour: found no records of phases, which the plot {name} needs; .*attrac"):
        PLOTS[name].draw([broken])


@pytest.mark.parametrize(
    ("name", "at", "message"),
    [
        ("phases", "soon", r"found the moments 'soon': .*; expected times such as 2s,4s"),
        ("phases", "3s", r"found the moment 3s; expected at most 12, up to 2s, the run's end"),
        ("phases", ",".join(f"{n}ms" for n in range(13)), r"found 13 moments; expected at most 12"),
        ("phase-map", "1s,2s", r"found 2 moments; the plot phase-map shows one"),
        ("phase-raster", "1s", r"the plot phase-raster has no option at; found '1s': it is for phases, phase-map"),
    ],
)
def test_moments_that_are_none_are_refused(name: str, at: str, message: str, swarm: RunView) -> None:
    """What is no time, after the end, too many, or for a plot without moments is one clear error."""
    with pytest.raises(InputError, match=message):
        PLOTS[name].draw([swarm], at=at)


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
@pytest.mark.parametrize("name", ["phases", "phase-raster", "phase-map"])
def test_words_lie_within_the_figure_and_apart(name: str, width: float, swarm: RunView) -> None:
    """At the width of a column and of a page nothing is cut off, titles of panels do not touch, numbers neither."""
    assert_legible(PLOTS[name].draw([swarm], width), width)


def assert_legible(figure: Figure, width: float) -> None:
    """All is within the figure, title above and legend below the axes, and titles of panels do not touch."""
    renderer: Any = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    drawn = figure.get_tightbbox(renderer)
    inches = figure.get_size_inches()
    assert inches[0] * 25.4 == pytest.approx(width)
    assert min(drawn.x0, drawn.y0) >= -0.01
    assert drawn.x1 <= inches[0] + 0.01
    assert drawn.y1 <= inches[1] + 0.01
    title = figure._suptitle.get_window_extent(renderer)  # type: ignore[attr-defined]
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert all(title.y0 >= axes.get_tightbbox(renderer).y1 - 1 for axes in shown)  # type: ignore[union-attr]
    bottom = min(axes.get_tightbbox(renderer).y0 for axes in shown)  # type: ignore[union-attr]
    assert all(bottom >= legend.get_window_extent(renderer).y1 - 1 for legend in figure.legends)
    titles = [axes.title.get_window_extent(renderer) for axes in shown if axes.get_title()]
    assert not any(one.overlaps(other) for place, one in enumerate(titles) for other in titles[:place])
