"""Runs in the forms of other people's tools, written by the command and from Python."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

import murmur
from analysis.history.jepsen import EXPORTED, read_jepsen
from analysis.run_folder import open_run
from scenarios.command_line.export import FORMATS
from scenarios.export import FORMS
from tests.end_to_end.command import murmur as command

STORE: dict[str, Any] = {
    "name": "store",
    "duration": "3s",
    "topology": {"kind": "mesh", "nodes": 3},
    "protocol": {"kind": "raft"},
    "workload": {"kind": "register", "clients": 3, "rate": "50/s", "writes": {"put": 1, "cas": 1, "append": 1}},
    "faults": [{"kind": "crash", "target": [0], "at": "1s", "restart_after": "500ms"}],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with clients and a crash."""
    run = murmur.run(STORE, tmp_path_factory.mktemp("runs") / "store")
    assert run.folder is not None
    return run.folder


def test_a_history_of_a_run_reads_back_equal(folder: Path) -> None:
    """What the command writes for Jepsen holds what clients, faults and nodes did, and nothing else."""
    done = command("export", folder, "--format", "jepsen", folder=folder)
    assert (done.returncode, done.stdout) == (0, "history.edn\n")
    with (folder / "history.edn").open(encoding="utf-8", newline="\n") as lines:
        records = list(read_jepsen(lines))
    expected = [record for record in open_run(folder).records(EXPORTED) if record.fields.get("phase") != "total"]
    assert records == expected
    assert {"invoked", "completed", "fault", "crashed", "restarted"} == {record.kind for record in records}


def test_records_are_written_as_csv(folder: Path, tmp_path: Path) -> None:
    """Each state record is a row, wherever the file shall be; the run folder is still whole."""
    path = murmur.export(folder, "csv", tmp_path / "all.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    run = open_run(folder)
    assert len(rows) == run.manifest.counts.states
    assert [row["kind"] for row in rows] == [record.kind for record in run.records()]


@pytest.mark.parametrize("form", FORMS)
def test_a_run_without_records_is_refused(form: str, tmp_path: Path) -> None:
    """A run kept at the level of detail `summary` has nothing to export, and nothing is left behind."""
    run = murmur.run(STORE | {"detail": "summary", "duration": "1s", "faults": []}, tmp_path / "run")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(murmur.InputError, match="kept no records to export"):
        murmur.export(run, form, tmp_path / "file")
    assert sorted(tmp_path.iterdir()) == before


def test_a_run_without_clients_has_no_history(tmp_path: Path) -> None:
    """What has no operations is refused with what would have some."""
    run = murmur.run("gossip-ring", out=tmp_path / "run")
    with pytest.raises(murmur.InputError, match="no operations of clients"):
        murmur.export(run, "jepsen")
    assert not list((tmp_path / "run").glob("*history*"))


def test_a_wrong_form_or_place_is_refused(folder: Path, tmp_path: Path) -> None:
    """An unknown form and a folder that is not there end in one message."""
    with pytest.raises(murmur.InputError, match="did you mean 'jepsen'"):
        murmur.export(folder, "jepsn")
    with pytest.raises(murmur.InputError, match="cannot write"):
        murmur.export(folder, "csv", tmp_path / "nowhere" / "file.csv")
    wrong = command("export", folder, "--format", "edn", folder=folder)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "jepsen" in wrong.stderr


def test_the_command_offers_every_form() -> None:
    """What the command takes is what there is, in the same order, and no two forms share a file."""
    assert list(FORMATS) == list(FORMS)
    assert len({form.file for form in FORMS.values()}) == len(FORMS)


def test_the_runs_of_a_study_are_written_as_csv(tmp_path: Path) -> None:
    """A study has a row for each run, with its factors and metrics; other forms are of runs, and refused."""
    file = {"name": "sizes", "scenario": "gossip-ring", "sweep": {"topology.nodes": [4, 6]}, "seeds": 2}
    study = murmur.study(file, out=tmp_path / "study", workers=1)
    path = murmur.export(tmp_path / "study", "csv")
    assert path == tmp_path / "study" / "results.csv"
    with path.open(encoding="utf-8", newline="") as rows:
        found = list(csv.DictReader(rows))
    assert [row["topology.nodes"] for row in found] == ["4", "4", "6", "6"]
    assert [int(row["seed"]) for row in found] == list(study.frame()["seed"])
    assert [float(row["converged_at"]) for row in found] == list(study.frame()["converged_at"])
    with pytest.raises(murmur.InputError, match="csv alone"):
        murmur.export(study, "perfetto")
    with pytest.raises(murmur.InputError, match="--between with the form csv"):
        murmur.export(study, "csv", between="1s,2s")
