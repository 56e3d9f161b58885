"""`murmur query` in every form."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import murmur
from scenarios.command_line.query import query
from topologies.errors import InputError

pytest.importorskip("duckdb")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small study on disk."""
    place = tmp_path_factory.mktemp("queried") / "small"
    murmur.study(
        {"name": "small", "scenario": "gossip-mesh", "seeds": 2, "set": {"topology.nodes": 4}}, workers=1, out=place
    )
    return place


def ask(*arguments: str | Path) -> str:
    """Return what the command prints; raises what it raises."""
    result = CliRunner().invoke(query, list(map(str, arguments)), catch_exceptions=False, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.output


def test_each_form_has_the_answer(study: Path, tmp_path: Path) -> None:
    """Tables, CSV and JSON on standard output, and files by their endings, have the same answer."""
    sql = "select replicate, 1.5 as half, null as none from runs order by replicate"
    assert ask(study, sql).split() == ["replicate", "half", "none", "0", "1.5", "-", "1", "1.5", "-"]
    assert ask(study, sql, "--format", "csv") == "replicate,half,none\n0,1.5,\n1,1.5,\n"
    assert [row["replicate"] for row in json.loads(ask(study, sql, "--format", "json"))] == [0, 1]
    for name in ("answer.csv", "answer.json", "answer.parquet", "answer.txt"):
        assert name in ask(study, sql, "--out", tmp_path / name)
    assert (tmp_path / "answer.csv").read_text() == "replicate,half,none\n0,1.5,\n1,1.5,\n"
    assert (tmp_path / "answer.parquet").read_bytes().startswith(b"PAR1")


def test_long_answers_are_cut_for_people_only(study: Path) -> None:
    """Of many rows people see the first, and are told; other forms have all."""
    sql = "select unnest(range(1500)) as n"
    assert ask(study, sql).endswith("and 500 more rows; --format csv has all\n")
    assert ask(study, sql, "--format", "csv").count("\n") == 1501


def test_json_is_what_every_reader_takes(study: Path) -> None:
    """Sums, which DuckDB has as decimals, are numbers, and what is no number is null, inside of lists too."""
    numbers = "0.25::decimal(9, 2) as part, ['nan'::double, 1] as list, -'inf'::double as low"
    sql = f"select sum(replicate) as total, {numbers} from runs"
    read = json.loads(ask(study, sql, "--format", "json"), parse_constant=pytest.fail)
    assert read == [{"total": 1, "part": 0.25, "list": [None, 1.0], "low": None}]


def test_lists_are_whole_in_csv(study: Path) -> None:
    """A list of any length is JSON in its field, all of it; none at all is empty."""
    sql = "select range(2000) as long, null::int[] as none"
    _, line = csv.reader(ask(study, sql, "--format", "csv").splitlines())
    assert json.loads(line[0]) == list(range(2000))
    assert line[1] == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("select 1",), "expected the folder of a study"),
        (("STUDY", "select 1", "--format", "parquet"), "say which by --out"),
        (("STUDY", "select 1", "--out", "no/such/place.csv"), "cannot write"),
        (("STUDY", "select 1", "--out", "no/such/place.parquet"), "cannot write no/such/place.parquet: No such file"),
        (("STUDY", "select 1", "--out", ""), "it is a folder"),
        (("STUDY", "select 1", "--format", "parquet", "--out", "/"), "it is a folder"),
        (("STUDY", "select 1 as x, 2 as x", "--format", "json"), "several columns called x"),
    ],
)
def test_wrong_use_is_refused(study: Path, arguments: tuple[str, ...], message: str) -> None:
    """A question without a study, Parquet for the terminal, a place that is not there, names twice are refused."""
    with pytest.raises(InputError, match=message):
        ask(*(str(study) if each == "STUDY" else each for each in arguments))
