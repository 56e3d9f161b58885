"""Whether a scenario is deterministic here: two runs in fresh processes, with other hash seeds, compared.

Each process is `python -m scenarios.determinism FOLDER [PLUGIN...]`, which reads a scenario and the folder of its graph
file as JSON on standard input.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.schema import Scenario

HASH_SEEDS: Final = ("1", "4242")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two runs were the same, and the words for it."""

    same: bool
    text: str


def compare_in_fresh_processes(scenario: Scenario, plugins: Collection[str] = ()) -> Comparison:
    """Run a scenario twice, each time in a process of its own with its own order of sets, and compare the runs.

    Raises InputError where such a process fails.
    """
    from analysis.comparison import compare_runs
    from analysis.run_folder import open_run

    with TemporaryDirectory(prefix="murmur-") as place:
        folders = [Path(place) / f"run-{number}" for number in range(len(HASH_SEEDS))]
        for folder, hash_seed in zip(folders, HASH_SEEDS, strict=True):
            run_in_fresh_process(scenario, folder, hash_seed, plugins)
        first, second = (open_run(folder) for folder in folders)
        if first.manifest.digest == second.manifest.digest:
            return Comparison(True, f"deterministic: digest {first.manifest.digest} in {len(folders)} fresh processes")
        return Comparison(False, f"not deterministic\n{compare_runs(first, second).text}")


def run_in_fresh_process(scenario: Scenario, folder: Path, hash_seed: str, plugins: Collection[str] = ()) -> None:
    """Run a scenario into a folder in a new Python process with this PYTHONHASHSEED."""
    graph_folder = scenario.graph_folder
    process = subprocess.run(
        [sys.executable, "-m", "scenarios.determinism", str(folder), *plugins],
        input=json.dumps({"scenario": scenario.canonical(), "graph_folder": graph_folder and str(graph_folder)}),
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        reason = " ".join(process.stderr.split()[-40:])
        raise InputError(f"a run in a fresh process failed ({reason}); run the scenario by itself to see why")


def _main() -> None:
    from scenarios.document import Document
    from scenarios.run import run
    from scenarios.schema import scenario_of

    folder, *plugins = sys.argv[1:]
    given = json.load(sys.stdin)
    graph_folder = Path(given["graph_folder"]) if given["graph_folder"] else None
    run(scenario_of(Document("scenario", given["scenario"], folder=graph_folder), plugins), folder)


if __name__ == "__main__":
    _main()
