"""Time series that a study keeps: the same as a run's own, on one grid, and no change to anything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import murmur
from scenarios.study.design import design_of
from scenarios.study.result import Study, open_study
from topologies.errors import InputError

STUDY: dict[str, Any] = {
    "name": "curved",
    "scenario": "gossip-mesh",
    "set": {"topology.nodes": 8},
    "sweep": {"duration": {"short": "2s", "long": "20s"}},
    "seeds": 2,
    "series": {"metrics": ["progress", "messages_sent", "coherence"], "points": 10},
}


@pytest.fixture(scope="module")
def curved(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of runs that are cut short, and of others that converge."""
    return murmur.study(STUDY, workers=1, out=tmp_path_factory.mktemp("studies") / "curved")


def test_a_curve_is_what_a_run_samples_on_one_grid(curved: Study) -> None:
    """The longest cell is cut into equal steps; values are those of a run of the same seed that takes samples."""
    view = curved.view()
    assert view.series == ("progress", "messages_sent", "coherence")
    assert view.series_times == tuple(point * 2_000_000_000 for point in range(11))
    row = next(row for row in curved.table.to_pylist() if row["cell"] == 1)
    flags = ["topology.nodes=8", "duration=20s", "samples.every=2s"]
    run = murmur.run("gossip-mesh", seed=row["seed"], overrides=flags)
    assert run.digest == row["digest"]
    sampled = {sample.time: sample.value for sample in run.samples if sample.metric == "progress"}
    told = dict(zip(view.series_times, row["series.progress"], strict=True))
    assert {time: told[time] for time in sampled if time in told} == {t: v for t, v in sampled.items() if t in told}
    assert row["series.progress"][-1] == 1.0, "a run that has converged stays so"


def test_what_is_not_known_is_left_out(curved: Study) -> None:
    """A run that was cut short has no values after its end, and one without phases has no coherence at all."""
    view = curved.view()
    curves = view.curves("progress")
    short = curves[curves["cell"] == 0]
    assert set(short["time"]) == {0, 2_000_000_000}
    assert len(curves[curves["cell"] == 1]) == 22
    assert (np.diff(curves[(curves["cell"] == 1) & (curves["replicate"] == 0)]["value"]) >= 0).all()
    assert view.curves("coherence").empty
    with pytest.raises(InputError, match="the study curved has kept no time series entropy; it has progress, mess"):
        view.curves("entropy")


def test_a_study_with_curves_reads_back_and_goes_to_csv(curved: Study, tmp_path: Path) -> None:
    """Its folder opens to the same; as text a curve is a list."""
    assert curved.folder is not None
    again = open_study(curved.folder)
    assert again.table.equals(curved.table)
    assert again.view().series_times == curved.view().series_times
    written = murmur.export(again, "csv", out=tmp_path / "runs.csv").read_text()
    assert '"[0.125, ' in written


def test_curves_change_no_run_and_are_part_of_what_is_executed() -> None:
    """Digests are those of the study without them; another grid is another execution."""
    plain = {name: value for name, value in STUDY.items() if name != "series"}
    with_curves, without = design_of(STUDY), design_of(plain)
    assert [task.seed for task in with_curves.tasks()] == [task.seed for task in without.tasks()]
    assert with_curves.about() != without.about()


@pytest.mark.parametrize(
    ("series", "message"),
    [
        ({"metrics": ["progres"]}, "series.metrics[0]: found 'progres'; expected one of progress"),
        ({"metrics": []}, "series.metrics: found []; expected at least 1 item"),
        ({"metrics": ["progress"], "points": 1}, "series.points: found 1; expected an integer of at least 2"),
        ({}, "series.metrics: missing field 'metrics'"),
    ],
)
def test_mistakes_of_series_are_named(series: dict[str, Any], message: str) -> None:
    """Each has its path, what was found and what was expected."""
    with pytest.raises(InputError) as caught:
        design_of({**STUDY, "series": series})
    assert message in str(caught.value)
