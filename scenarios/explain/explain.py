"""Explains a run: runs it again with each fault left out, all other chance being the same, and compares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analysis.canonical import canonical_json
from scenarios.execution.row import Row, came_to, number_of, rows_of
from scenarios.execution.schedule import Schedule
from scenarios.execution.task import Setting, Task, seed_of_run
from scenarios.execution.workers import Workers
from scenarios.explain.counterfactual import Places, left_out, without
from scenarios.explain.explanation import Explanation, Outcomes, compare, estimates, quantities_of
from scenarios.explain.outcome import Outcome, demand_numbers, outcome_of
from scenarios.plugins import own_modules
from scenarios.run import Run, run_loaded
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.schema import Scenario

MOST_FOR_PAIRS: Final = 6
"""Faults up to which each pair is left out too, unless said otherwise."""
MOST_RUNS: Final = 100_000

Plans = dict[Places, tuple[Places, Mapping[str, Any]]]
"""For the faults that are left out: the first plan that leaves the same, and the scenario as plain data."""
Watch = Callable[[int, Sequence[Row]], None]
"""Is told how many runs there will be, and handed the rows of those that are done, as they come in."""


def explain(
    run: Run | Scenario | Mapping[str, Any] | str | Path,
    *,
    seed: int | str | None = None,
    overrides: Iterable[str] = (),
    plugins: Collection[str] = (),
    pairs: bool | None = None,
    seeds: int | None = None,
    workers: int = 1,
    metrics: Sequence[str] = (),
    watch: Watch = lambda runs, rows: None,
) -> Explanation:
    """Return what each fault of a run cost: the same run without it, beside the run itself.

    Parameters: `run`, a run, its folder, or a scenario, then with `seed` and `overrides` as for `murmur.run`; `pairs`,
    whether each pair of faults is left out too, by default where there are at most six; `seeds`, over how many seeds,
    derived from the run's own, this is repeated, its own alone unless given; `workers`, processes, which change nothing
    of the result; `metrics`, what else is compared, by name; `watch`, told of each run. A plan that the seed draws is
    drawn once, by the run's own seed.

    Random numbers are the same in all runs of a seed but for what the left-out faults did themselves, since each fault,
    node and link draws from streams of its own. Raises InputError where the input is wrong, above all where the run has
    no faults, or, run again, is not the same.
    """
    _refuse(seeds, workers)
    first = _run_again(run, seed, overrides, plugins)
    faults = first.scenario.fault_list
    if not faults:
        raise InputError(f"{first.scenario.name} has no faults to explain; add some to it, or take another run")
    pairs = len(faults) <= MOST_FOR_PAIRS if pairs is None else pairs
    plugins = own_modules(first.scenario.protocol)
    plans = _plans(first.scenario, left_out(len(faults), pairs), plugins)
    chosen = (
        (first.scenario.seed,) if seeds is None else tuple(seed_of_run(first.scenario.seed, n) for n in range(seeds))
    )
    if len(plans) * len(chosen) > MOST_RUNS:
        found = f"{len(plans):,} plans under {len(chosen):,} seeds"
        raise InputError(
            f"found {found}; expected at most {MOST_RUNS:,} runs: leave the pairs out, or take fewer seeds"
        )
    metrics = tuple(dict.fromkeys(metrics))
    demand_numbers(first, metrics)
    outcomes = _outcomes(first, plans, chosen, plugins, workers, metrics, watch)
    alone = [plan for plan, (same, _) in plans.items() if len(plan) == 2 and same == plan]
    explained = _explained(first, chosen, outcomes, alone if pairs else [], len({same for same, _ in plans.values()}))
    return replace(explained, metrics=metrics)


def _refuse(seeds: int | None, workers: int) -> None:
    for found, what in ((seeds, "seeds"), (workers, "workers")):
        if found is not None and found < 1:
            raise InputError(f"found {found} {what}; expected at least 1")


def _run_again(
    source: Run | Scenario | Mapping[str, Any] | str | Path,
    seed: int | str | None,
    overrides: Iterable[str],
    plugins: Collection[str],
) -> Run:
    """Return the run itself, made again in memory; raises InputError where it is not the same as it was."""
    from scenarios.shrink.source import is_run_folder, original

    scenario = original(source, seed, overrides, plugins)
    again = run_loaded(scenario.model_copy(update={"detail": "summary"}), None)
    recorded = None
    if isinstance(source, Run):
        recorded = source.digest
    elif isinstance(source, str | Path) and is_run_folder(source):
        from analysis.run_folder import open_run

        recorded = open_run(Path(source)).manifest.digest
    if recorded is not None and recorded != again.digest:
        raise InputError("the run, run again, is not the same; see murmur replay for the first record that differs")
    return again


def _plans(scenario: Scenario, wanted: Sequence[Places], plugins: tuple[str, ...]) -> Plans:
    """Return what is left of the scenario in each plan, and the first of the plans that leave the same.

    A partition takes its heal with it, so that to leave out both is the same as to leave out the partition.
    """
    plans: Plans = {}
    seen: dict[str, Places] = {}
    for places in wanted:
        data = without(scenario, places, plugins)
        plans[places] = seen.setdefault(canonical_json(data["faults"]), places), data
    return plans


def _outcomes(
    first: Run,
    whole: Plans,
    seeds: Sequence[int],
    plugins: tuple[str, ...],
    workers: int,
    metrics: Sequence[str],
    watch: Watch,
) -> Outcomes:
    """Run each plan under each seed; what is known already, the run itself, is not run again."""
    converges = "converged_at" in first.metrics
    tasks: list[Task] = []
    rows: dict[int, Row] = {}
    plans = [plan for plan, same in whole.items() if plan == same[0]]
    for place, plan in enumerate(plans):
        for number, seed in enumerate(seeds, place * len(seeds)):
            if not plan and seed == first.scenario.seed:
                rows[number] = came_to(first)
            else:
                tasks.append(Task(number, seed, whole[plan][1]))
    watch(len(tasks), ())
    for done in _carried_out(tasks, Setting(plugins), workers):
        rows.update((number_of(row), row) for row in done)
        watch(len(tasks), done)
    found = {
        plan: [_outcome(rows[place * len(seeds) + number], converges, metrics, plan) for number in range(len(seeds))]
        for place, plan in enumerate(plans)
    }
    return {plan: found[same] for plan, (same, _) in whole.items()}


def _outcome(row: Row, converges: bool, metrics: Sequence[str], plan: Places) -> Outcome | None:
    if row["error"] is None:
        return outcome_of(row, converges, metrics)
    if not plan:
        raise InputError(f"a run with all faults, under seed {row['seed']}, ended in an error: {row['error']}")
    return None


def _carried_out(tasks: Sequence[Task], setting: Setting, workers: int) -> Iterator[list[Row]]:
    """Yield the rows of tasks as they are done: here, where one worker is enough, or on processes of their own."""
    if workers == 1 or len(tasks) < 2:
        for task in tasks:
            yield [row for row, _ in rows_of(setting, (task,))]
        return
    with Workers(min(workers, len(tasks)), setting) as processes:
        for done in processes.carry_out(Schedule(iter([(0, list(tasks))]), len(tasks), processes.number)):
            yield [row for row, _ in done]


def _explained(
    first: Run, seeds: tuple[int, ...], outcomes: Outcomes, pairs: Sequence[Places], plans: int
) -> Explanation:
    names = [str(tally["id"]) for tally in first.faults]
    places = range(len(names))
    whole = [outcome for outcome in outcomes[frozenset()] if outcome is not None]
    return Explanation(
        scenario=first.scenario,
        faults=tuple(first.faults),
        seeds=seeds,
        whole=estimates(whole, quantities_of(outcomes)),
        verdicts=Counter(verdict for outcome in whole for verdict in outcome.verdicts.items()),
        single=tuple(compare(outcomes, frozenset((place,)), names) for place in places),
        pairs=tuple(compare(outcomes, pair, names) for pair in pairs),
        unbroken=compare(outcomes, frozenset(places), names),
        runs=plans * len(seeds),
    )
