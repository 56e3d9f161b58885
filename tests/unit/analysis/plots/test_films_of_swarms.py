"""Films of swarms: what their frames show, and what their files hold."""

from __future__ import annotations

import sys
from math import tau
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from PIL import Image

from analysis.plots.film import MovingFigure
from analysis.plots.film_frames import film_of
from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView
from analysis.plots.save import save
from analysis.plots.swarm_course import swarm_course
from analysis.plots.theme import PAGE_MM
from sim.units import MILLISECOND, SECOND
from tests.unit.analysis.plots.test_plots_of_phases import assert_legible, phase, told
from topologies.errors import InputError


def film(run: RunView, frames: int, width: float | None = 60) -> MovingFigure:
    """The film of a run, small unless a width is given."""
    return cast(MovingFigure, PLOTS["animation"].draw([run], width, frames=str(frames)))


def test_frames_are_even_and_show_what_is_so_at_their_time(swarm: RunView) -> None:
    """From begin to end; each has the phases, the crashed nodes and the cut links of its moment."""
    frames = film_of(swarm, "21").frames
    assert [frame.time for frame in frames] == [number * 100 * MILLISECOND for number in range(21)]
    assert [list(frame.down) for frame in frames[11:18:2]] == [[], [5], [5, 6], [6]]
    assert [bool(frame.cut) for frame in frames[6:11]] == [False, True, True, True, False]
    assert sorted(frames[8].cut) == [(0, 9), (4, 5)]
    course = swarm_course(swarm, "animation")
    turned = frames[8].moment.phases - course.phases_at(frames[8].time)
    assert np.ptp(np.exp(1j * turned)) == pytest.approx(0, abs=1e-9)


def test_a_slow_film_does_not_turn_and_a_fast_one_turns_with_the_agents() -> None:
    """With at least eight frames a cycle phases are as they are; with fewer, agents in step stand still."""
    run = told([phase(0, node, 1.0, 10 * tau) for node in range(4)], end=SECOND)
    slow = [frame.moment.phases[0] for frame in film_of(run, "101").frames[:3]]
    assert slow == pytest.approx([1.0, 1.0 + 0.2 * np.pi, 1.0 + 0.4 * np.pi])
    assert film_of(run, "101").phase == "Phase (rad)"
    fast = film_of(run, "21")
    assert fast.phase == "Phase in a turning frame (rad)"
    assert np.stack([frame.moment.phases for frame in fast.frames]) == pytest.approx(np.full((21, 4), 1.0))


def test_a_frame_sets_colours_crosses_links_and_line(swarm: RunView) -> None:
    """The topology has the colours of the phases, crosses on crashed nodes and dashes on cut links; the line moves."""
    figure = film(swarm, 21)
    circle, network, course, _ = figure.axes
    figure.set_frame(8)
    nodes = next(found for found in network.collections if isinstance(found, PathCollection))
    assert np.ma.filled(np.ma.asarray(nodes.get_array()), np.nan) == pytest.approx(
        film_of(swarm, "21").frames[8].moment.phases
    )
    (cut,) = [found for found in network.collections if isinstance(found, LineCollection) and found.get_animated()]
    assert len(cut.get_segments()) == 2
    figure.set_frame(15)
    assert len(network.lines[-1].get_xydata()) == 2  # type: ignore[arg-type]
    assert course.lines[-1].get_xdata() == [1.5, 1.5]
    assert circle.texts[-1].get_text() or circle.texts[0].get_text().startswith("1.5 s\nR = ")


def test_a_gif_has_all_frames_and_is_the_same_each_time(swarm: RunView, tmp_path: Path) -> None:
    """Frames follow one another every 50 ms, begin anew, are on white, and two files are the same bytes."""
    seen: list[tuple[int, int]] = []
    first = save(film(swarm, 5), tmp_path / "first.gif", lambda done, of: seen.append((done, of)))
    assert seen == [(number, 5) for number in range(1, 6)]
    assert first.read_bytes() == save(film(swarm, 5), tmp_path / "second.gif").read_bytes()
    with Image.open(first) as picture:
        assert (picture.n_frames, picture.info["duration"], picture.info["loop"]) == (5, 50, 0)  # type: ignore[attr-defined]
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
        begin = np.asarray(picture.convert("RGB"))
        picture.seek(4)
        assert (np.asarray(picture.convert("RGB")) != begin).any()


COPY = """#!{python}
import sys
size = len(sys.stdin.buffer.read())
open(sys.argv[-1], "w").write(f"{{size}} {{' '.join(sys.argv)}}")
"""


def test_an_mp4_is_written_by_ffmpeg(swarm: RunView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given every pixel of every frame, their size and their rate."""
    program = tmp_path / "ffmpeg"
    program.write_text(COPY.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    figure = film(swarm, 3)
    size, *words = save(figure, tmp_path / "film.mp4").read_text().split()
    width, height = figure.canvas.get_width_height()
    assert int(size) == 3 * 3 * width * height
    assert f"{width}x{height}" in words
    assert words[words.index("-r") + 1] == "20"


def test_without_ffmpeg_there_is_no_mp4(swarm: RunView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what is missing and what can be made without it; one of ffmpeg's own is told; no file is left."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="found no ffmpeg, which writes MP4; install it, or make a GIF"):
        save(film(swarm, 2), tmp_path / "film.mp4")
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!{sys.executable}\nimport sys; sys.exit('no such codec')")
    program.chmod(0o755)
    with pytest.raises(InputError, match=r"ffmpeg could not write the film \(no such codec\)"):
        save(film(swarm, 2), tmp_path / "film.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["ffmpeg"]


def test_what_does_not_move_is_no_film(swarm: RunView, tmp_path: Path) -> None:
    """A plot without frames is not written as one."""
    with pytest.raises(InputError, match=r"found the ending '\.gif', which is for the plot animation"):
        save(PLOTS["coherence"].draw([swarm]), tmp_path / "coherence.gif")


@pytest.mark.parametrize("frames", ["1", "1001", "many", "-5", "9999999999"])
def test_numbers_of_frames_are_bounded(frames: str, swarm: RunView) -> None:
    """From 2 to 1,000."""
    with pytest.raises(InputError, match=r"frames; expected a number from 2 to 1000"):
        PLOTS["animation"].draw([swarm], frames=frames)


def test_a_run_without_phases_is_refused(broken: RunView) -> None:
    """There is nothing to show."""
    with pytest.raises(InputError, match="found no records of phases, which the plot animation needs"):
        PLOTS["animation"].draw([broken])


def test_the_last_frame_can_be_read(swarm: RunView) -> None:
    """At the width of a page all words lie within the figure and apart."""
    assert_legible(film(swarm, 2, PAGE_MM), PAGE_MM)
