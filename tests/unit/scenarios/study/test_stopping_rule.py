"""Studies that run until an interval is narrow: when they stop, what they report, and what does not change it."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Any

import pytest

import murmur
from analysis.estimates import Estimate
from analysis.repeated_looks import confidence_of_each, estimate_at, looks_of, mean_by_student, relative_half_width
from scenarios.study.design import design_of
from scenarios.study.result import Study, open_study
from scenarios.study.schema import study_file_of
from scenarios.yaml_loader import load_text
from tests.benchmarks.coverage_of_stopping import coverage
from topologies.errors import InputError

STUDY: dict[str, Any] = {
    "name": "narrow",
    "scenario": "gossip-mesh",
    "set": {"topology.nodes": 6, "duration": "40s"},
    "sweep": {"protocol.exchange": ["push", "push-pull"]},
    "stop": {"metric": "converged_at", "half_width": "35%", "at_least": 15, "at_most": 45, "look_every": 10},
    "metrics": ["messages_per_node"],
}
TEXT = """\
name: narrow
scenario: gossip-mesh
stop:
  metric: converged_at
  half_width: 5%
"""


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of two cells, each run until the median is known to a third or so, or 45 times."""
    return murmur.study(STUDY, workers=2, out=tmp_path_factory.mktemp("studies") / "narrow")


def content(folder: Path) -> dict[str, bytes]:
    """All files of a study that equal studies have, by name."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if "timing" not in path.name}


def test_looks_begin_at_the_floor_and_end_at_the_cap() -> None:
    """They come by steps, or each with half as many runs again, and share the 5 % of chance between them."""
    assert looks_of(20, 100) == (20, 30, 45, 67, 100)
    assert looks_of(20, 50, every=20) == (20, 40, 50)
    assert looks_of(7, 7) == (7,)
    assert confidence_of_each(1) == 0.95
    assert confidence_of_each(10) == pytest.approx(0.995)


def test_a_cell_stops_at_the_first_look_that_is_narrow_enough(narrow: Study) -> None:
    """By its own first runs alone: all looks before were wider, and that one is what is reported."""
    frame = narrow.frame()
    stop = narrow.file.stop
    assert stop is not None
    assert stop.looks == (15, 25, 35, 45)
    for number, answer in enumerate(narrow.answers):
        values = frame[frame["cell"] == number]["converged_at"].tolist()
        assert answer.stopped is not None
        assert answer.runs == len(values)
        widths = {
            look: relative_half_width(estimate_at(values[:look], 0, "median", stop.confidence))
            for look in stop.looks
            if look <= len(values)
        }
        *before, last = widths.values()
        assert all(width > 0.35 for width in before)
        assert answer.stopped.half_width == last
        assert answer.stopped.reached == (last <= 0.35)
        assert answer.stopped.reached or len(values) == 45
        assert answer.metrics["converged_at"].median == estimate_at(values, 0, "median", stop.confidence)
    assert {answer.runs for answer in narrow.answers} != {45}, "the bound tells the cells apart"


def test_seeds_are_common_up_to_where_each_cell_stops(narrow: Study) -> None:
    """Replicate n of every cell has one seed, however many runs the cells took."""
    assert narrow.frame().groupby("replicate")["seed"].nunique().max() == 1
    assert [task.seed for task in design_of(STUDY, seeds=3).tasks()][:3] == narrow.frame()["seed"].tolist()[:3]


def test_interrupted_and_gone_on_with_it_leaves_the_same_bytes(narrow: Study, tmp_path: Path) -> None:
    """Stopped in the midst of a look, with another number of workers, all files are those of the whole study."""
    seen = 0

    def interrupt(rows: Any) -> None:
        nonlocal seen
        seen += len(rows)
        if seen > 35:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        murmur.study(STUDY, workers=1, out=tmp_path / "cut", on_rows=interrupt)
    assert not (tmp_path / "cut" / "study.json").exists()
    murmur.study(STUDY, workers=1, out=tmp_path / "cut", resume=True)
    assert narrow.folder is not None
    assert content(tmp_path / "cut") == content(narrow.folder)
    again = open_study(narrow.folder)
    assert again.file == narrow.file
    assert again.summary == narrow.summary
    assert again.summary["stop"]["metric"] == "converged_at"
    assert "seeds" not in again.summary


def test_the_correction_can_be_left_out() -> None:
    """Without it each look has the usual 95 %, and the rule says so when it is read again."""
    plain = {**STUDY, "stop": {**STUDY["stop"], "correction": "none"}}
    with_correction, without = design_of(STUDY).file.stop, design_of(plain).file.stop
    assert with_correction is not None
    assert without is not None
    assert with_correction.confidence == pytest.approx(0.9875)
    assert without.confidence == 0.95
    assert design_of(design_of(plain).file).file.stop == without


def test_a_number_of_seeds_puts_the_rule_aside() -> None:
    """With `seeds` there are as many runs of each cell, and intervals as in any other study."""
    design = design_of(STUDY, seeds=4)
    assert design.runs == 8
    assert design.file.stop is None
    assert design_of(STUDY).runs == 2 * 45
    assert design_of(design_of(STUDY).file).file == design_of(STUDY).file


def test_the_interval_covers_in_spite_of_looking() -> None:
    """Of 60 samples that are looked at until their median is known to a tenth, the interval holds in 95 % and more."""
    share, _ = coverage("normal", "median", 60, corrected=True)
    assert share >= 0.95


def test_half_widths_of_odd_intervals() -> None:
    """Without bounds, around zero, or of a time that never comes, an interval is not narrow; a constant is known."""
    assert relative_half_width(None) == inf
    assert relative_half_width(Estimate(1.0, None, None)) == inf
    assert relative_half_width(Estimate(0.0, -1.0, 1.0)) == inf
    assert relative_half_width(Estimate(5.0, 4.0, inf)) == inf
    assert relative_half_width(Estimate(inf, 4.0, inf)) == inf
    assert relative_half_width(Estimate(0.0, 0.0, 0.0)) == 0
    assert relative_half_width(Estimate(-4.0, -5.0, -3.0)) == 0.25
    assert mean_by_student([]) is None
    assert mean_by_student([1.0]) == Estimate(1.0, None, None)
    narrow, wide = mean_by_student([1, 2, 3], 0.9), mean_by_student([1, 2, 3], 0.99)
    assert narrow is not None
    assert wide is not None
    assert (wide.low or 0) < (narrow.low or 0) < narrow.value == 2.0


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("  half_width: 0\n", "study.yaml:5: stop.half_width: found 0"),
        ("  half_width: 100%\n", "expected more than 0 and less than 100 %, such as 5%"),
        ("  half_width: wide\n", "found 'wide'; expected a probability"),
        ("  half_width: 5%\n  at_most: 10\n", "study.yaml:6: stop.at_most: found 10; expected at least at_least, 20"),
        ("  half_width: 5%\n  at_least: 1\n", "stop.at_least: found 1; expected an integer of at least 2"),
        ("  half_width: 5%\n  look_every: 0\n", "stop.look_every: found 0; expected an integer of at least 1"),
        ("  half_width: 5%\n  statistic: mode\n", "stop.statistic: found 'mode'; expected one of"),
        ("  half_width: 5%\n  look: 3\n", "stop.look: unknown field 'look'"),
        ("  half_width: 5%\nseeds: 7\n", "study.yaml:6: seeds: found seeds beside stop, which says how many"),
        ("", "study.yaml:3: stop.half_width: missing field 'half_width'"),
    ],
)
def test_mistakes_of_rules_are_named_with_their_place(added: str, message: str) -> None:
    """Each mistake has the file, the line, the path, what was found and the remedy."""
    with pytest.raises(InputError) as caught:
        study_file_of(load_text(TEXT.replace("  half_width: 5%\n", added), "study.yaml"))
    assert message in str(caught.value)
    with pytest.raises(InputError, match="unknown metric 'convergd_at'; did you mean"):
        study_file_of(load_text(TEXT.replace("converged", "convergd"), "study.yaml"))
