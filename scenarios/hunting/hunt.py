"""Runs many seeds of a scenario, and says what they violate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from faults.random_plan import RandomPlan
from scenarios.execution.execute import execute
from scenarios.execution.parts import rows_in
from scenarios.execution.results import Results
from scenarios.execution.row import ABOUT_THE_RUN, number_of
from scenarios.execution.sole_use import sole_use
from scenarios.execution.task import Task, seed_of_run
from scenarios.execution.workers import Workers
from scenarios.hunting.guide import GENERATION, Guide
from scenarios.hunting.keep import keep_what_is_worth_a_look
from scenarios.hunting.result import Hunt
from scenarios.plan import resolve
from scenarios.run import given_scenario
from scenarios.schema import Scenario
from scenarios.seed import parse_seed
from topologies.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from scenarios.execution.dask_workers import DaskWorkers
    from scenarios.execution.row import Row
    from scenarios.execution.task import Setting

MOST_RUNS: Final = 10_000_000

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
    cluster: Any = None,
    out: str | Path | None = None,
    resume: bool = False,
    keep: int = 3,
    guided: bool = False,
    on_rows: OnRows | None = None,
) -> Hunt:
    """Run a scenario under many seeds on worker processes, and return what they violate, and how often.

    Run n has the seed that the root seed gives to the name `run/n`: `seed`, or that of the scenario. A scenario with
    `faults: {kind: random}` has another plan under each. Parameters: `runs`, their number; `workers`, how many
    processes (None: one for each processor), or `cluster`, a Dask client, cluster, or address of a scheduler; `out`,
    the folder of the hunt (None: in memory); `resume` a hunt that was interrupted, or give it more runs, never fewer;
    `keep`, how many runs of each sort are kept as run folders; `guided`, whether plans that came closest to a violation
    are changed and run again, for random plans only; `on_rows` is handed rows as they come in; `scenario`, `overrides`
    and `plugins` as for `run`. Raises InputError where the input is wrong.
    """
    from scenarios.execution.execute import available_workers
    from scenarios.execution.task import Setting

    scenario = with_files_read(given_scenario(scenario, overrides, plugins))
    root = scenario.seed if seed is None else parse_seed(seed)
    scenario = scenario.model_copy(update={"seed": root})
    if cluster is not None and workers is not None:
        raise InputError("found workers beside a cluster, which has its own; leave one of them out")
    workers = available_workers() if workers is None else workers
    _refuse_counts(runs=(runs, MOST_RUNS), workers=(workers, 1024), keep=(keep, MOST_RUNS))
    refuse_what_cannot_run(scenario)
    guide = Guide(scenario, bare(scenario).canonical(), keep) if guided else None
    setting = Setting(tuple(plugins), scenario.graph_folder)
    began = perf_counter()
    with _results(out, scenario, plugins, guided, resume) as results, _carriers(cluster, workers, setting) as there:
        _refuse_fewer(results, runs)
        before = results.table(runs)
        if on_rows is not None:
            on_rows(list(rows_in(_verdicts(before))))
        if guide is None:
            execute(tasks_of(scenario, runs), results, setting, there, on_rows)
        else:
            _follow(guide, runs, before, results, there, on_rows)
        table = results.table(runs)
    timing = {"seconds": perf_counter() - began, "runs": table.num_rows - before.num_rows}
    plans = guide.changed_scenarios() if guide is not None else {}
    hunted = Hunt(scenario, table, keep, timing=timing, plans=plans)
    return hunted if out is None else keep_what_is_worth_a_look(hunted, Path(out))


def _carriers(cluster: Any, workers: int, setting: Setting) -> Workers | DaskWorkers:
    if cluster is None:
        return Workers(workers, setting)
    from scenarios.execution.dask_workers import DaskWorkers

    return DaskWorkers(cluster, setting)


def _follow(
    guide: Guide,
    runs: int,
    before: pa.Table,
    results: Results,
    workers: Workers | DaskWorkers,
    on_rows: OnRows | None,
) -> None:
    """Run what a guide asks for, generation by generation; `before` are rows of an earlier hunt that goes on."""
    known: dict[int, Row] = {}

    def take(rows: Sequence[Row]) -> None:
        known.update((number_of(row), row) for row in rows)
        if on_rows is not None:
            on_rows(rows)

    for first in range(0, runs, GENERATION):
        tasks = guide.generation(first, runs)
        known.update((number_of(row), row) for row in rows_in(_between(before, first, first + GENERATION)))
        execute(tasks, results, workers.setting, workers, take, flush=first + GENERATION >= runs)
        guide.learn([known.pop(task.number) for task in tasks])


def _between(table: pa.Table, first: int, beyond: int) -> pa.Table:
    """Return of a table the runs with numbers from one up to another."""
    import pyarrow.compute as pc

    numbers = table["number"]
    return table.filter(pc.and_(pc.greater_equal(numbers, first), pc.less(numbers, beyond)))


def _verdicts(table: pa.Table) -> pa.Table:
    """Return of a table only what tells whether a run violated anything."""
    return table.select([name for name in table.column_names if name in ABOUT_THE_RUN or name.startswith("check.")])


def tasks_of(scenario: Scenario, runs: int) -> list[Task]:
    """Return the runs of a hunt; no records are kept of them, which changes nothing else."""
    data = bare(scenario).canonical()
    return [Task(number, seed_of_run(scenario.seed, number), data) for number in range(runs)]


def with_files_read(scenario: Scenario) -> Scenario:
    """Return a scenario in which the faults of a list say themselves what they read from files; plans stay plans."""
    return scenario if isinstance(scenario.faults, RandomPlan) else resolve(scenario)


def bare(scenario: Scenario) -> Scenario:
    """Return a scenario without what only looks on: records and samples."""
    return scenario.model_copy(update={"detail": "summary", "samples": None})


def refuse_what_cannot_run(scenario: Scenario) -> None:
    """Build the run of the root seed and drop it, so that a mistake shows once and at once; raises InputError."""
    from scenarios.build import build
    from scenarios.plugins import blamed_on
    from scenarios.watch import Watch

    if scenario.protocol.kind.startswith("__main__:"):
        message = "found a protocol of the program itself, which worker processes cannot see; put it into a module"
        raise InputError(message, ("protocol", "kind"))
    with blamed_on(scenario.protocol.kind):
        Watch.attach(build(scenario), scenario)


@contextmanager
def _results(
    out: str | Path | None, scenario: Scenario, plugins: Collection[str], guided: bool, resume: bool
) -> Iterator[Results]:
    about = {"hunt": {"scenario": bare(scenario).canonical(), "plugins": list(plugins), "guided": guided}}
    if out is not None:
        with sole_use(Path(out)):
            yield Results(Path(out), about, resume=resume)
        return
    if resume:
        raise InputError("found resume without a folder; say with out which hunt is to go on")
    with TemporaryDirectory(prefix="murmur-") as place:
        yield Results(Path(place) / "hunt", about)


def _refuse_fewer(results: Results, runs: int) -> None:
    """Raise InputError where a hunt that goes on has more runs already, which would go missing in what it comes to."""
    least = max(results.done, default=-1) + 1
    if least > runs:
        raise InputError(
            f"{results.folder} holds runs up to the {least:,}th already, more than the {runs:,} that are asked for; "
            f"go on with --runs {least} or more, or hunt into another folder"
        )


def _refuse_counts(**counts: tuple[int, int]) -> None:
    for name, (found, largest) in counts.items():
        if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= largest:
            raise InputError(f"{name}: found {found!r}; expected an integer from 1 to {largest:,}")
