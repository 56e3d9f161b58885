"""Hunting from Python: what a hunt gives, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import murmur
from scenarios.hunting.compare import compare
from scenarios.hunting.hunt import tasks_of
from scenarios.schema import scenario_of
from tests.unit.scenarios.execution.trouble import PLUGIN, scenario
from topologies.errors import InputError

RANDOM: dict[str, Any] = {
    "name": "small",
    "duration": "5s",
    "topology": {"kind": "mesh", "nodes": 6},
    "protocol": {"kind": "gossip"},
    "workload": {"kind": "rumour"},
    "faults": {"kind": "random", "most": 4},
    "checks": ["messages-balance"],
    "samples": {"every": "1s"},
    "detail": "all",
}


def test_a_row_is_what_a_run_comes_to() -> None:
    """Each row has the digest, verdicts and metrics of a run of its seed by itself, whatever detail that keeps."""
    hunted = murmur.hunt(RANDOM, 5, seed=3, workers=2)
    assert [row["number"] for row in hunted.rows] == list(range(5))
    for row in hunted.rows:
        run = murmur.run(RANDOM, seed=int(row["seed"] or 0))
        assert row["digest"] == run.digest
        assert row["faults"] == len(run.faults)
        assert row["metric.messages"] == run.metrics["messages"]
        assert row["check.messages-balance"] == run.verdicts[0].verdict
    assert len({row["digest"] for row in hunted.rows}) == 5
    assert list(hunted.frame()["number"]) == list(range(5))


def test_seeds_do_not_depend_on_the_number_of_runs() -> None:
    """More runs have the seeds of fewer, and others after them; another root seed has none of them."""
    loaded = scenario_of(RANDOM)
    few, many = ([task.seed for task in tasks_of(loaded, runs)] for runs in (3, 9))
    assert many[:3] == few
    assert not {task.seed for task in tasks_of(loaded.model_copy(update={"seed": 1}), 9)}.intersection(many)


def test_runs_that_raise_are_found(tmp_path: Path) -> None:
    """Runs whose protocol raises are a finding of their own beside those that go on; a file of each raises again."""
    raising = scenario("raise-at-random") | {"topology": {"kind": "ring", "nodes": 4}, "duration": "3s"}
    raising |= {"faults": {"kind": "random", "only": ["crash", "pause"], "most": 2}, "checks": ["messages-balance"]}
    hunted = murmur.hunt(raising, 12, workers=2, plugins=(PLUGIN,), out=tmp_path / "hunt")
    assert [finding.check for finding in hunted.findings] == ["error"]
    assert hunted.verdicts["messages-balance"]["holds"] == 12 - hunted.failed > 0
    assert hunted.exit_code == 1
    kept = {number: file for number, file in hunted.files.items() if file.name == f"error-{number}.yaml"}
    assert list(kept) == list(hunted.findings[0].numbers[:3])
    for number, file in kept.items():
        told = str(hunted.rows[number]["error"])
        assert re.search(r"raised ValueError: found trouble, at \d\S*s, as node \d handled str from node \d", told)
        written = murmur.load(file, allowed_plugins=[PLUGIN])
        assert isinstance(written.faults, tuple)
        with pytest.raises(InputError) as raised:
            murmur.run(written)
        assert str(raised.value) == told


def test_runs_that_raise_are_found_by_a_guided_hunt_too(tmp_path: Path) -> None:
    """Changed plans of a protocol that raises go on to the last run."""
    raising = scenario("raise-at-random") | {"topology": {"kind": "ring", "nodes": 4}, "duration": "3s"}
    raising |= {"faults": {"kind": "random", "only": ["crash", "pause"], "most": 2}, "checks": ["messages-balance"]}
    hunted = murmur.hunt(raising, 100, workers=2, plugins=(PLUGIN,), guided=True)
    assert (hunted.runs, len(hunted.findings)) == (100, 1)
    assert 0 < hunted.failed < 100


def test_a_protocol_that_is_not_deterministic_is_told(tmp_path: Path) -> None:
    """A run that is another one when it is kept is not passed off as the one that was found."""
    erratic = scenario("erratic") | {"faults": []}
    with pytest.raises(InputError, match="not deterministic"):
        murmur.hunt(erratic, 3, workers=1, plugins=(PLUGIN,), out=tmp_path / "hunt")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runs": 0}, "runs: found 0; expected an integer from 1"),
        ({"runs": 2.5}, "runs: found 2.5"),
        ({"workers": 0}, "workers: found 0"),
        ({"keep": True}, "keep: found True"),
        ({"resume": True}, "resume without a folder"),
        ({"seed": -1}, "found -1"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], message: str) -> None:
    """Wrong numbers are refused with what was expected."""
    with pytest.raises(InputError, match=message):
        murmur.hunt(RANDOM, **options)


def test_a_protocol_of_the_program_itself_is_refused() -> None:
    """Workers do not see the program that started them, which is said before anything runs."""
    import sys

    from sim.protocol import Protocol

    class Own(Protocol):
        """Does nothing."""

    program = sys.modules["__main__"]
    program.Own = Own  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="put it into a module"):
        murmur.hunt({**RANDOM, "protocol": {"kind": "__main__:Own"}, "workload": None}, plugins=("__main__",))


def test_files_that_a_scenario_names_are_found_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers read the graph and the fault trace of a scenario file wherever it is hunted from."""
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "crashes.csv").write_text("at,lasting,node\n1s,1s,2\n2s,1s,3\n")
    (tmp_path / "study" / "ring.edges").write_text("0 1\n1 2\n2 3\n3 0\n")
    (tmp_path / "study" / "ring.yaml").write_text(
        "name: ring\nduration: 5s\ntopology: {kind: file, path: ring.edges}\nprotocol: {kind: gossip}\n"
        "workload: {kind: rumour}\n"
        "faults: [{kind: crash, target: [0], when: {trace: crashes.csv}, restart_after: 1s}]\n"
    )
    monkeypatch.chdir(tmp_path)
    hunted = murmur.hunt("study/ring.yaml", 3, workers=1, out="hunt")
    assert {row["error"] for row in hunted.rows} == {None}
    assert hunted.rows[0]["digest"] == murmur.run("study/ring.yaml", seed=hunted.scenario_of(0).seed).digest
    drawn = "faults: {kind: random, only: [crash], most: 2}"
    guided = murmur.hunt("study/ring.yaml", 90, overrides=[drawn.replace(": ", "=", 1)], out="guided", guided=True)
    assert guided.files
    for number, file in guided.files.items():
        assert murmur.run(str(file)).digest == guided.rows[number]["digest"]


def test_a_hunt_goes_on_with_no_fewer_runs_than_it_has(tmp_path: Path) -> None:
    """Fewer runs are refused, and nothing of what is there is touched."""
    hunted = murmur.hunt(RANDOM, 6, workers=1, out=tmp_path / "hunt")
    files = {path: path.read_bytes() for path in (tmp_path / "hunt").rglob("*") if path.is_file()}
    with pytest.raises(InputError, match=r"holds runs up to the 6th already, more than the 4 .* --runs 6 or more"):
        murmur.hunt(RANDOM, 4, workers=1, out=tmp_path / "hunt", resume=True)
    assert {path: path.read_bytes() for path in (tmp_path / "hunt").rglob("*") if path.is_file()} == files
    again = murmur.hunt(RANDOM, 6, workers=1, out=tmp_path / "hunt", resume=True)
    assert (again.summary, again.timing["runs"]) == (hunted.summary, 0)


def test_what_is_no_longer_worth_a_look_does_not_stay(tmp_path: Path) -> None:
    """A hunt that is given more runs keeps what one of all these runs does; what a user put beside it stays."""
    few = murmur.hunt(RANDOM, 4, workers=1, keep=1, out=tmp_path / "grown")
    noted = few.kept[few.extremes[0].numbers[0]] / "notes.txt"
    noted.write_text("slow because of node 3")
    (tmp_path / "grown" / "kept" / "mine").mkdir()
    left = tmp_path / "grown" / "kept" / f"{few.kept[few.extremes[1].numbers[0]].name}.unfinished"
    left.mkdir()
    many = murmur.hunt(RANDOM, 24, workers=2, keep=1, out=tmp_path / "grown", resume=True)
    whole = murmur.hunt(RANDOM, 24, workers=2, keep=1, out=tmp_path / "whole")
    assert many.summary == whole.summary
    assert not {path.name for path in few.kept.values()} & {path.name for path in whole.kept.values()}
    kept = {folder: {path.name for path in (tmp_path / folder / "kept").iterdir()} for folder in ("grown", "whole")}
    assert kept["grown"] == kept["whole"] | {"mine", noted.parent.name}
    assert [path.name for path in noted.parent.iterdir()] == ["notes.txt"]


def test_repetitions_of_a_comparison_do_not_stay_beside_fewer(tmp_path: Path) -> None:
    """A comparison that goes on with fewer repetitions is refused; so is one beside a hunt by itself."""
    compare(RANDOM, 2, 2, workers=1, out=tmp_path / "compared")
    with pytest.raises(InputError, match="holds more than 1 repetition already"):
        compare(RANDOM, 2, 1, workers=1, out=tmp_path / "compared", resume=True)
    with pytest.raises(InputError, match="holds a hunt by itself"):
        compare(RANDOM, 2, 1, workers=1, out=tmp_path / "compared" / "blind-1", resume=True)
