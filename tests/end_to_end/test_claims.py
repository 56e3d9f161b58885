"""`murmur claims` as people run it: what it prints and keeps, and what it takes for wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import murmur as facade
from tests.end_to_end.command import murmur

TABLE = """\
name: rings
claims:
  quick:
    text: A rumour is everywhere within eight seconds.
    source: whoever sells it
    measure: {kind: value, metric: converged_at}
    claimed: {at_most: 8s}
    scenario: gossip-mesh
    setups:
      complete graph: {set: {topology.nodes: 6}}
      ring: {set: {topology: {kind: ring, nodes: 40}}}
    turns_on: the graph
  sure:
    text: It always gets there.
    source: whoever sells it
    measure: {kind: came, metric: converged_at}
    claimed: {at_least: 99.9%}
    scenario: gossip-mesh
    setups: {complete graph: {set: {topology.nodes: 6}}}
  cheap:
    text: Pulling too takes fewer messages.
    source: whoever sells it
    measure: {kind: difference, metric: messages}
    claimed: {at_most: 0%}
    scenario: gossip-mesh
    measured: {set: {protocol.exchange: push-pull}}
    setups: {too many events: {set: {topology.nodes: 6, limits.events: 3}}}
"""


@pytest.fixture(scope="module", name="place")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table, measured once into the folder `one` by one worker."""
    place = tmp_path_factory.mktemp("claims")
    (place / "rings.yaml").write_text(TABLE)
    done = murmur("claims", "rings.yaml", "--runs", "12", "--workers", "1", "--out", "one", folder=place)
    assert (done.returncode, done.stderr) == (0, "")
    (place / "said.txt").write_text(done.stdout)
    return place


def content(folder: Path) -> dict[str, bytes]:
    """All files that equal claims have, by name."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if "timing" not in path.name}


def test_each_claim_is_judged_in_a_table(place: Path) -> None:
    """A row for each setup with its interval; then for each claim what follows; runs that failed are told."""
    lines = [" ".join(line.split()) for line in (place / "said.txt").read_text().splitlines()]
    assert lines[:2] == ["seed 0", "claim setup claimed measured verdict"]
    assert any(line.startswith("quick complete graph at most 8s ") and line.endswith(" holds") for line in lines)
    assert any(line.startswith("ring ") and line.endswith("12 runs fails") for line in lines)
    assert "depends. Holds in: complete graph. Fails in: ring. It turns on the graph" in lines
    assert "undecided: not told by 12 runs of each setup" in lines
    assert "3,838 such runs would tell" in lines
    assert any(line.startswith("12 of 12 runs failed in too many events: ") for line in lines)
    assert lines[-1] == "one"


def test_json_says_the_same_to_programs(place: Path) -> None:
    """What is printed with --json is what is kept; going on with nothing left to run changes nothing."""
    before = content(place / "one")
    done = murmur("claims", "rings.yaml", "--runs", "12", "--out", "one", "--resume", "--json", folder=place)
    told: dict[str, Any] = json.loads(done.stdout)
    kept = json.loads((place / "one" / "claims.json").read_text())
    assert told["timing"]["runs"] == 0
    assert {name: told[name] for name in kept if name in told} == {name: kept[name] for name in kept if name in told}
    verdicts = {claim["id"]: claim["verdict"] for claim in kept["claims"]}
    assert verdicts == {"quick": "depends", "sure": "undecided", "cheap": "undecided"}
    assert content(place / "one") == before


def test_any_number_of_workers_gives_the_same_bytes(place: Path) -> None:
    """From Python with two workers, begun with fewer runs of one claim, the folder is as that of one worker."""
    facade.claims(place / "rings.yaml", runs=5, only=["quick"], workers=1, out=place / "two")
    measured = facade.claims(place / "rings.yaml", runs=12, workers=2, out=place / "two", resume=True)
    assert content(place / "two") == content(place / "one")
    assert measured["quick"].setups_that("holds") == ["complete graph"]
    assert repr(measured).startswith("<Claims rings: 1 depends, 2 undecided; 48 runs, ")


def test_markdown_is_a_table_for_pages(place: Path) -> None:
    """With --markdown, standard output is nothing but Markdown, with a table for each claim."""
    arguments = ("--runs", "12", "--out", "one", "--resume", "--markdown", "--only", "quick")
    kept = content(place / "one")["claims.json"]
    done = murmur("claims", "rings.yaml", *arguments, folder=place)
    (place / "one" / "claims.json").write_bytes(kept)
    assert done.stdout.startswith("**quick**: A rumour is everywhere within eight seconds. (whoever sells it.)")
    assert done.stdout.count("| setup | measured | verdict |") == 1
    assert "\n| ring | " in done.stdout


def test_the_plan_is_shown_without_running(place: Path) -> None:
    """A dry run names the claims and setups, counts the runs, and leaves nothing behind."""
    done = murmur("claims", "rings.yaml", "--dry-run", "--runs", "7", folder=place)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "3 claims, 4 cells: 28 runs")
    assert not (place / "claims").exists()


def test_tables_are_listed_and_shown(place: Path) -> None:
    """Without a table the command names those that are built in; `show` prints one, `schema` describes all."""
    assert murmur("claims", folder=place).stdout == murmur("list", "claims", folder=place).stdout
    names = json.loads(murmur("claims", "--json", folder=place).stdout)["claims"]
    assert "gossip" in names
    assert murmur("show", "claims/gossip", folder=place).stdout.startswith("name: gossip\n")
    assert json.loads(murmur("schema", "claims", folder=place).stdout)["title"] == "ClaimsFile"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gosip"], "found no built-in table of claims and no file called 'gosip'; did you mean 'gossip'?"),
        (["rings.yaml", "--only", "quik"], "--only: found 'quik'; expected one of quick, sure, cheap; did you mean"),
        (["rings.yaml", "--out", "one"], "one holds something already; add --resume to go on with claims"),
        (["gossip", "--out", "one", "--resume"], "one holds the claims of rings, seed 0; give another folder"),
        (["rings.yaml", "--runs", "5", "--out", "one", "--resume"], "holds runs of 12 seeds already, more than the 5"),
        (["rings.yaml", "--json", "--markdown"], "found --json and --markdown; expected one of them"),
    ],
)
def test_wrong_input_ends_with_two(place: Path, arguments: list[str], message: str) -> None:
    """One message on standard error, and nothing is run."""
    done = murmur("claims", *arguments, folder=place)
    assert (done.returncode, done.stdout.replace("seed 0\n", "")) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
