"""Study files: which cells they make, and what their mistakes look like."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from scenarios.json_schema import json_schema
from scenarios.study.cells import cells_of
from scenarios.study.design import design_of
from scenarios.study.library import names, read
from scenarios.study.schema import StudyFile, study_file_of
from scenarios.yaml_loader import load_text
from topologies.errors import InputError

STUDY = """\
name: compared
scenario: gossip-mesh
set: {topology.nodes: 8}
cases:
  push: {}
  slow: {scenario: ./slow.yaml, set: {protocol.exchange: push-pull}}
sweep:
  faults: {none: [], crash: [{kind: crash, target: 1, at: 1s}]}
  network.loss: [0, 0.1, 20%]
labels: {case: system, faults: fault, network.loss: loss}
seeds: 3
metrics: [converged_at, messages_by_kind.Rumour]
"""
SLOW = """\
name: slow
duration: 20s
topology: {kind: ring, nodes: 5}
protocol: {kind: gossip, period: 2s}
workload: {kind: rumour}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a study and a scenario that it names."""
    (tmp_path / "compared.yaml").write_text(STUDY)
    (tmp_path / "slow.yaml").write_text(SLOW)
    return tmp_path


def mistake(text: str) -> str:
    """The message for a study file that is wrong."""
    document = load_text(text, "study.yaml")
    with pytest.raises(InputError) as caught:
        cells_of(study_file_of(document), document)
    return str(caught.value)


def test_cells_are_cases_crossed_with_what_is_swept(place: Path) -> None:
    """Every combination is a cell, the last factor changes fastest, and labels are the file's words."""
    design = design_of(place / "compared.yaml")
    assert design.file.factors == ("system", "fault", "loss")
    labels = [tuple(cell.labels.values()) for cell in design.cells]
    expected = [
        (case, fault, loss) for case in ("push", "slow") for fault in ("none", "crash") for loss in ("0", "0.1", "20%")
    ]
    assert labels == expected
    assert design.runs == 36


def test_a_cell_is_its_scenario_with_all_fields_set(place: Path) -> None:
    """A case may name another scenario beside the study; `set`, the case and the sweep change it in turn."""
    cells = design_of(place / "compared.yaml").cells
    first, last = cells[0].scenario, cells[-1].scenario
    assert (first.name, first.topology.kind, first.topology.nodes) == ("gossip-mesh", "mesh", 8)  # type: ignore[attr-defined]
    assert (last.name, last.topology.kind, last.topology.nodes) == ("slow", "ring", 8)  # type: ignore[attr-defined]
    plain = last.canonical()
    assert plain["protocol"]["exchange"] == "push-pull"
    assert plain["protocol"]["period"] == "2s"
    assert [fault["kind"] for fault in plain["faults"]] == ["crash"]
    assert plain["network"]["loss"]["probability"] == 0.2
    assert first.canonical()["faults"] == []


def test_flags_change_every_cell_but_not_what_is_compared(place: Path) -> None:
    """An override reaches all cells, over the study's own `set`; one for what is swept is refused by name."""
    cells = design_of(place / "compared.yaml", overrides=["topology.nodes=6"]).cells
    assert {cell.scenario.topology.nodes for cell in cells} == {6}  # type: ignore[attr-defined]
    for flag in ("network.loss=1%", "network={}", "faults[0].at=2s", "protocol.exchange=push"):
        with pytest.raises(InputError, match="is what the study compares"):
            design_of(place / "compared.yaml", overrides=[flag])


def test_common_chance_gives_every_cell_the_same_seeds(place: Path) -> None:
    """The n-th run of each cell has one seed, which does not depend on how many there are; numbers differ."""
    design = design_of(place / "compared.yaml")
    seeds = {cell: [task.seed for task in design.tasks()][3 * cell : 3 * cell + 3] for cell in range(12)}
    assert len({tuple(each) for each in seeds.values()}) == 1
    more = design_of(place / "compared.yaml", seeds=5)
    assert [task.seed for task in more.tasks()][:3] == seeds[0]
    numbers = [task.number for task in more.tasks()]
    assert len(set(numbers)) == 60
    assert {task.number for task in design.tasks()} < set(numbers)
    assert numbers == sorted(numbers)


def test_independent_chance_gives_every_cell_seeds_of_its_own(place: Path) -> None:
    """All seeds differ, and those of a cell do not depend on which other cells there are."""
    (place / "own.yaml").write_text(STUDY + "chance: independent\n")
    (place / "fewer.yaml").write_text((STUDY + "chance: independent\n").replace("[0, 0.1, 20%]", "[20%]"))
    own = design_of(place / "own.yaml")
    assert len({task.seed for task in own.tasks()}) == 36
    fewer = design_of(place / "fewer.yaml")
    labels = {tuple(cell.labels.values()): cell.number for cell in own.cells}
    for cell in fewer.cells:
        mine = [task.seed for task in fewer.tasks()][3 * cell.number : 3 * cell.number + 3]
        there = 3 * labels[tuple(cell.labels.values())]
        assert mine == [task.seed for task in own.tasks()][there : there + 3]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seeds: 3", "seeds: 0", "study.yaml:11: seeds: found 0; expected an integer of at least 1"),
        ("seeds: 3", "seed: 3\nreplicates: 3", "study.yaml:12: replicates: unknown field 'replicates'"),
        ("converged_at,", "convergd_at,", "study.yaml:12: metrics[0]: unknown metric 'convergd_at'; did you mean conv"),
        ("faults: fault,", "fault: fault,", "found 'fault', which is not swept; did you mean 'faults'?"),
        (
            "faults: fault,",
            "faults: seed,",
            "study.yaml:10: labels.faults: found 'seed', which is the name of a column",
        ),
        ("faults: fault,", "faults: converged_at,", "found 'converged_at', which is the name of a metric"),
        ("faults: fault,", "faults: Cell,", "found 'Cell', which is the name of a column"),
        ("[0, 0.1, 20%]", "[0, 0]", "found 0 a second time"),
        (
            "[0, 0.1, 20%]",
            "5",
            "study.yaml:9: sweep['network.loss']: found 5; expected a list such as [5] or a block of fields",
        ),
        (
            "push: {}",
            "push: {set: {faults: []}}",
            "study.yaml:5: cases.push.set.faults: found faults, but faults is swept",
        ),
        ("push: {}", "push: {sett: {}}", "study.yaml:5: cases.push.sett: unknown field 'sett'; did you mean 'set'?"),
        ("push: {}", "push: {scenario: gossip-mash}", "study.yaml:5: cases.push.scenario: found no built-in scenario"),
        ("scenario: gossip-mesh", "description: none", "cases.push.scenario: missing field 'scenario'"),
        ("  network.loss:", "  seed: [1, 2]\n  network.loss:", "found seed; the study itself gives each run its seed"),
        ("20%]", "200%]", "(in the cell system=push, fault=none, loss=200%)"),
        ("20%]", "200%]", "study.yaml:9: sweep['network.loss'][2]: network.loss: found"),
        ("topology.nodes: 8", "topology..nodes: 8", "found 'topology..nodes'; expected the dotted path of a field"),
        ("  network.loss:", "  faults[0].at: [1s]\n  network.loss:", "of which one is in the other"),
    ],
)
def test_mistakes_are_named_with_their_place(old: str, new: str, message: str) -> None:
    """Each mistake has the file, the line, the path, what was found and the remedy."""
    text = STUDY.replace("  slow: {scenario: ./slow.yaml, set: {protocol.exchange: push-pull}}\n", "  b: {}\n")
    assert old in text
    assert message in mistake(text.replace(old, new))


def test_all_mistakes_come_at_once() -> None:
    """A file with three mistakes gives three lines in the order of the file."""
    found = mistake("name: a b\nscenario: gossip-mesh\nseeds: many\nchance: bad\n")
    assert [line.split(":")[1] for line in found.splitlines()] == ["1", "3", "4"]


def test_too_many_cells_or_runs_are_refused() -> None:
    """A slip of a bracket does not begin a billion runs."""
    many = ", ".join(map(str, range(2, 202)))
    text = f"name: many\nscenario: gossip-mesh\nsweep:\n  topology.nodes: [{many}]\n  limits.events: [{many}]\n"
    assert "found 40,000 cells; expected at most 10,000" in mistake(text)
    with pytest.raises(InputError, match="found 13,107,200 runs; expected at most 10,000,000"):
        design_of(
            study_file_of(load_text(text.replace(f"  limits.events: [{many}]\n", ""), "study.yaml")), seeds=65_536
        )


@pytest.mark.parametrize("name", names())
def test_built_in_studies_can_run(name: str) -> None:
    """Each is right, is called what its file is called, says what it asks, and fits its own JSON Schema."""
    design = design_of(name)
    assert design.file.name == name
    assert design.file.description
    assert design.file.metrics
    jsonschema.validate(read(name).data, json_schema(StudyFile))
    design.refuse_what_cannot_run()


def test_a_study_without_cases_or_sweep_is_one_cell() -> None:
    """Replicates of one scenario are a study too."""
    design = design_of({"name": "one", "scenario": "gossip-mesh", "seeds": 4})
    assert [cell.labels for cell in design.cells] == [{}]
    assert design.runs == 4
