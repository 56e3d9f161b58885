"""Gathers what reports are told of runs and studies: scenarios as files, faults in words, topologies."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from scenarios.build import build_topology
from scenarios.replay import scenario_in
from scenarios.schema import Scenario, scenario_of
from scenarios.study.kept_file import command, text_of
from scenarios.study.result import MANIFEST, Study
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.report.facts import FaultFacts, RunFacts, ScenarioFacts, StudyFacts
    from analysis.run_folder import RunFolder
    from topologies.topology import Topology

MOST_TOPOLOGIES: Final = 6
"""Topologies of a study of which there are pictures."""
MOST_NODES: Final = 2_000


def facts_of_run(run: RunFolder, plugins: Collection[str]) -> RunFacts:
    """Return what a report is told of a run."""
    from analysis.report.facts import RunFacts

    summary = run.summary
    try:
        topology = run.topology()
    except InputError:
        topology = None
    try:
        scenario = scenario_in(run, plugins)
    except InputError:  # a protocol of the user's own that was not named, or of another version
        return RunFacts(run, summary, _plain_facts(run.manifest.scenario, summary["faults"], topology))
    return RunFacts(run, summary, _scenario_facts(scenario, summary["faults"], topology))


def _scenario_facts(
    scenario: Scenario, tallies: Sequence[dict[str, Any]] = (), topology: Topology | None = None
) -> ScenarioFacts:
    from analysis.report.facts import ScenarioFacts
    from scenarios.yaml_writer import scenario_text

    return ScenarioFacts(scenario.canonical(), scenario_text(scenario), fault_facts(scenario, tallies), topology)


def fault_facts(scenario: Scenario, tallies: Sequence[dict[str, Any]] = ()) -> tuple[FaultFacts, ...]:
    """Return each fault of a scenario in words, with what it came to in a run; of a plan still to be drawn, itself."""
    from analysis.report.facts import FaultFacts
    from scenarios.command_line.fault_lines import came_to
    from scenarios.yaml_writer import one_line, set_fields

    if not isinstance(scenario.faults, tuple):
        return (FaultFacts("random plan", scenario.faults.kind, one_line(set_fields(scenario.faults))),)
    told = [came_to(*pair) for pair in zip(scenario.fault_list, tallies, strict=True)] if tallies else []
    ids = [str(tally["id"]) for tally in tallies] or [fault.name or fault.kind for fault in scenario.fault_list]
    return tuple(
        FaultFacts(name, fault.kind, fault.description, told[place] if told else "")
        for place, (name, fault) in enumerate(zip(ids, scenario.fault_list, strict=True))
    )


def _plain_facts(
    scenario: Mapping[str, Any], tallies: Sequence[dict[str, Any]] = (), topology: Topology | None = None
) -> ScenarioFacts:
    """Return a scenario that cannot be read here, as its manifest holds it."""
    import yaml

    from analysis.report.facts import FaultFacts, ScenarioFacts

    text = yaml.safe_dump(dict(scenario), sort_keys=False, allow_unicode=True, width=110)
    faults = tuple(
        FaultFacts(str(each["id"]), str(each["fault"]), f"struck {each['strikes']} times") for each in tallies
    )
    return ScenarioFacts(scenario, text, faults, topology)


def facts_of_study(study: Study, metrics: Sequence[str], plugins: Collection[str]) -> StudyFacts:
    """Return what a report is told of a study: with the metrics that are named, else with those that it reports.

    A module that the study names is loaded only where it is among `plugins`.
    """
    from analysis.report.facts import StudyFacts
    from analysis.report.study_setup import MOST_IN_FULL

    manifest, file = _manifest_of(study), text_of(study.file)
    if metrics:
        study = _reporting(study, metrics)
    cells = [_cell_facts(plain, plugins, number < MOST_IN_FULL) for number, plain in enumerate(study.scenarios)]
    return StudyFacts(
        view=study.view(),
        cells=_with_pictures(cells, plugins),
        answers=[answer.plain() for answer in study.answers],
        seed=int(study.file.seed),
        seeds=study.file.seeds,
        common=study.file.chance == "common",
        stop=None if study.file.stop is None else study.file.stop.model_dump(mode="json"),
        design=_sampled(study),
        file=file,
        again=command(manifest["plugins"]),
        versions={"murmur": manifest["murmur"], **manifest["versions"]},
    )


def _manifest_of(study: Study) -> dict[str, Any]:
    """Return what the folder of a study says of how it was made; of one that is not on disk, what is so here."""
    from analysis.manifest import deciding_versions, murmur_version

    if study.folder is None:
        return {"murmur": murmur_version(), "versions": deciding_versions(), "plugins": []}
    manifest: dict[str, Any] = json.loads((study.folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def _reporting(study: Study, metrics: Sequence[str]) -> Study:
    """Return a study that reports other metrics; raises InputError for one that no run has."""
    from analysis.study_view import chosen_metric

    for metric in metrics:
        chosen_metric(study.view(), metric)
    return replace(study, file=study.file.model_copy(update={"metrics": tuple(dict.fromkeys(metrics))}))


def _cell_facts(plain: Mapping[str, Any], plugins: Collection[str], in_full: bool) -> ScenarioFacts:
    from analysis.report.facts import ScenarioFacts

    try:
        scenario = scenario_of(plain, plugins)
        return _scenario_facts(scenario) if in_full else ScenarioFacts(plain, "", fault_facts(scenario))
    except InputError:  # a protocol of the user's own whose module is not loaded, or of another version
        return _plain_facts(plain, (), None)


def _with_pictures(cells: Sequence[ScenarioFacts], plugins: Collection[str]) -> list[ScenarioFacts]:
    """Return the cells, a few of them with their topologies: the smallest of each kind."""
    smallest: dict[str, tuple[int, int]] = {}
    for number, cell in enumerate(cells):
        try:
            nodes = scenario_of(cell.plain, plugins).topology.node_count
        except InputError:
            continue
        if nodes is not None and 1 < nodes <= MOST_NODES:
            kind = str(cell.plain["topology"]["kind"])
            smallest[kind] = min(smallest.get(kind, (nodes, number)), (nodes, number))
    shown = sorted(number for _, number in smallest.values())[:MOST_TOPOLOGIES]
    return [
        replace(cell, topology=_topology(cell, plugins)) if number in shown else cell
        for number, cell in enumerate(cells)
    ]


def _topology(cell: ScenarioFacts, plugins: Collection[str]) -> Topology | None:
    try:
        return build_topology(scenario_of(cell.plain, plugins))
    except InputError:
        return None


def _sampled(study: Study) -> dict[str, Any] | None:
    """Return what a sampled design draws, in the words of tables."""
    design = study.file.design
    if design is None:
        return None
    factors = {}
    for path, drawn in design.model_dump(mode="json")["factors"].items():
        words = ", ".join(map(str, drawn)) if isinstance(drawn, list) else f"{drawn['from']} to {drawn['to']}"
        scale = ", log" if isinstance(drawn, dict) and drawn["scale"] == "log" else ""
        name = study.file.labels.get(path, path)
        named = next((factor for factor in study.factors if factor.startswith(f"{name} (")), name)  # with its unit
        factors[named] = words + scale
    return {"kind": design.kind, "points": design.points, "factors": factors}
