"""Reports on runs and studies: what is in them, in each format, and that equal ones are equal bytes."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import murmur
from scenarios.command_line.main import main

GOSSIP: dict[str, Any] = {
    "name": "small",
    "description": "Is a ring slower than a mesh?",
    "duration": "20s",
    "topology": {"kind": "mesh", "nodes": 12},
    "protocol": {"kind": "gossip", "exchange": "push"},
    "workload": {"kind": "rumour"},
    "checks": ["converged", "messages-balance"],
    "stop_when": "converged",
}
STUDY: dict[str, Any] = {
    "name": "shapes",
    "description": GOSSIP["description"],
    "scenario": "small.yaml",
    "sweep": {"topology.kind": ["mesh", "ring"]},
    "labels": {"topology.kind": "shape"},
    "seeds": 8,
    "metrics": ["converged_at", "messages_per_node"],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run and a study of two cells, one of which takes several times as long."""
    folder = tmp_path_factory.mktemp("reported")
    (folder / "small.yaml").write_text(json.dumps(GOSSIP))
    (folder / "shapes.yaml").write_text(json.dumps(STUDY))
    murmur.study(folder / "shapes.yaml", workers=1, out=folder / "study")
    murmur.run(folder / "small.yaml", out=folder / "run")
    return folder


@pytest.fixture(scope="module")
def markdown(place: Path) -> str:
    """The report on the study, with one figure, as Markdown."""
    return murmur.report(place / "study", format="markdown", plots=["distribution"]).read_text()


def section(text: str, title: str) -> str:
    """The text of a section of a report in Markdown."""
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_equal_studies_give_equal_bytes_wherever_they_are(place: Path, tmp_path: Path) -> None:
    """A copy of the folder elsewhere has the same report: nothing in it tells of the place or the day."""
    here = murmur.report(place / "study", plots=["distribution"]).read_bytes()
    assert b'<img src="data:image/svg+xml;base64,' in here
    shutil.copytree(place / "study", tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "report.html").unlink()
    assert murmur.report(tmp_path / "elsewhere", plots=["distribution"]).read_bytes() == here
    assert not any(path.name.startswith(".") for path in place.glob("study/*"))


def test_the_answer_says_what_differs_beyond_noise(markdown: str) -> None:
    """The ring is told to take longer, with how many times as long, and is marked in the table."""
    brief = section(markdown, "Answer in brief")
    assert re.search(r"Converged at: .* \(mesh\) is the lowest median, .* \(ring\) the highest, [\d.]+ times", brief)
    assert "1 of 1 others differ from mesh beyond noise" in brief
    rows = [line for line in brief.splitlines() if line.startswith("| ring")]
    assert len(rows) == 1
    assert "≠" in rows[0]


def test_every_estimate_is_that_of_the_study(place: Path, markdown: str) -> None:
    """The tables hold the medians of summary.json, with their intervals."""
    from analysis.shown_value import seconds

    summary = json.loads((place / "study" / "summary.json").read_text())
    for cell in summary["cells"]:
        measured = cell["metrics"]["converged_at"]
        assert seconds(measured["median"]) in section(markdown, "Results in full")
        assert seconds(measured["median_interval"][0]).partition(" ")[0] in section(markdown, "Results in full")


def test_commands_of_a_report_run_where_it_says(
    place: Path, markdown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the folder of the study, each command that it prints ends well, and its runs are those of the study."""
    monkeypatch.chdir(place / "study")
    commands = re.findall(r"^murmur ((?:run|plot) .*)$", markdown, re.MULTILINE)
    assert len(commands) == 2 + 1
    digests = set(murmur.open_study(place / "study").frame()["digest"])
    for command in commands:
        assert main(command.split()) == 0
        printed = capsys.readouterr().out
        if command.startswith("run"):
            assert printed.partition("digest ")[2].split()[0] in digests


def test_the_page_has_all_parts_of_a_study(place: Path) -> None:
    """Each section is there, with the scenarios in full, the digest of the results and the methods with their works."""
    page = murmur.report(place / "study", place / "whole.html").read_text()
    titles = re.findall(r"<h2[^>]*>([^<]*)</h2>", page)
    assert titles == [
        *("Question", "Answer in brief", "Figures", "Verdicts", "Results in full", "What fell outside", "Setup"),
        *("How to make it again", "Methods, for a paper", "What it does not say", "Versions and digests"),
    ]
    assert page.count("nodes: 12") >= 2
    assert "Efron, B.: Better Bootstrap Confidence Intervals" in page
    assert len(page.encode()) < 5_000_000
    assert re.search(r"digest of the results</dt><dd><bdi>[0-9a-f]{64}<", page)


def test_times_that_never_came_and_unknown_checks_are_told(place: Path, tmp_path: Path) -> None:
    """Runs that end too early count as never, under what fell outside, and their checks as unknown."""
    studied = murmur.study(place / "shapes.yaml", workers=1, out=tmp_path / "short", overrides=["duration=3s"])
    text = murmur.report(studied, format="markdown", plots=["none"]).read_text()
    assert "Converged at: never came" in section(text, "What fell outside")
    assert "unknown: converged in" in section(text, "Answer in brief")
    assert "Converged at: never is the median of every cell." in section(text, "Answer in brief")
    assert "murmur run cells/cell-0001.yaml --seed" in section(text, "Verdicts")
    assert "later than all others" in section(text, "Methods, for a paper")


def test_a_sampled_design_says_what_its_metrics_depend_on(place: Path, tmp_path: Path) -> None:
    """What is drawn is told with its bounds, the strongest factor is named, and no point is compared with the first."""
    drawn = {"protocol.period": {"from": "100ms", "to": "2s"}, "network.loss": {"from": 0, "to": "1%"}}
    sampled = {**STUDY, "sweep": {}, "labels": {}, "seeds": 1, "metrics": ["converged_at"]}
    file = place / "sampled.yaml"
    file.write_text(json.dumps({**sampled, "design": {"kind": "latin-hypercube", "points": 20, "factors": drawn}}))
    studied = murmur.study(file, workers=1, out=tmp_path / "sampled")
    markdown = murmur.report(studied, format="markdown", plots=["none"]).read_text()
    assert "protocol.period (ms) (100ms to 2s) and network.loss (%) (0 to 1%)" in section(markdown, "Question")
    assert "It depends most on protocol.period" in section(markdown, "Answer in brief")
    assert "beyond noise" not in markdown
    assert "points of a Latin hypercube over" in section(markdown, "Methods, for a paper")


def test_a_cell_that_stopped_at_the_cap_is_told(place: Path, tmp_path: Path) -> None:
    """Where an interval is still too wide after the most seeds, the cell is named, and the rule is in the methods."""
    rule = {"metric": "converged_at", "statistic": "mean", "half_width": "1%", "at_least": 4, "at_most": 6}
    file = place / "stop.yaml"
    file.write_text(json.dumps({name: value for name, value in STUDY.items() if name != "seeds"} | {"stop": rule}))
    studied = murmur.study(file, workers=1, out=tmp_path / "stopped")
    text = murmur.report(studied, format="markdown", plots=["none"]).read_text()
    assert "with an interval that is still too wide: mesh and ring" in section(text, "What fell outside")
    assert "was at most 1 % of it, for 4 to 6 seeds; that interval of Student's t allows for" in text
    assert "--seeds" not in section(text, "How to make it again")


def test_other_metrics_are_reported_where_they_are_asked_for(place: Path, tmp_path: Path) -> None:
    """`--metric` replaces those of the study; one that no run has is refused by name."""
    file = tmp_path / "residue.md"
    assert main(["report", str(place / "study"), "--metric", "messages", "--plot", "none", "--out", str(file)]) == 0
    assert "**Messages**" in file.read_text()
    assert "Converged at" not in section(file.read_text(), "Results in full")
    with pytest.raises(murmur.InputError, match="no run of the study shapes has a value of elections"):
        murmur.report(place / "study", tmp_path / "x.html", metrics=["elections"])


def test_a_run_has_its_verdicts_metrics_and_digest(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report on a run holds what its summary holds, and the command prints where it is."""
    assert main(["report", str(place / "run"), "--format", "markdown", "--plot", "spread", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    text = Path(told["report"]).read_text()
    summary = json.loads((place / "run" / "summary.json").read_text())
    assert told["bytes"] == len(text.encode())
    assert summary["digest"] in section(text, "Versions and digests")
    assert all(verdict["check"] in section(text, "Verdicts") for verdict in summary["verdicts"])
    assert f"It converged at {summary['metrics']['converged_at'] / 1e9:.4g} s" in text
    assert (place / "run" / "report-figures" / "figure-spread.svg").is_file()


def test_runs_that_failed_are_told_and_count_nowhere_else(place: Path, tmp_path: Path) -> None:
    """Two runs that ended in an error are named with it, as text, and the estimates are those of the others."""
    folder = shutil.copytree(place / "study", tmp_path / "broken")
    table = pq.read_table(folder / "results.parquet")
    errors = ["ValueError: <b>wrong</b>"] * 2 + [None] * (table.num_rows - 2)
    broken = table.set_column(table.column_names.index("error"), "error", pa.array(errors, pa.string()))
    pq.write_table(broken, folder / "results.parquet")
    page = murmur.report(folder, plots=["none"]).read_text()
    assert "2 runs ended in an error." in page
    assert "ValueError: &lt;b&gt;wrong&lt;/b&gt;" in page
    assert re.search(r"ended in an error</bdi></span></td>\s*<td[^>]*data-sort=\"2.0\"", page)
    medians = page.partition('id="table-converged-at"')[2]
    assert 'data-sort="6.0"' in medians.partition("</tr>")[2].partition("</tr>")[0]


PLUGIN = """\
from murmur import Protocol

print("loaded")


class Mine(Protocol):
    def on_start(self):
        self.node.broadcast("hello")
"""


def test_a_module_that_a_study_names_is_loaded_only_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder from somebody else can be reported on without running anything that it names."""
    (tmp_path / "reported_plugin.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    scenario = {**GOSSIP, "protocol": {"kind": "reported_plugin:Mine"}, "checks": ["messages-balance"]}
    del scenario["workload"], scenario["stop_when"]
    (tmp_path / "own.yaml").write_text(json.dumps(scenario))
    study = {**STUDY, "scenario": "own.yaml", "seeds": 2, "metrics": ["messages"]}
    (tmp_path / "study.yaml").write_text(json.dumps(study))
    murmur.study(tmp_path / "study.yaml", workers=1, out=tmp_path / "study", plugins=["reported_plugin"])
    assert capsys.readouterr().out == "loaded\n"
    monkeypatch.delitem(sys.modules, "reported_plugin")
    text = murmur.report(tmp_path / "study", format="latex").read_text()
    assert "reported\\_plugin:Mine" in text
    assert capsys.readouterr().out == ""
    murmur.report(tmp_path / "study", format="latex", plugins=["reported_plugin"])
    assert capsys.readouterr().out == "loaded\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere is not there; expected the folder of a run or of a study"),
        (["study", "--plot", "spread"], "found the plot spread, which does not draw a study"),
        (["study", "--plot", "distribushun"], "did you mean 'distribution'?"),
        (["run", "--metric", "messages"], "found metrics, which are for reports on studies"),
        (["study", "--format", "latex", "--out", ""], "it is a folder; name a file in it"),
        (["run", "--plot", "leaders"], "found no records of roles"),
        (
            ["run", "--plot", "spread", "--out", "missing/report.html"],
            "name a file in an existing folder that is yours",
        ),
    ],
)
def test_a_wrong_use_is_one_message(
    arguments: list[str],
    message: str,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What cannot be reported on ends with exit code 2 and what to do."""
    monkeypatch.chdir(place)
    assert main(["report", *arguments]) == 2
    assert message in capsys.readouterr().err
