"""Studies that ran: their rows, what is reported of them, and what does not change them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import murmur
from scenarios.study.result import Study, open_study
from tests.unit.scenarios.execution.trouble import PLUGIN
from topologies.errors import InputError

STUDY: dict[str, Any] = {
    "name": "small",
    "scenario": "gossip-mesh",
    "set": {"topology.nodes": 8, "duration": "6s"},
    "cases": {
        "push": {},
        "both": {"set": {"protocol.exchange": "push-pull"}},
        "cut short": {"set": {"limits.events": 30}},
    },
    "sweep": {"network.loss": {"none": 0, "half": 0.5}},
    "labels": {"case": "system", "network.loss": "loss"},
    "seeds": 12,
    "metrics": ["converged_at", "messages_per_node", "dropped_by_cause.cut", "messages_by_kind.Fanfare"],
}


@pytest.fixture(scope="module")
def small() -> Study:
    """A small study of which some runs are cut off and some do not converge."""
    return murmur.study(STUDY, workers=1)


def test_every_run_is_a_row(small: Study) -> None:
    """Rows come by cell and replicate, with the labels of the cell and the seed of the replicate."""
    rows = small.table.to_pylist()
    assert [(row["cell"], row["replicate"]) for row in rows] == [(cell, run) for cell in range(6) for run in range(12)]
    assert {(row["system"], row["loss"]) for row in rows if row["cell"] == 3} == {("both", "half")}
    assert len({row["seed"] for row in rows}) == 12


def test_a_row_is_the_run_that_murmur_run_gives(small: Study) -> None:
    """The scenario of the cell under the seed of the row has the digest and the metrics of the row."""
    row = small.table.to_pylist()[4]
    overrides = ["topology.nodes=8", "duration=6s", "network.loss=0"]
    run = murmur.run("gossip-mesh", seed=row["seed"], overrides=overrides)
    assert run.digest == row["digest"]
    assert run.metrics["converged_at"] == row.get("metric.converged_at")
    assert run.metrics["messages_per_node"] == row["metric.messages_per_node"]


def test_a_run_over_its_limit_of_events_is_censored(small: Study) -> None:
    """It is a row without an error, cut off at its limit, of which only what came until then is known."""
    rows = [row for row in small.table.to_pylist() if row["censored"]]
    assert rows
    assert {(row["system"], row["censored"], row["ended_by"], row["error"]) for row in rows} == {
        ("cut short", "event limit", "event limit", None)
    }
    for row in rows:
        assert row["digest"]
        assert row["ended_ns"] < 6_000_000_000
        assert row["check.messages-balance"] == "unknown"
        assert row["reason.messages-balance"].startswith("the run was cut off at its limit of events; until then: ")
        assert row["metric.messages"] > 0
    frame = small.frame()
    assert frame[frame["censored"].notna()]["messages"].isna().all()
    assert sum(answer.censored for answer in small.answers) == len(rows)
    assert {answer.failed for answer in small.answers} == {0}
    assert small.exit_code == 3


def test_a_run_that_fails_is_a_row_with_its_error(tmp_path: Path) -> None:
    """It counts as failed and nowhere else, and has the command that shows it, to be given in the study's folder."""
    kind = {"kind": f"{PLUGIN}:Troubled", "fate": "raise-at-random"}
    told = {"topology.nodes": 3, "duration": "1s", "protocol": kind, "workload": None, "stop_when": None}
    data = {"name": "trouble", "scenario": "gossip-mesh", "set": {**told, "checks": []}, "seeds": 12}
    failing = murmur.study(data, workers=1, plugins=[PLUGIN], out=tmp_path / "kept")
    bad = [row for row in failing.table.to_pylist() if row["error"]]
    (answer,) = failing.answers
    assert 0 < answer.failed == len(bad) < 12
    assert failing.exit_code == 1
    assert {row["command"] for row in failing.table.to_pylist() if not row["error"]} == {None}
    words = bad[0]["command"].split()
    assert words == f"murmur run cells/cell-0000.yaml --seed {bad[0]['seed']} --plugin {PLUGIN}".split()
    with pytest.raises(ValueError, match="found trouble"):
        murmur.run(tmp_path / "kept" / words[2], seed=int(words[4]), plugins=words[6:])


def test_missing_times_are_counted_and_later_than_all_others(small: Study) -> None:
    """What did not converge is missing; the median of the whole cell is that with such runs at the end."""
    frame = small.frame()
    for number, answer in enumerate(small.answers[:4]):
        whole = frame[(frame["cell"] == number) & frame["error"].isna()]["converged_at"]
        converged = answer.metrics["converged_at"]
        assert converged.missing == int(whole.isna().sum())
        if len(whole):
            assert converged.median is not None
            assert converged.median.value == whole.fillna(float("inf")).median()
    assert any(answer.metrics["converged_at"].missing for answer in small.answers)


def test_keys_that_a_run_lacks_are_zero(small: Study) -> None:
    """An entry of a mapping is 0 where the run has the mapping without it; keys that no run has are told."""
    frame = small.frame()
    whole = frame[frame["censored"].isna()]
    assert set(whole["dropped_by_cause.cut"]) == {0.0}
    assert set(whole["messages_by_kind.Fanfare"]) == {0.0}
    assert frame[frame["censored"].notna()]["messages_by_kind.Fanfare"].isna().all()
    assert small.keys_never_seen().keys() == {"dropped_by_cause.cut", "messages_by_kind.Fanfare"}
    assert "Fanfare" not in small.keys_never_seen()["messages_by_kind.Fanfare"]


def test_verdicts_are_counted_for_each_cell(small: Study) -> None:
    """Of each check, the runs that did not fail are in one of three counts, and the share has an interval."""
    for answer in small.answers:
        for verdicts in answer.verdicts.values():
            assert verdicts.runs == answer.runs - answer.failed
    balance = small.answers[0].verdicts["messages-balance"]
    assert (balance.holds, balance.violated) == (12, 0)
    assert balance.share_violated is not None
    assert balance.share_violated.high == pytest.approx(0.2425, abs=1e-3)


def test_the_summary_is_plain_data(small: Study) -> None:
    """It goes through JSON, names `never` for medians that do not come, and has every cell."""
    summary = json.loads(json.dumps(small.summary, allow_nan=False))
    assert len(summary["cells"]) == 6
    assert summary["factors"] == ["system", "loss"]


def test_the_folder_is_the_same_for_any_number_of_workers(small: Study, tmp_path: Path) -> None:
    """One worker, two, and one that goes on with more seeds leave equal bytes, and the study reads back."""
    for workers in (1, 2):
        murmur.study(STUDY, workers=workers, out=tmp_path / str(workers))
    murmur.study(STUDY, workers=1, seeds=5, out=tmp_path / "grown")
    murmur.study(STUDY, workers=1, out=tmp_path / "grown", resume=True)
    names = ["study.json", "summary.json", "results.parquet", "cells/cell-0004.yaml"]
    for name in names:
        assert len({(tmp_path / folder / name).read_bytes() for folder in ("1", "2", "grown")}) == 1, name
    again = open_study(tmp_path / "2")
    assert again.summary == small.summary
    assert again.table.equals(small.table)


def test_another_study_does_not_go_on_in_a_folder(tmp_path: Path) -> None:
    """What decides results has to be the same; the first difference is named."""
    tiny = {**STUDY, "seeds": 1}
    murmur.study(tiny, workers=1, out=tmp_path / "kept")
    with pytest.raises(InputError, match="holds runs already; add --resume"):
        murmur.study(tiny, workers=1, out=tmp_path / "kept")
    with pytest.raises(InputError, match="holds another execution: study"):
        murmur.study({**tiny, "seed": 3}, workers=1, out=tmp_path / "kept", resume=True)
    murmur.study({**tiny, "seeds": 2}, workers=1, out=tmp_path / "more")
    with pytest.raises(InputError, match=r"holds runs of 2 seeds already, more than the 1 .* --seeds 2 or more"):
        murmur.study(tiny, workers=1, out=tmp_path / "more", resume=True)
    reworded = murmur.study({**tiny, "metrics": ["messages"]}, workers=1, out=tmp_path / "kept", resume=True)
    assert reworded.timing["runs"] == 0
    assert reworded.answers[0].metrics.keys() == {"messages"}


def test_a_folder_without_a_study_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that holds none, one that has not ended, one that is damaged and one that is locked are told apart."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with pytest.raises(InputError, match=r"found no study\.json; expected the folder of a study$"):
        open_study(tmp_path)
    murmur.study({**STUDY, "seeds": 1}, workers=1, out=tmp_path / "kept")
    manifest = (tmp_path / "kept" / "study.json").read_text()
    breaks = {'      "labels": {': '"labels": 3, "": {', '"versions"': '"conversions"', '"cells"': '"sells"'}
    for written, broken in breaks.items():
        (tmp_path / "kept" / "study.json").write_text(manifest.replace(written, broken))
        with pytest.raises(InputError, match="the study is damaged"):
            open_study(tmp_path / "kept")
    (tmp_path / "kept" / "study.json").write_text(manifest)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_text", refuse)
        with pytest.raises(InputError, match="the study cannot be read: Permission denied"):
            open_study(tmp_path / "kept")
    (tmp_path / "kept" / "results.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="the study is damaged"):
        open_study(tmp_path / "kept")
    (tmp_path / "kept" / "study.json").unlink()
    with pytest.raises(InputError, match="it has not ended: go on with murmur study"):
        open_study(tmp_path / "kept")


def test_what_is_not_there_to_measure_is_not_taken_for_never() -> None:
    """Runs without clients have no time to recover: no median at all, while one that does not converge never does."""
    nothing = {**STUDY, "cases": {}, "labels": {}, "seeds": 3, "set": {"topology.nodes": 8, "duration": "10ms"}}
    metrics = ["converged_at", "recovery_time_max", "recovery_time_by_fault.crash"]
    (answer, *_) = murmur.study({**nothing, "metrics": metrics}, workers=1).answers
    never, none, key = (answer.metrics[name] for name in metrics)
    assert (never.missing, none.missing, key.missing) == (3, 3, 3)
    assert never.plain()["median"] == "never"
    assert none.median is None
    assert key.median is None


@pytest.mark.parametrize("options", [{"seeds": 0}, {"seeds": True}, {"workers": 0}, {"resume": True}])
def test_wrong_options_are_refused(options: dict[str, Any]) -> None:
    """Counts have to be counts, and to go on takes a folder."""
    with pytest.raises(InputError):
        murmur.study(STUDY, **{"workers": 1, **options})
