"""Runs what is in a run folder again, from its manifest alone, and compares."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from scenarios.run import Observer, Run, run_loaded
from scenarios.schema import Scenario, scenario_of
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.comparison import Comparison
    from analysis.run_folder import RunFolder


def replay(
    run_folder: Run | str | Path, *, plugins: Collection[str] = (), observers: Iterable[Observer] = ()
) -> Comparison:
    """Run a run again in a fresh simulation, and return how the two compare: `same`, and `text` for people.

    `plugins` and `observers` are as for `run`. Raises InputError where the folder is damaged, edited or unfinished.
    """
    from analysis.comparison import compare_runs
    from analysis.manifest import FROM_A_FILE
    from analysis.run_folder import open_run

    recorded = open_run(folder_of(run_folder))
    scenario = scenario_in(recorded, plugins)
    topology = recorded.topology() if recorded.manifest.topology.kind == FROM_A_FILE else None
    with TemporaryDirectory(prefix="murmur-") as place:
        again = run_loaded(scenario, Path(place) / "replay", observers, topology)
        assert again.folder is not None
        return compare_runs(recorded, open_run(again.folder))


def diff(first: Run | str | Path, second: Run | str | Path) -> Comparison:
    """Compare two runs on disk: `same`, the first difference, and `text` for people.

    Raises InputError where a folder is damaged, edited or unfinished.
    """
    from analysis.comparison import compare_runs
    from analysis.run_folder import open_run

    return compare_runs(open_run(folder_of(first)), open_run(folder_of(second)))


def scenario_in(recorded: RunFolder, plugins: Collection[str] = ()) -> Scenario:
    """Return the scenario of a run on disk, as its manifest holds it."""
    return scenario_of(recorded.manifest.scenario, plugins, name=str(recorded.path / "manifest.json"))


def folder_of(run: Run | str | Path) -> Path:
    """Return where a run is on disk; raises InputError for one that is not."""
    if not isinstance(run, Run):
        return Path(run)
    if run.folder is None:
        raise InputError("found a run that was not kept on disk; run it with out, the name of a folder")
    return run.folder
