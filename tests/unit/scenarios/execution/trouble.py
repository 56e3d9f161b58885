"""Tasks of the protocol that meets trouble, for tests of the execution layer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.execution.execute import execute
from scenarios.execution.results import Results
from scenarios.execution.task import Setting, Task, seed_of_run

PLUGIN = "tests.unit.scenarios.execution.troubled_protocol"
SETTING = Setting((PLUGIN,))


def scenario(fate: str = "well", once: str = "") -> dict[str, Any]:
    """Plain data of a scenario with this fate."""
    return {
        "name": "trouble",
        "duration": "1s",
        "topology": {"kind": "mesh", "nodes": 1},
        "protocol": {"kind": f"{PLUGIN}:Troubled", "fate": fate, "once": once},
        "detail": "summary",
    }


def tasks(runs: int, others: Mapping[int, dict[str, Any]] | None = None, first: int = 0) -> list[Task]:
    """So many tasks that go well, but for those of some numbers."""
    well = scenario()
    return [Task(number, seed_of_run(7, number), (others or {}).get(number, well)) for number in range(first, runs)]


def run_all(folder: Path, work: list[Task], workers: int, *, resume: bool = False) -> Results:
    """Execute tasks into a folder."""
    results = Results(folder, {"of": "trouble"}, resume=resume)
    execute(work, results, SETTING, workers)
    return results


def files(folder: Path) -> dict[str, bytes]:
    """All files of the parts of an execution, by name, with their content."""
    return {path.name: path.read_bytes() for path in sorted((folder / "parts").glob("*.parquet"))}
