"""Puts into the folder of a hunt what people look at: the table, the summary, and the runs worth a look."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analysis.canonical import readable_json
from scenarios.hunting.extremes import Extreme
from scenarios.hunting.finding import Finding
from scenarios.hunting.result import Hunt
from scenarios.plan import resolve
from scenarios.run import run
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.execution.row import Row
    from scenarios.schema import Scenario

KEPT: Final = "kept"
"""Folder of the runs that are kept, in that of the hunt."""
RUNS: Final = "runs.parquet"
SUMMARY: Final = "summary.json"


def keep_what_is_worth_a_look(hunted: Hunt, out: Path) -> Hunt:
    """Write the table, the summary, and the first runs of each finding and extreme; return the hunt that knows where.

    What was kept before the hunt was given more runs, and is no longer among these, is removed.

    Of a run that ended in an error there is nothing but its scenario, with its seed and its plan of faults. Raises
    InputError where a run that is kept is another than the one that was hunted.
    """
    from scenarios.execution.parts import write_table

    places = {number: out / KEPT / name for number, name in _worth_a_look(hunted)}
    errors = {number: error for number in places if (error := hunted.row_of(number)["error"]) is not None}
    folders = {number: place for number, place in places.items() if number not in errors}
    files = {
        number: place.with_name(f"{place.name}.yaml")
        for number, place in places.items()
        if number in hunted.plans or number in errors
    }
    hunted = replace(hunted, folder=out, kept=folders, files=files)
    _clear_away(out, {place.name for place in (*folders.values(), *files.values())})
    write_table(hunted.table, out / RUNS)
    _write(readable_json(hunted.summary), out / SUMMARY)
    for number, file in files.items():
        if number in errors:
            write_scenario(_with_its_plan(hunted.scenario_of(number)), file, f"Ended in an error: {errors[number]}")
        else:
            write_scenario(hunted.scenario_of(number), file)
    for number, folder in folders.items():
        _keep_run(hunted.scenario_of(number), hunted.row_of(number), folder)
    return hunted


def _worth_a_look(hunted: Hunt) -> Iterator[tuple[int, str]]:
    """Yield number and name of each run to keep, once."""
    seen: set[int] = set()
    sorts: list[Finding | Extreme] = [*hunted.findings, *hunted.extremes]
    for found in sorts:
        name = found.check if isinstance(found, Finding) else found.name.replace(" ", "-")
        for number in found.numbers[: hunted.keep]:
            if number not in seen:
                seen.add(number)
                yield number, f"{name}-{number}"


def _clear_away(out: Path, wanted: Collection[str]) -> None:
    """Remove what was kept of a hunt before it was given more runs, and is not wanted any more.

    That is what the summary names, and what was left unfinished of it. What a user put beside it stays.
    """
    from analysis.run_writer import REPLACED, UNFINISHED, delete_run

    try:
        kept = json.loads((out / SUMMARY).read_text(encoding="utf-8"))["kept"].values()
    except FileNotFoundError:
        return
    for name in kept:
        for path in (out / KEPT).glob(f"{glob.escape(name)}*"):
            ending = path.name.removeprefix(name)
            if path.name in wanted or not (ending in ("", ".yaml") or ending.startswith((UNFINISHED, REPLACED))):
                continue
            if path.is_dir():
                delete_run(path)
            else:
                path.unlink()


def _with_its_plan(scenario: Scenario) -> Scenario:
    """Return a scenario with its plan of faults written out; as it is where drawing the plan is what fails."""
    try:
        return resolve(scenario)
    except InputError:
        return scenario


def write_scenario(scenario: Scenario, file: Path, comment: str = "") -> None:
    """Write a scenario as a file, with a comment above it; graph files are then looked for from there."""
    from scenarios.yaml_writer import scenario_text
    from topologies.graph_file import FileConfig

    file.parent.mkdir(exist_ok=True)
    if isinstance(scenario.topology, FileConfig):
        graph = (scenario.graph_folder or Path()) / scenario.topology.path
        topology = scenario.topology.model_copy(update={"path": os.path.relpath(graph, file.parent)})
        scenario = scenario.model_copy(update={"topology": topology})
    _write(scenario_text(scenario, comment), file)


def _write(text: str, file: Path) -> None:
    temporary = file.with_name(f".{file.name}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)


def _keep_run(scenario: Scenario, row: Row, folder: Path) -> None:
    """Run a scenario again into a folder, unless it is there; it has to come to what the row says."""
    from analysis.run_folder import open_run
    from analysis.run_writer import MANIFEST

    if not (folder / MANIFEST).exists():
        run(scenario, folder)
    if open_run(folder).manifest.digest != row["digest"]:
        raise InputError(
            f"{folder}: seed {row['seed']} gave another digest than in the hunt; this protocol is not deterministic: "
            "look for chance that is not from node.random, clocks, and the order of sets"
        )
