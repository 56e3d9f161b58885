"""Fault traces and churn files are read once, strictly, and a replay needs them no more."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from analysis.run_folder import open_run
from faults.trace_file import read_churn, read_strikes
from scenarios.library import load
from scenarios.plan import resolve
from scenarios.replay import replay
from scenarios.run import run
from tests.unit.faults.fault_runs import MILLISECOND, SECOND
from topologies.errors import InputError

FIELD = ("when", "trace")

SCENARIO = """\
name: traced
duration: 20s
topology: {kind: mesh, nodes: 5}
protocol: {kind: gossip}
workload: {kind: rumour, at: 1s}
faults:
  - {kind: crash, target: 3, when: {trace: outages.csv}, restart_after: 2s}
"""
OUTAGES = "at,lasting,node\n2,500ms,1\n4.5,,\n"


def file(folder: Path, content: str | bytes, name: str = "outages.csv") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture(name="scenario")
def _scenario(tmp_path: Path) -> Path:
    """A scenario file with its trace beside it."""
    file(tmp_path, OUTAGES)
    return file(tmp_path, SCENARIO, "traced.yaml")


def test_times_are_durations_or_seconds(tmp_path: Path) -> None:
    """A number is seconds, exactly; a duration has its unit; empty cells are left to the fault; order is the file's."""
    content = "node, at ,lasting\n4,1.5,250ms\n\n,2min,\n0,0.000000001,3\n"
    read = read_strikes(file(tmp_path, content), 5, FIELD)
    assert [(strike.at, strike.lasting, strike.node) for strike in read.strikes] == [
        (1500 * MILLISECOND, 250 * MILLISECOND, 4),
        (120 * SECOND, None, None),
        (1, 3 * SECOND, 0),
    ]
    assert read.source_digest == blake2b(content.encode(), digest_size=32).hexdigest()


def test_only_the_time_is_required(tmp_path: Path) -> None:
    """A file of times alone is a trace, also with a byte order mark and lines that end as on Windows."""
    read = read_strikes(file(tmp_path, b"\xef\xbb\xbfat\r\n1\r\n2s\r\n"), 5, FIELD)
    assert [strike.at for strike in read.strikes] == [SECOND, 2 * SECOND]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ":1: found no column 'at'; expected a first line with at, lasting, node"),
        ("1,2,3\n", ":1: found the column '1'; expected a first line with at"),
        ("at,lastin\n1,2\n", ":1: found the column 'lastin'; did you mean 'lasting'?"),
        ("lasting\n1\n", ":1: found no column 'at'"),
        ("at,at\n1,2\n", ":1: found a column twice"),
        ("at\n", "found no row below the header"),
        ("at,node\n1,2\n3\n", ":3: found 1 columns; expected 2"),
        ("at,node\n1,5\n", ":2: node: found '5'; expected a node's number from 0 to 4"),
        ("at,node\n1,-1\n", ":2: node: found '-1'"),
        ("at,node\n1,1.5\n", ":2: node: found '1.5'"),
        ("at\nsoon\n", ":2: at: found 'soon'"),
        ("at\n-1\n", ":2: at: "),
        ("at\n1e3\n", ":2: at: "),
        ("at\n0.0000000001\n", ":2: at: "),
        ("at\n\u0663\n", ":2: at: "),
        ("at,lasting\n1,0\n", ":2: lasting: found '0'; expected a time above 0"),
        ("at,lasting\n,1\n", ":2: at: "),
        ('at\n"1\n', "not readable as CSV"),
        (b"at\n\xff\n", "not readable as CSV in UTF-8"),
    ],
)
def test_a_wrong_trace_is_refused_with_file_and_line(content: str | bytes, message: str, tmp_path: Path) -> None:
    """Each mistake is one InputError that names the file, the line, the column, and the field of the scenario."""
    path = file(tmp_path, content)
    with pytest.raises(InputError) as caught:
        read_strikes(path, 5, FIELD)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
    assert caught.value.path == FIELD


@pytest.mark.parametrize("name", ["missing.csv", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_refused(name: str, tmp_path: Path) -> None:
    """No file, a folder, or a name that no file can have is an InputError."""
    with pytest.raises(InputError, match="cannot read"):
        read_strikes(tmp_path / name, 5, FIELD)


def test_a_churn_file_says_who_comes_and_goes(tmp_path: Path) -> None:
    """Events are read in the order of the file, with their nodes and times."""
    events, digest = read_churn(file(tmp_path, "time,node,event\n1,2,join\n1500ms,0,leave\n"), 5, ("trace",))
    assert [(event.at, event.node, event.event) for event in events] == [
        (SECOND, 2, "join"),
        (1500 * MILLISECOND, 0, "leave"),
    ]
    assert len(digest) == 64


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("time,node,event\n1,2,crash\n", ":2: event: found 'crash'; expected join or leave"),
        ("time,node\n1,2\n", ":1: found no column 'event'"),
        ("time,node,event\n1,7,join\n", ":2: node: found '7'"),
        ("time,node,event\n1,,join\n", ":2: node: found ''"),
    ],
)
def test_a_wrong_churn_file_is_refused(content: str, message: str, tmp_path: Path) -> None:
    """All three columns are required in each row."""
    with pytest.raises(InputError, match=message):
        read_churn(file(tmp_path, content), 5, ("trace",))


def crashes(rows: list[Any]) -> list[tuple[int, str, int]]:
    """Time in ms, kind and node of crashes and restarts."""
    return [(row.time // MILLISECOND, row.kind, row.node) for row in rows if row.kind in ("crashed", "restarted")]


EXPECTED = [(2000, "crashed", 1), (2500, "restarted", 1), (4500, "crashed", 3), (6500, "restarted", 3)]


def test_a_trace_is_found_beside_its_scenario(scenario: Path) -> None:
    """A relative path counts from the folder of the scenario's file, and the fault strikes as the trace says."""
    assert crashes(run(scenario).records) == EXPECTED


def test_a_trace_set_by_a_flag_counts_from_the_current_folder(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path on the command line is the user's own, not the scenario's."""
    elsewhere = scenario.parent / "elsewhere"
    elsewhere.mkdir()
    file(elsewhere, "at\n9\n")
    monkeypatch.chdir(elsewhere)
    found = run(scenario, overrides=["faults[0].when.trace=outages.csv"])
    assert [time for time, kind, _ in crashes(found.records) if kind == "crashed"] == [9000]


def test_the_manifest_holds_the_list_and_a_replay_needs_no_file(scenario: Path, tmp_path: Path) -> None:
    """The manifest has the strikes and the hash in place of the path; with the trace gone the run replays the same."""
    folder = run(scenario, tmp_path / "run").folder
    assert folder is not None
    (tmp_path / "outages.csv").unlink()
    (fault,) = open_run(folder).manifest.scenario["faults"]
    assert fault["when"] == {
        "strikes": [
            {"at": "2s", "lasting": "500ms", "node": 1},
            {"at": "4.5s", "lasting": None, "node": None},
        ],
        "source_digest": blake2b(OUTAGES.encode(), digest_size=32).hexdigest(),
    }
    assert replay(folder).same


def test_a_resolved_scenario_is_the_same_as_one_that_is_written_out(scenario: Path) -> None:
    """Resolving twice changes nothing, and plain data of the resolved scenario give an equal one, with an equal run."""
    from scenarios.schema import scenario_of

    resolved = resolve(load(scenario))
    assert resolve(resolved) == resolved
    assert scenario_of(resolved.canonical()) == resolved
    assert run(resolved).digest == run(scenario).digest


def test_a_wrong_trace_names_the_fault_in_the_scenario(scenario: Path) -> None:
    """The error of a run says which fault's trace is wrong."""
    file(scenario.parent, "at,node\n1,9\n")
    with pytest.raises(InputError, match=r"outages.csv:2: node: found '9'") as caught:
        run(scenario)
    assert caught.value.path == ("faults", 0, "when", "trace")


def test_a_churn_file_is_resolved_too(tmp_path: Path) -> None:
    """A churn fault with a file becomes one with events, and replays without the file."""
    fault = "  - {kind: churn, trace: churn.csv, at: 0}\n"
    path = file(tmp_path, SCENARIO[: SCENARIO.index("  - ")] + fault, "churning.yaml")
    file(tmp_path, "node,event,time\n1,leave,3\n2,join,2\n1,join,5\n", "churn.csv")
    found = run(path, tmp_path / "run")
    (tmp_path / "churn.csv").unlink()
    lives = [
        (row.time // MILLISECOND, row.kind, row.node) for row in open_run(tmp_path / "run").records(["left", "joined"])
    ]
    assert lives == [(0, "left", 2), (2000, "joined", 2), (3000, "left", 1), (5000, "joined", 1)]
    assert found.scenario.fault_list[0].trace is None  # type: ignore[attr-defined]
    assert replay(tmp_path / "run").same
