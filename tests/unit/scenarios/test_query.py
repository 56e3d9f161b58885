"""Questions in SQL to studies and runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import murmur
from topologies.errors import InputError

pytest.importorskip("duckdb")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two studies, `one` and `it's two`, and a run."""
    place = tmp_path_factory.mktemp("query")
    data = {
        "name": "sizes",
        "scenario": "gossip-mesh",
        "sweep": {"topology.nodes": [4, 8]},
        "labels": {"topology.nodes": 'nodes "all"'},
        "seeds": 3,
        "metrics": ["converged_at"],
    }
    murmur.study(data, workers=1, out=place / "one")
    murmur.study(data, seeds=2, workers=1, out=place / "it's two")
    murmur.run("gossip-mesh", overrides=["topology.nodes=8"], out=place / "run")
    return place


def test_runs_are_those_of_the_frame(folder: Path) -> None:
    """Metrics have their plain names, and the values of the frame."""
    found = murmur.query(folder / "one", "select cell, seed, converged_at from runs order by cell, replicate")
    frame = murmur.open_study(folder / "one").frame()
    assert found["seed"].tolist() == frame["seed"].tolist()
    assert found["converged_at"].astype(float).tolist() == frame["converged_at"].tolist()


def test_several_studies_are_one_table(folder: Path) -> None:
    """Rows of several folders stand in one table, and say whose they are, whatever the folder is called."""
    places = [folder / "one", murmur.open_study(folder / "it's two")]
    found = murmur.query(places, "select study, count(*) as runs from runs group by study order by study")
    assert found.to_dict("list") == {"study": ["it's two", "one"], "runs": [4, 6]}


def test_cells_have_their_scenarios(folder: Path) -> None:
    """A row for each cell has its labels, in whatever words, and its scenario."""
    found = murmur.query(folder / "one", 'select cell, "nodes ""all""" as nodes, scenario from cells order by cell')
    assert found["nodes"].tolist() == [4, 8]
    assert [json.loads(text)["topology"]["nodes"] for text in found["scenario"]] == [4, 8]


def test_runs_by_themselves_have_records(folder: Path) -> None:
    """The records of a run folder are there as they are in its frame."""
    found = murmur.query(folder / "run", "select run, count(*) as rows from records group by run")
    assert found.to_dict("list") == {
        "run": ["run"],
        "rows": [len(murmur.frames.records(murmur.open_run(folder / "run")))],
    }


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select nothing_like_it from runs", "the question is wrong: .*runs has study, .*cells has study"),
        ("selct 1", "the question is wrong"),
        ("", "found nothing; expected one SELECT"),
        ("select 1; select 2", "expected one SELECT"),
        ("drop view runs", "expected one SELECT"),
        ("copy runs to 'stolen.csv'", "expected one SELECT"),
        ("select * from read_csv('/etc/hostname')", "disabled by configuration"),
        ("select * from 'one/results.parquet'", "disabled by configuration"),
    ],
)
def test_wrong_questions_are_refused(folder: Path, sql: str, message: str) -> None:
    """A question that is wrong, that would change something, or that reads files is refused in one message."""
    with pytest.raises(InputError, match=message):
        murmur.query(folder / "one", sql)


def test_what_cannot_be_asked_is_refused(folder: Path) -> None:
    """Folders that are not there, hold neither, or mix studies and runs are refused; so is no folder at all."""
    for places, message in [
        ([], "found nothing to ask"),
        (folder / "none", "no such folder"),
        ([folder / "one", folder / "run"], "expected the folder of a study"),
        (folder, "is no run folder|expected a run folder|manifest"),
    ]:
        with pytest.raises(InputError, match=message):
            murmur.query(places, "select 1")


def test_a_study_in_memory_has_a_frame_instead() -> None:
    """A study that was not kept cannot be asked in SQL."""
    studied = murmur.study(
        {"name": "one", "scenario": "gossip-mesh", "seeds": 1, "set": {"topology.nodes": 4}}, workers=1
    )
    with pytest.raises(InputError, match="not kept on disk"):
        murmur.query(studied, "select 1")
