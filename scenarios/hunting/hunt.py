"""Runs many seeds of a scenario, and says what they violate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from scenarios.hunting.extremes import Extreme
from scenarios.hunting.finding import ERROR, Finding
from scenarios.hunting.result import Hunt
from scenarios.run import given_scenario, run
from scenarios.schema import Scenario
from scenarios.seed import parse_seed
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.execution.results import Results
    from scenarios.execution.row import Row
    from scenarios.execution.task import Task

KEPT: Final = "kept"
"""Folder of the runs that are kept, in that of the hunt."""
RUNS: Final = "runs.parquet"
SUMMARY: Final = "summary.json"
MOST_RUNS: Final = 100_000_000

OnRows = Callable[["Sequence[Row]"], None]
"""Is handed rows of runs as they come in; those of an earlier hunt that goes on, first."""


def hunt(
    scenario: Scenario | Mapping[str, Any] | str | Path,
    runs: int = 1000,
    *,
    seed: int | str | None = None,
    overrides: Iterable[str] = (),
    plugins: Collection[str] = (),
    workers: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    keep: int = 3,
    on_rows: OnRows | None = None,
) -> Hunt:
    """Run a scenario under many seeds on worker processes, and return what they violate, and how often.

    Run n has the seed that the root seed gives to the name `run/n`: `seed`, or that of the scenario. A scenario with
    `faults: {kind: random}` has another plan under each. Parameters: `runs`, their number; `workers`, how many
    processes (None: one for each processor); `out`, the folder of the hunt (None: in memory); `resume` a hunt that
    was interrupted, or give it more runs; `keep`, how many runs of each sort are kept as run folders; `scenario`,
    `overrides` and `plugins` as for `run`. Raises InputError where the input is wrong.
    """
    from scenarios.execution.execute import available_workers, execute
    from scenarios.execution.task import Setting

    scenario = given_scenario(scenario, overrides, plugins)
    root = scenario.seed if seed is None else parse_seed(seed)
    scenario = scenario.model_copy(update={"seed": root})
    workers = available_workers() if workers is None else workers
    _refuse_counts(runs=(runs, MOST_RUNS), workers=(workers, 1024), keep=(keep, MOST_RUNS))
    refuse_what_cannot_run(scenario)
    began = perf_counter()
    with _results(out, scenario, plugins, resume) as results:
        tasks = tasks_of(scenario, runs)
        before = len(results.done)
        if on_rows is not None:
            on_rows(results.rows(runs))
        execute(tasks, results, Setting(tuple(plugins), scenario.graph_folder), workers, on_rows)
        rows = results.rows(runs)
        done = len(results.done) - before
    hunted = Hunt(scenario, rows, keep, timing={"seconds": perf_counter() - began, "runs": done})
    return hunted if out is None else keep_what_is_worth_a_look(hunted, Path(out))


def tasks_of(scenario: Scenario, runs: int) -> list[Task]:
    """Return the runs of a hunt; no records are kept of them, which changes nothing else."""
    from scenarios.execution.task import Task, seed_of_run

    data = bare(scenario).canonical()
    return [Task(number, seed_of_run(scenario.seed, number), data) for number in range(runs)]


def bare(scenario: Scenario) -> Scenario:
    """Return a scenario without what only looks on: records and samples."""
    return scenario.model_copy(update={"detail": "summary", "samples": None})


def refuse_what_cannot_run(scenario: Scenario) -> None:
    """Build the run of the root seed and drop it, so that a mistake shows once and at once; raises InputError."""
    from scenarios.build import build
    from scenarios.watch import Watch

    if scenario.protocol.kind.startswith("__main__:"):
        message = "found a protocol of the program itself, which worker processes cannot see; put it into a module"
        raise InputError(message, ("protocol", "kind"))
    Watch.attach(build(scenario), scenario)


def keep_what_is_worth_a_look(hunted: Hunt, out: Path) -> Hunt:
    """Put the table, the summary and the runs worth a look into the folder of a hunt.

    Raises InputError where a run that is kept is another than the one that was hunted.
    """
    from dataclasses import replace

    from analysis.canonical import readable_json
    from scenarios.execution.parts import table_of, write_table

    folders = {number: out / KEPT / name for number, name in _worth_a_look(hunted)}
    hunted = replace(hunted, folder=out, kept=folders)
    write_table(table_of(hunted.rows), out / RUNS)
    temporary = out / f".{SUMMARY}"
    temporary.write_text(readable_json(hunted.summary), encoding="utf-8")
    temporary.replace(out / SUMMARY)
    rows = {row["number"]: row for row in hunted.rows if row["number"] in folders}
    for number, folder in folders.items():
        _keep_run(hunted.scenario, rows[number], folder)
    return hunted


def _worth_a_look(hunted: Hunt) -> Iterator[tuple[int, str]]:
    """Yield number and name of each run to keep, once; what ended in an error leaves no run."""
    seen: set[int] = set()
    sorts: list[Finding | Extreme] = [*hunted.findings, *hunted.extremes]
    for found in sorts:
        name = found.check if isinstance(found, Finding) else found.name.replace(" ", "-")
        for number in found.numbers[: hunted.keep] if name != ERROR else ():
            if number not in seen:
                seen.add(number)
                yield number, f"{name}-{number}"


def _keep_run(scenario: Scenario, row: Row, folder: Path) -> None:
    """Run the seed of a row again into a folder, unless it is there."""
    from analysis.run_folder import open_run
    from analysis.run_writer import MANIFEST

    if not (folder / MANIFEST).exists():
        run(scenario, folder, seed=int(row["seed"] or 0))
    if open_run(folder).manifest.digest != row["digest"]:
        raise InputError(
            f"{folder}: seed {row['seed']} gave another digest than in the hunt; this protocol is not deterministic: "
            "look for chance that is not from node.random, clocks, and the order of sets"
        )


@contextmanager
def _results(out: str | Path | None, scenario: Scenario, plugins: Collection[str], resume: bool) -> Iterator[Results]:
    from scenarios.execution.results import Results

    about = {"hunt": {"scenario": bare(scenario).canonical(), "plugins": list(plugins)}}
    if out is not None:
        yield Results(Path(out), about, resume=resume)
        return
    if resume:
        raise InputError("found resume without a folder; say with out which hunt is to go on")
    with TemporaryDirectory(prefix="murmur-") as place:
        yield Results(Path(place) / "hunt", about)


def _refuse_counts(**counts: tuple[int, int]) -> None:
    for name, (found, largest) in counts.items():
        if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= largest:
            raise InputError(f"{name}: found {found!r}; expected an integer from 1 to {largest:,}")
