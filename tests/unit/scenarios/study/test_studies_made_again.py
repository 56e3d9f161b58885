"""The file in the folder of a study: it makes the same study again, without what the study was made from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import murmur
from scenarios.study.design import Design, design_of
from scenarios.study.kept_file import files_of
from scenarios.study.result import open_study
from tests.kill_drill import content
from tests.unit.scenarios.execution.trouble import PLUGIN
from topologies.errors import InputError

BASE = """\
name: base
duration: 3s
topology: {kind: ring, nodes: 4}
protocol: {kind: gossip}
workload: {kind: rumour}
"""
GRAPH = BASE.replace("{kind: ring, nodes: 4}", "{kind: file, path: graphs/triangle.csv}")
STUDY: dict[str, Any] = {
    "name": "again",
    "scenario": "./base.yaml",
    "set": {"protocol.period": "500ms", "name": "1e3"},
    "sweep": {"network.loss": {"none": 0, "some": "10%"}},
    "seeds": 2,
}
CASES = {"cases": {"mine": {}, "other": {"scenario": "below/base.yaml"}}, "sweep": {}}
DESIGN = {
    "sweep": {},
    "design": {"kind": "latin-hypercube", "points": 2, "factors": {"network.loss": {"from": 0, "to": "20%"}}},
    "labels": {"network.loss": "loss"},
}
STOP = {"stop": {"metric": "messages_per_node", "statistic": "mean", "half_width": "50%", "at_least": 6, "at_most": 6}}
VARIANTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a file": ({}, {}),
    "a built-in": ({"scenario": "gossip-mesh", "set": {"topology.nodes": 4, "duration": "3s"}}, {}),
    "flags": ({}, {"overrides": ["duration=2s", "protocol.period=1s", "protocol={kind: gossip, fanout: 2}"]}),
    "flags for the seeds": ({}, {"seed": 7, "seeds": 1}),
    "cases": (CASES, {"overrides": ["topology.nodes=3"]}),
    "a design": (DESIGN, {"seed": 5}),
    "a rule": ({**STOP, "sweep": {}}, {}),
    "chance of their own": ({"chance": "independent"}, {"seed": 3}),
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with scenarios of which two have one name."""
    (tmp_path / "below").mkdir()
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "below" / "base.yaml").write_text(BASE.replace("ring", "star"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(design: Design) -> tuple[Any, Any]:
    """What decides the results of a study, and its runs."""
    return design.about(), list(design.tasks())


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_folder_makes_the_study_again(variant: str, place: Path) -> None:
    """Its study.yaml alone has equal cells and runs, when all that the study was made from is gone."""
    changes, flags = VARIANTS[variant]
    study = {name: value for name, value in {**STUDY, **changes}.items() if not ("stop" in changes and name == "seeds")}
    expected = told(design_of(study, **flags))
    first = murmur.study(study, workers=1, out=place / "kept", **flags)
    (place / "base.yaml").unlink()
    (place / "below" / "base.yaml").unlink()
    again = design_of(place / "kept" / "study.yaml")
    assert told(again) == expected
    assert open_study(place / "kept").file == first.file == again.file


def test_flags_are_part_of_what_goes_on(place: Path) -> None:
    """A study goes on with the flags that it began with, and with no others; they are in its folder."""
    murmur.study(STUDY, workers=1, out=place / "kept", overrides=["duration=2s"])
    assert json.loads((place / "kept" / "study.json").read_text())["study"]["set"]["duration"] == "2s"
    kept = content(place / "kept")
    (place / "kept" / ".base.yaml.123").write_text("half a")
    murmur.study(STUDY, workers=1, out=place / "kept", overrides=["duration=2s"], resume=True)
    assert content(place / "kept") == kept
    resumed = murmur.study(place / "kept" / "study.yaml", workers=1, out=place / "kept", resume=True)
    assert resumed.timing["runs"] == 0
    assert content(place / "kept") == kept
    with pytest.raises(InputError, match="holds another execution: study"):
        murmur.study(STUDY, workers=1, out=place / "kept", overrides=["duration=1s"], resume=True)
    with pytest.raises(InputError, match=r"--set seed=4: the study itself gives each run its seed, .* use --seed"):
        design_of(STUDY, overrides=["seed=4"])


def test_files_that_scenarios_read_are_found_from_the_folder(place: Path) -> None:
    """A graph's path counts from where the scenario is kept; one that a flag sets keeps its own, which is said."""
    (place / "graphs").mkdir()
    (place / "graphs" / "triangle.csv").write_text("0,1\n1,2\n2,0\n")
    (place / "base.yaml").write_text(GRAPH)
    study = {**STUDY, "sweep": {}, "seeds": 1}
    first = murmur.study(study, workers=1, out=place / "deep" / "kept")
    again = murmur.study(place / "deep" / "kept" / "study.yaml", workers=1)
    assert again.table["digest"] == first.table["digest"]
    said = "# Paths of graph files and of traces that this file itself sets count from the folder in which"
    assert said not in (place / "deep" / "kept" / "study.yaml").read_text()
    _, texts = files_of(design_of(study, overrides=["topology.path=graphs/triangle.csv"]), place / "flagged")
    assert said in texts[place / "flagged" / "study.yaml"]


def test_the_first_line_is_the_command_with_its_plugins(place: Path) -> None:
    """The file begins with the command that makes the study again, which names the modules that it needs."""
    kind = {"kind": f"{PLUGIN}:Troubled", "fate": "well"}
    own = {**STUDY, "set": {"protocol": kind, "workload": None, "checks": []}, "sweep": {}, "seeds": 1}
    murmur.study(own, workers=1, out=place / "kept", plugins=[PLUGIN])
    first = (place / "kept" / "study.yaml").read_text().splitlines()[0]
    assert first.endswith(f": murmur study study.yaml --out again --plugin {PLUGIN}")
    report = murmur.report(place / "kept", format="markdown", plots=["none"], plugins=[PLUGIN]).read_text()
    assert f"murmur study study.yaml --out again --plugin {PLUGIN}" in report


def test_scenarios_of_one_name_are_kept_apart(place: Path) -> None:
    """Files of one name in several folders have files of their own, whichever other names there are."""
    (place / "base-2.yaml").write_text(BASE)
    (place / "BASE.yaml").write_text(BASE)
    named = ["./base.yaml", "./base-2.yaml", "below/base.yaml", "./BASE.yaml"]
    cases = {str(number): {"scenario": file} for number, file in enumerate(named)}
    _, texts = files_of(design_of({"name": "several", "cases": cases, "seeds": 1}), place / "kept")
    kept = [path.name for path in texts]
    assert kept == ["base.yaml", "base-2.yaml", "base-3.yaml", "BASE-4.yaml", "study.yaml"]
    assert "kind: star" in texts[place / "kept" / "scenarios" / "base-3.yaml"]
