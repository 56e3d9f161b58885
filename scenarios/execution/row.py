"""One run as one row of plain scalars: a pure function of the scenario and the seed.

Columns: `number`, `seed`, `digest`, `ended_ns`, `ended_by`, `faults` (how many the plan of the run has), `censored`
(None, or which limit cut the run off), `error` (None, or why there is no result); for each check `check.NAME`, its
verdict, and where it does not hold `reason.NAME` and `evidence.NAME`, the kinds of the records that show it;
`metric.NAME`, or `metric.NAME.KEY` for one that is a mapping, where `metric.NAME` is 0 if the mapping is empty. Metrics
that are none in a run, such as the time of a convergence that did not come, are left out of its row. `series.NAME` is
a time series, where an execution keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Final, cast

from scenarios.execution.curves import curves_of, sampled
from scenarios.execution.task import Curves, Setting, Task
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.run import Run
    from scenarios.schema import Scenario

Row = dict[str, int | float | str | bool | None]
"""What is known of one run, by column."""

ABOUT_THE_RUN: Final = ("number", "seed", "digest", "ended_ns", "ended_by", "faults", "censored", "error")
"""Columns that every row has, in the order in which they are stored."""
CENSORED: Final = {"event limit": "event limit"}
"""What cuts a run off, by what a run says that it ended by, in the words of its row."""
DIED: Final = "its process ended again and again without an answer; it was killed, or had no memory left"
"""Why a run has no result that took its worker with it each time."""
LONGEST_TEXT: Final = 500
"""Characters of a reason or an error that a row keeps."""

_ADDRESS: Final = re.compile(r"\b0x[0-9a-f]{6,}\b")


def rows_of(setting: Setting, tasks: Sequence[Task]) -> list[tuple[Row, float]]:
    """Run tasks in turn; gives for each its row and the seconds of wall time that it took, which are no part of it."""
    done = []
    scenarios = _Scenarios(setting)
    for task in tasks:
        began = perf_counter()
        row = row_of(task, scenarios.of, censors=setting.censors, curves=setting.curves)
        done.append((row, perf_counter() - began))
    return done


def row_of(
    task: Task, scenario_of: Callable[[Task], Scenario], *, censors: bool = False, curves: Curves | None = None
) -> Row:
    """Run a task and return its row; whatever the run raises becomes its `error`."""
    from scenarios.run import placed, run_loaded

    try:
        scenario = scenario_of(task) if curves is None else sampled(scenario_of(task), curves)
        ended = run_loaded(scenario, None, censors=censors)
        kept = {} if curves is None else cast("Row", dict(curves_of(ended, curves)))  # lists, which no row is asked for
        return {"number": task.number, "seed": task.seed, **came_to(ended), **kept}
    except InputError as error:
        return failed(task, str(placed(error)))
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a batch outlives whatever its runs do
        return failed(task, error_text(error))


def error_text(error: BaseException) -> str:
    """Return an error in words: what is wrong with the input, or the kind of error, and what it came about at."""
    if isinstance(error, InputError):
        return str(error)
    return "; ".join((f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())))


def failed(task: Task, reason: str) -> Row:
    """Return the row of a run that came to nothing."""
    told = _ADDRESS.sub("0x...", " ".join(reason.split()))[:LONGEST_TEXT]
    known: Row = {"number": task.number, "seed": task.seed, "error": told}
    return dict.fromkeys(ABOUT_THE_RUN) | known


def number_of(row: Row) -> int:
    """Return the number of the run of a row."""
    number = row["number"]
    assert isinstance(number, int)
    return number


def seed_in(row: Row) -> int:
    """Return the seed of the run of a row."""
    seed = row["seed"]
    assert isinstance(seed, int)
    return seed


class _Scenarios:
    """Reads each scenario of a list of tasks once, however many tasks have it."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._last: tuple[object, Scenario] | None = None

    def of(self, task: Task) -> Scenario:
        """Return the scenario of a task, with the task's seed."""
        from scenarios.document import Document
        from scenarios.schema import scenario_of

        if self._last is None or self._last[0] is not task.scenario:
            document = Document("scenario", dict(task.scenario), folder=self.setting.graph_folder)
            self._last = (task.scenario, scenario_of(document, self.setting.plugins))
        return self._last[1].model_copy(update={"seed": task.seed})


def came_to(run: Run) -> Row:
    """Return what is in the row of a run but its number and seed."""
    row: Row = {"digest": run.digest, "ended_ns": run.ended, "ended_by": run.ended_by}
    row |= {"faults": len(run.faults), "censored": CENSORED.get(run.ended_by), "error": None}
    for verdict in run.verdicts:
        row[f"check.{verdict.check}"] = verdict.verdict
        if verdict.verdict != "holds":
            row[f"reason.{verdict.check}"] = verdict.reason[:LONGEST_TEXT]
            kinds = sorted({str(record["kind"]) for record in verdict.evidence})
            row[f"evidence.{verdict.check}"] = " ".join(kinds)
    return row | dict(_metrics(run))


def _metrics(run: Run) -> Iterator[tuple[str, int | float | str | bool]]:
    for name, value in run.metrics.items():
        if value == {}:
            yield f"metric.{name}", 0
        elif isinstance(value, dict):
            yield from ((f"metric.{name}.{key}", part) for key, part in value.items())
        elif value is not None:
            yield f"metric.{name}", value
