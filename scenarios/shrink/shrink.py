"""Shrinks a run to the smallest scenario that still shows the same, and keeps it as a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scenarios.plan import resolve
from scenarios.plugins import own_modules
from scenarios.run import Run, run_loaded
from scenarios.schema import scenario_of
from scenarios.shrink.faults import fewer_faults, named
from scenarios.shrink.options import all_earlier, fewer_targets, plainer_surroundings, simpler_faults, smaller_workload
from scenarios.shrink.search import OutOfRuns, Search
from scenarios.shrink.shrunk import Shrunk
from scenarios.shrink.size import fewer_nodes, shorter_run
from scenarios.shrink.source import original
from scenarios.shrink.trial import Setting
from scenarios.shrink.wanted import SameError, SameViolation, Threshold, Wanted, threshold
from scenarios.violation import signature_of
from scenarios.yaml_loader import load_text
from scenarios.yaml_writer import scenario_text
from sim.protocol import ProtocolError
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.schema import Scenario
    from scenarios.shrink.plain_data import Data
    from sim.records import Record

FEWEST_RUNS: Final = 3
"""The run itself, one that is smaller, and the last one, which is kept."""
SCENARIO: Final = "shrunk.yaml"
RUN: Final = "run"
"""Names of what is kept, in its folder."""
LONGEST_NAME: Final = 100
REDUCTIONS: Final[tuple[Callable[[Search], None], ...]] = (
    fewer_faults,
    fewer_targets,
    all_earlier,
    simpler_faults,
    fewer_nodes,
    smaller_workload,
    shorter_run,
    plainer_surroundings,
)
"""What is made smaller, in this order, over and over until nothing gets smaller any more."""


def shrink(
    run: Run | Scenario | Mapping[str, Any] | str | Path,
    *,
    seed: int | str | None = None,
    overrides: Iterable[str] = (),
    plugins: Collection[str] = (),
    check: str | None = None,
    when: str | None = None,
    runs: int = 200,
    workers: int = 1,
    out: str | Path | None = None,
    watch: Callable[[Search], None] = lambda search: None,
) -> Shrunk:
    """Return the smallest scenario, found by at most so many runs, that violates a check in the same way as a run does.

    Parameters: `run`, a run, its folder, or a scenario, then with `seed` and `overrides` as for `murmur.run`; `check`,
    which violated check is meant, the first unless given; `when`, a condition such as `converged_at > 5s` that is to be
    kept instead; `workers`, processes that run ahead, which change nothing of the result; `out`, the folder for
    `shrunk.yaml` and its run (None: not kept); `watch`, called after each run. Where the protocol raises an error, and
    neither a check nor a condition is named, it is that error that is kept. Raises InputError where the input is wrong,
    above all where the run shows nothing of the kind.

    Faults are left out by delta debugging (Zeller and Hildebrandt, IEEE TSE 28(2), 2002).
    """
    _refuse(runs, workers, check, when, out)
    condition = None if when is None else threshold(when)
    scenario = original(run, seed, overrides, plugins)
    wanted, first, tally = _shown(scenario, check, condition)
    given = first.model_copy(update={"detail": scenario.detail})
    if isinstance(wanted, SameError) and out is not None and (Path(out) / RUN).exists():
        raise InputError(f"{out} holds the run of another shrunk scenario; give another folder: this one has no run")
    setting = Setting(wanted, own_modules(given.protocol))
    with Search(setting, _with_its_check(first.canonical(), wanted), runs - 1, workers, watch) as search:
        search.ran, search.tally = 1, tally
        given, complete = _reduce(search, given)
    return _kept(search, given, complete, None if out is None else Path(out))


def _shown(
    scenario: Scenario, check: str | None, condition: Threshold | None
) -> tuple[Wanted, Scenario, tuple[dict[str, Any], ...]]:
    """Run a scenario; return what it shows of what is meant, the scenario as it ran, and the tally of its faults."""
    bare = scenario.model_copy(update={"detail": "summary"})
    try:
        first = run_loaded(scenario if condition else bare, None)
    except ProtocolError as error:
        if check is not None or condition is not None:
            raise
        return SameError.of(error), resolve(bare), ()
    wanted: Wanted = _same_violation(first, check) if condition is None else _seen(first, condition)
    return wanted, first.scenario, tuple(first.faults)


def _refuse(runs: int, workers: int, check: str | None, when: str | None, out: str | Path | None) -> None:
    """Raise InputError for parameters that are wrong by themselves."""
    if runs < FEWEST_RUNS:
        raise InputError(f"found {runs} runs; expected at least {FEWEST_RUNS}: the run itself, a smaller one, the last")
    if workers < 1:
        raise InputError(f"found {workers} workers; expected at least 1")
    if check is not None and when is not None:
        raise InputError("found a check and a condition; expected one of them: what is to be kept")
    if out is not None and Path(out).is_file():
        raise InputError(f"{out} is a file; give the name of a folder for the shrunk scenario and its run")


def _same_violation(first: Run, check: str | None) -> SameViolation:
    """Return what is violated in a run; raises InputError where nothing is, or not the check that is meant."""
    from scenarios.names import unknown_name

    verdicts = {verdict.check: verdict for verdict in first.verdicts}
    if check is not None and check not in verdicts:
        raise InputError(f"--check: {unknown_name(check, verdicts)}" if verdicts else _no_checks(first))
    meant = [verdict for name, verdict in verdicts.items() if check in (None, name)]
    violated = [verdict for verdict in meant if verdict.verdict == "violated"]
    if violated:
        return SameViolation(signature_of(violated[0]))
    if not meant:
        raise InputError(_no_checks(first))
    found = ", ".join(f"{verdict.check} {_is(verdict.verdict)}" for verdict in meant)
    name, seed = first.scenario.name, first.scenario.seed
    raise InputError(
        f"found no violated check in {name} with seed {seed}: {found}; look for a seed by murmur hunt, or name a "
        "condition that is to be kept, such as --when 'converged_at > 5s'"
    )


def _is(verdict: str) -> str:
    return verdict if verdict == "holds" else f"is {verdict}"


def _no_checks(first: Run) -> str:
    return (
        f"{first.scenario.name} has no checks; add some to it (murmur list checks), or name a condition that is to be "
        "kept, such as --when 'converged_at > 5s'"
    )


def _seen(first: Run, condition: Threshold) -> Threshold:
    """Return a condition that a run fulfils; raises InputError where it does not."""
    condition.judge(first)
    if not condition.shown_by(first):
        name, seed = first.scenario.name, first.scenario.seed
        raise InputError(
            f"--when: {condition} is not so in {name} with seed {seed}, where {condition.found(first)}; "
            "take another seed or another value"
        )
    return condition


def _with_its_check(data: Data, wanted: Wanted) -> Data:
    """Return a scenario with no check but the one that matters."""
    return data if wanted.check is None else {**data, "checks": [wanted.check]}


def _reduce(search: Search, given: Scenario) -> tuple[Scenario, bool]:
    """Make the scenario as small as can be; gives the one to compare with, and whether no run was lacking."""
    try:
        with_names = {**search.best, "faults": named(search.best["faults"])}
        if with_names != search.best and search.accepts(with_names):
            given = given.model_copy(update={"faults": search.setting.scenario(with_names).faults})
        before = None
        while search.best != before:
            before = search.best
            for reduce in REDUCTIONS:
                reduce(search)
    except OutOfRuns:
        return given, False
    return given, True


def _kept(search: Search, given: Scenario, complete: bool, out: Path | None) -> Shrunk:
    """Run what is left once more, from the text of its file, and put both on disk where they are wanted there."""
    name = f"{given.name[: LONGEST_NAME - 7]}-shrunk"
    told = f"Shrunk from {given.name} with seed {given.seed}: {search.setting.wanted.words}."
    detail = "states" if given.detail == "summary" else given.detail
    data = {**search.best, "name": name, "description": told, "detail": detail}
    text = scenario_text(search.setting.scenario(data))
    scenario = scenario_of(load_text(text, SCENARIO), search.setting.plugins)
    last, error = _run_again(scenario, search.setting.wanted, out)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / SCENARIO).write_text(text, encoding="utf-8")
    return Shrunk(
        wanted=str(search.setting.wanted),
        before=given,
        scenario=scenario,
        run=last,
        error=error,
        runs=search.ran + 1,
        complete=complete,
        records=() if last is None else _of_faults(last),
        file=None if out is None else out / SCENARIO,
    )


def _run_again(scenario: Scenario, wanted: Wanted, out: Path | None) -> tuple[Run | None, str | None]:
    """Return the run of what is left, or the error that it ended in; raises InputError where it shows another thing."""
    try:
        last = run_loaded(scenario, None if out is None else out / RUN)
    except ProtocolError as error:
        if SameError.of(error) == wanted:
            return None, error.message
        found = error.message
    else:
        if wanted.shown_by(last):
            return last, None
        found = wanted.found(last)
    raise InputError(
        f"the shrunk scenario, run again, no longer shows {wanted} "
        f"({found}): its protocol is not deterministic; see murmur check --determinism"
    )


def _of_faults(run: Run) -> tuple[Record, ...]:
    """Return what the faults of a run did, without the totals."""
    if run.folder is None:
        records = iter(run.records)
    else:
        from analysis.run_folder import open_run

        records = open_run(run.folder).records(["fault"])
    return tuple(record for record in records if record.kind == "fault" and record.fields["phase"] != "total")
