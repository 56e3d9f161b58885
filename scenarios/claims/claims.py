"""Measures the claims of a design, and judges each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from scenarios.claims.outcome import outcome_of
from scenarios.claims.plan import USUAL_RUNS, Plan, Planned, plan_of
from scenarios.claims.result import CLAIMS, Claims, Judged, keep, read_claims
from scenarios.execution.task import Setting
from scenarios.execution.workers import Workers
from scenarios.study.study import number_of_workers, run_design
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from scenarios.execution.row import Row

OnRows = Callable[["Sequence[Row]"], None]


def claims(
    table: Mapping[str, Any] | str | Path,
    *,
    runs: int = USUAL_RUNS,
    only: Collection[str] = (),
    seed: int | str | None = None,
    plugins: Collection[str] = (),
    workers: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    on_rows: Callable[[], OnRows] | None = None,
) -> Claims:
    """Run the setups of all claims of a table, and return what each was measured to be, and whether it holds.

    Parameters: `table`, a built-in's name, a file, or plain data; `runs` of each setup, for claims with `times` so many
    times that; `only` these claims, by name; `seed`, the root of all chance, instead of the table's; `plugins`, modules
    whose protocols may run; `workers`, how many processes (None: one for each processor); `out`, the folder (None: in
    memory); `resume` what was interrupted, or give it more runs; `on_rows` is called for each study, and gives what is
    handed its rows. Raises InputError where the input is wrong.
    """
    plan = plan_of(table, runs=runs, only=only, seed=seed, plugins=plugins)
    return run_plan(plan, workers=workers, out=out, resume=resume, on_rows=on_rows)


def run_plan(
    plan: Plan,
    *,
    workers: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    on_rows: Callable[[], OnRows] | None = None,
) -> Claims:
    """Run what `plan_of` gave; parameters as for `claims`."""
    number = number_of_workers(workers)
    for design in plan.designs.values():
        design.refuse_what_cannot_run()
    folder = None if out is None else Path(out)
    _refuse_another(folder, plan, resume)
    began = perf_counter()
    frames: dict[str, pd.DataFrame] = {}
    now = 0.0
    with ExitStack() as ending:
        processes: dict[Setting, Workers] = {}
        for name, design in plan.designs.items():
            if design.setting not in processes:
                processes[design.setting] = ending.enter_context(Workers(number, design.setting))
            watch = None if on_rows is None else on_rows()
            place = None if folder is None else folder / name
            going_on = resume and place is not None
            studied = run_design(design, workers=processes[design.setting], out=place, resume=going_on, on_rows=watch)
            frames[name] = studied.frame()
            now += studied.timing["runs"]
    judged = tuple(_judged(planned, frames) for planned in plan.claims)
    timing = {"seconds": perf_counter() - began, "runs": now}
    measured = Claims(plan.table, plan.usual_runs, judged, plan.runs, folder, timing)
    if folder is not None:
        keep(measured)
    return measured


def _judged(planned: Planned, frames: Mapping[str, pd.DataFrame]) -> Judged:
    claim = planned.claim
    bounds = claim.claimed.bounds(claim.measure.unit)
    outcomes = []
    for setup, shown in planned.setups.items():
        frame = frames[shown.study]
        cells = {role: frame[frame["cell"] == cell] for role, cell in shown.cells.items()}
        outcomes.append(outcome_of(setup, shown.study, claim.measure, bounds, cells))
    return Judged(planned.name, claim, tuple(outcomes))


def _refuse_another(folder: Path | None, plan: Plan, resume: bool) -> None:
    """Raise InputError where a folder holds something else, or is not to be gone on with."""
    if folder is None:
        if resume:
            raise InputError("found resume without a folder; say with out which claims are to be gone on with")
        return
    if (folder / CLAIMS).exists():
        told = read_claims(folder)
        if (told.get("table"), told.get("seed")) != (plan.table.name, plan.table.seed):
            raise InputError(
                f"{folder} holds the claims of {told.get('table')}, seed {told.get('seed')}; give another folder"
            )
    if not resume and folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{folder} holds something already; add --resume to go on with claims, or give another folder")
    folder.mkdir(parents=True, exist_ok=True)
