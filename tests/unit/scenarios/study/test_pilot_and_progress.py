"""What is said of a study before it runs, and while it runs: how long it takes, and how far it has come."""

from __future__ import annotations

import re
from math import inf
from typing import Any

import numpy as np
import pytest

import murmur
from scenarios.command_line.study_progress import Spread, StudyProgress, spelled
from scenarios.study.design import STRIDE, design_of
from scenarios.study.pilot import Pilot, pilot_of

STUDY: dict[str, Any] = {
    "name": "small",
    "scenario": "gossip-mesh",
    "set": {"topology.nodes": 6, "duration": "30s"},
    "sweep": {"protocol.exchange": ["push", "push-pull"]},
    "metrics": ["converged_at"],
}
STOPPED: dict[str, Any] = {**STUDY, "stop": {"metric": "converged_at", "half_width": "20%"}}


def rows(cell: int, *values: float | None) -> list[dict[str, Any]]:
    """The rows of runs of a cell with these times."""
    return [
        {"number": cell * STRIDE + number, "seed": 0, "error": None, "metric.converged_at": value}
        for number, value in enumerate(values)
    ]


def test_a_pilot_runs_each_cell_once() -> None:
    """With time enough every cell counts, the first one's warm-up does not, and more processes need less time."""
    pilot = pilot_of(design_of(STUDY), budget=60)
    assert (pilot.runs, pilot.cut) == (2, False)
    assert pilot.seconds_per_run > 0
    assert pilot.seconds(100, 2) == pytest.approx(50 * pilot.seconds_per_run)
    assert pilot.seconds(1, 8) == pytest.approx(pilot.seconds_per_run)


def test_a_run_that_takes_too_long_is_cut_off() -> None:
    """Without time there is still an estimate, and it says that its run was cut; a run that fails counts as one."""
    pilot = pilot_of(design_of(STUDY), budget=-1)
    assert (pilot.runs, pilot.cut) == (1, True)
    assert pilot.seconds_per_run > 0
    failing = pilot_of(design_of({**STUDY, "set": {**STUDY["set"], "limits.events": 3}}), budget=60)
    assert (failing.runs, failing.cut) == (2, False)
    assert Pilot(3, 0.5, False).plain() == {"runs": 3, "seconds_per_run": 0.5, "cut": False}


def test_progress_tells_the_widest_interval(capsys: pytest.CaptureFixture[str]) -> None:
    """Runs, their rate, what is left, and the cell whose mean is known least."""
    with StudyProgress(design_of(STUDY, seeds=10), True) as shown:
        take = shown.begin()
        take([])
        take(rows(0, 10.0, 11.0, None))
        take(rows(1, 10.0, 30.0))
        text = shown.text()
    assert text.startswith("5 of 20 runs, ")
    assert " left, converged_at ± 98 % at push-pull" in text
    assert "5 of 20 runs" in capsys.readouterr().err


def test_progress_of_a_rule_tells_its_looks() -> None:
    """Once a rule has looked, its own intervals are told, and how many cells are narrow enough."""
    shown = StudyProgress(design_of(STOPPED), False)
    shown.begin()(rows(0, 10.0, 11.0))
    assert "narrow" not in shown.text()
    shown.look(0, 20, 0.5)
    shown.look(1, 20, inf)
    shown.look(0, 30, 0.19)
    beside = r"2 of 2,000 runs, [\d,]+ runs/s, 1 of 2 cells narrow enough, converged_at ± 19 % at push"
    assert re.fullmatch(beside, shown.beside_the_bar())
    assert "1 of 2 cells narrow enough, converged_at ± 19 % at push" in shown.text()


def test_spreads_are_those_of_all_values_at_once() -> None:
    """The mean and its error, value by value, are those of numpy; one value tells nothing."""
    values = np.random.default_rng(1).lognormal(size=50)
    spread = Spread()
    assert spread.half_width() == inf
    for value in values:
        spread.take(float(value))
    expected = 1.96 * values.std(ddof=1) / 50**0.5 / values.mean()
    assert spread.half_width() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "less than a second"),
        (4.23, "about 4.2 s"),
        (100, "about 100 s"),
        (150, "about 2.5 min"),
        (3000, "about 50 min"),
        (9000, "about 2.5 h"),
        (1e6, "about 12 days"),
    ],
)
def test_times_are_told_in_units_that_suit(seconds: float, words: str) -> None:
    """Seconds, minutes, hours or days, with two digits where they matter."""
    assert spelled(seconds) == words


def test_python_shows_progress_too(capfd: pytest.CaptureFixture[str]) -> None:
    """`murmur.study(progress=True)` writes to standard error, and still hands on rows."""
    seen: list[int] = []
    murmur.study(STUDY, seeds=1, workers=1, progress=True, on_rows=lambda rows: seen.append(len(rows)))
    assert sum(seen) == 2
    told = capfd.readouterr()
    assert told.err.splitlines()[-1].startswith("2 of 2 runs, ")
    assert told.out == ""
