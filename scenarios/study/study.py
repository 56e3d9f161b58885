"""Runs a study, and keeps what it came to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

from scenarios.execution.execute import available_workers, execute
from scenarios.execution.results import Results, StoredRows
from scenarios.execution.sole_use import sole_use
from scenarios.execution.workers import Workers
from scenarios.study.design import STRIDE, Design, Tasks, design_of
from scenarios.study.keep import keep
from scenarios.study.result import MANIFEST, RESULTS, Study
from scenarios.study.rows import write_rows
from scenarios.study.schema import StudyFile
from scenarios.study.stopping import Look, run_until_narrow
from scenarios.study.stored import Stored
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.execution.dask_workers import DaskWorkers
    from scenarios.execution.row import Row
    from scenarios.execution.task import Setting

MOST_WORKERS = 1024


def study(
    study: StudyFile | Mapping[str, Any] | str | Path,
    *,
    seeds: int | None = None,
    seed: int | str | None = None,
    overrides: Iterable[str] = (),
    plugins: Collection[str] = (),
    workers: int | None = None,
    cluster: Any = None,
    out: str | Path | None = None,
    resume: bool = False,
    on_rows: Callable[[Sequence[Row]], None] | None = None,
    progress: bool = False,
) -> Study:
    """Run all cells of a study under all its seeds on worker processes, and return what they came to.

    A study with a rule for stopping runs each cell until its interval is narrow enough.

    Run n of a cell has the seed that the root seed gives to the name `run/n`; with `chance: independent`, that which a
    root of the cell's own gives. Parameters: `study`, a built-in's name, a file, or plain data; `seeds`, how many for
    each cell, and `seed`, the root, instead of the study's; `overrides`, such as `topology.nodes=64`, for all cells;
    `plugins`, modules whose protocols may run; `workers`, how many processes (None: one for each processor), or
    `cluster`, a Dask client, cluster, or address of a scheduler; `out`, the folder (None: in memory); `resume` a study
    that was interrupted, or give it more seeds; `on_rows` is handed rows as they come in, those that were there first;
    `progress` shows on standard error how far it has come. Raises InputError where the input is wrong.
    """
    from scenarios.command_line.study_progress import StudyProgress

    design = design_of(study, seeds=seeds, seed=seed, overrides=overrides, plugins=plugins)
    with carriers(cluster, workers, design.setting) as there, StudyProgress(design, progress) as shown:
        show = shown.begin()

        def take(rows: Sequence[Row]) -> None:
            show(rows)
            if on_rows is not None:
                on_rows(rows)

        return run_design(design, workers=there, out=out, resume=resume, on_rows=take, on_look=shown.look)


def run_design(
    design: Design,
    *,
    workers: Workers | DaskWorkers | int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    on_rows: Callable[[Sequence[Row]], None] | None = None,
    on_look: Look | None = None,
) -> Study:
    """Run what `design_of` gave; parameters as for `study`, but for `workers` that may be there already.

    `on_look` is told of each look of a rule for stopping.
    """
    if workers is None or isinstance(workers, int):
        workers = number_of_workers(workers)
    design.refuse_what_cannot_run()
    began = perf_counter()
    with _results(out, design, resume) as results:
        if design.file.stop is None:
            _refuse_fewer(results, design.file.seeds)
        before = len(results.done)
        if on_rows is not None:
            on_rows(StoredRows(results))
        runs = _run_all(design, results, workers, on_rows, on_look)
        timing = {"seconds": perf_counter() - began, "runs": len(results.done) - before}
        (results.folder / MANIFEST).unlink(missing_ok=True)
        write_rows(results.parts, design, runs, results.folder / RESULTS)
        stored = Stored(results.folder / RESULTS)
        if out is None:
            stored = Stored(stored.table)
        labels = tuple(cell.labels for cell in design.cells)
        scenarios = tuple(cell.scenario.canonical() for cell in design.cells)
        studied = Study(design.file, labels, stored, None if out is None else Path(out), timing, scenarios)
        return studied if out is None else keep(studied, design)


@contextmanager
def carriers(cluster: Any, workers: int | None, setting: Setting) -> Iterator[DaskWorkers | int]:
    """Give what carries out runs: so many processes, or the workers of a Dask cluster; raises InputError for both."""
    if cluster is None:
        yield number_of_workers(workers)
        return
    if workers is not None:
        raise InputError("found workers beside a cluster, which has its own; leave one of them out")
    from scenarios.execution.dask_workers import DaskWorkers

    with DaskWorkers(cluster, setting) as there:
        yield there


def number_of_workers(asked: int | None) -> int:
    """Return how many processes run, one for each processor unless asked for; raises InputError for a wrong number."""
    if asked is None:
        return available_workers()
    if isinstance(asked, bool) or not isinstance(asked, int) or not 1 <= asked <= MOST_WORKERS:
        raise InputError(f"workers: found {asked!r}; expected an integer from 1 to {MOST_WORKERS:,}")
    return asked


@contextmanager
def _results(out: str | Path | None, design: Design, resume: bool) -> Iterator[Results]:
    if out is not None:
        with sole_use(Path(out)):
            yield Results(Path(out), design.about(), resume=resume)
        return
    if resume:
        raise InputError("found resume without a folder; say with out which study is to go on")
    with TemporaryDirectory(prefix="murmur-") as place:
        yield Results(Path(place) / "study", design.about())


def _refuse_fewer(results: Results, seeds: int) -> None:
    """Raise InputError where a study that goes on has more seeds already, which would go missing in what it is."""
    least = max((_last_replicate(numbers) for numbers in results.done.ranges()), default=-1) + 1
    if least > seeds:
        raise InputError(
            f"{results.folder} holds runs of {least:,} seeds already, more than the {seeds:,} that are asked for; "
            f"go on with --seeds {least} or more, or give another folder"
        )


def _last_replicate(numbers: range) -> int:
    """Return the largest number that a run of these has in its cell."""
    last = numbers[-1]
    return last % STRIDE if numbers[0] // STRIDE == last // STRIDE else STRIDE - 1


def _run_all(
    design: Design,
    results: Results,
    workers: Workers | DaskWorkers | int,
    on_rows: Callable[[Sequence[Row]], None] | None,
    on_look: Look | None,
) -> tuple[int, ...]:
    """Run all cells, each as often as the study says or until its rule is met; return how often that was."""
    if design.file.stop is None:
        execute(design.tasks(), results, design.setting, workers, on_rows)
        return (design.file.seeds,) * len(design.cells)
    with Workers(workers, design.setting) if isinstance(workers, int) else nullcontext(workers) as ready:

        def carry_out(tasks: Tasks) -> None:
            execute(tasks, results, design.setting, ready, on_rows)

        return run_until_narrow(design, results.parts, carry_out, on_look)
