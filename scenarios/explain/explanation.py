"""What an explanation comes to: for each fault, and each pair, what is different without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isinf, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.explain.outcome import QUANTITIES, Estimate, Outcome, difference, estimate
from sim.units import format_duration

if TYPE_CHECKING:
    from scenarios.explain.counterfactual import Places
    from scenarios.schema import Scenario


@dataclass(frozen=True)
class WithoutFaults:
    """The runs without some faults, beside those with all of them.

    `faults`: the ids of those left out. `found`: each quantity in the runs without them; `cost`: how much more it is
    with them, paired by seed; `beyond`: of a pair, how much of that is more than the sum of what each costs by itself.
    `changed`: how often a check has another verdict, by check, verdict with them, verdict without. `failed`: runs that
    ended in an error.
    """

    faults: tuple[str, ...]
    found: Mapping[str, Estimate]
    cost: Mapping[str, Estimate]
    beyond: Mapping[str, Estimate] = field(default_factory=dict)
    changed: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    failed: int = 0

    @property
    def plain(self) -> dict[str, Any]:
        """The same as plain data."""
        changed = [
            {"check": check, "with": before, "without": after, "runs": runs}
            for (check, before, after), runs in self.changed.items()
        ]
        told: dict[str, Any] = {"left_out": list(self.faults), "failed": self.failed, "verdicts_changed": changed}
        for name in ("found", "cost", "beyond"):
            values: Mapping[str, Estimate] = getattr(self, name)
            if values:
                told[name] = {quantity: value.plain for quantity, value in values.items()}
        return told


@dataclass(frozen=True)
class Explanation:
    """What each fault of a run cost: the counterfactual, same chance otherwise.

    `faults`: the tally of each fault in the run itself, in the order of the plan; `seeds`: those of the runs that are
    compared, of which the first is the run's own where there is one only. `whole`: the runs with all faults; `single`,
    one for each fault; `pairs`, one for each pair, empty where none were asked for; `unbroken`: without any fault.
    `verdicts`: how often each check had each verdict with all faults. `runs`: how many were made. `metrics`: what
    else is compared, by name.
    """

    scenario: Scenario
    faults: tuple[dict[str, Any], ...]
    seeds: tuple[int, ...]
    whole: Mapping[str, Estimate]
    verdicts: Mapping[tuple[str, str], int]
    single: tuple[WithoutFaults, ...]
    pairs: tuple[WithoutFaults, ...]
    unbroken: WithoutFaults
    runs: int
    metrics: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """What it came to in a line, for people; `summary` has all of it."""
        seeds = f"{len(self.seeds)} seed{'' if len(self.seeds) == 1 else 's'}"
        size = f"seed {self.scenario.seed}, {self.runs:,} runs under {seeds}"
        costs = [(each.faults[0], _in_words(each.cost["converged_at"].median)) for each in self.single]
        told = ", ".join(f"{fault} {cost}" for fault, cost in costs if cost)
        verdicts = [f"{check} {verdict} in {runs:,}" for (check, verdict), runs in self.verdicts.items()]
        cost = f"time to converge by fault: {told}" if told else f"{len(self.faults)} faults"
        return f"<Explanation {self.scenario.name}: {'; '.join([size, cost, *verdicts])}>"

    @property
    def summary(self) -> dict[str, Any]:
        """All of it as plain data; times in nanoseconds, None where a run did not converge or nothing is known."""
        return {
            "scenario": self.scenario.name,
            "seed": self.scenario.seed,
            "seeds": list(self.seeds),
            "runs": self.runs,
            "faults": list(self.faults),
            "whole": {quantity: value.plain for quantity, value in self.whole.items()},
            "verdicts": [
                {"check": check, "verdict": verdict, "runs": runs} for (check, verdict), runs in self.verdicts.items()
            ],
            "without_one": [each.plain for each in self.single],
            "without_pair": [each.plain for each in self.pairs],
            "without_all": self.unbroken.plain,
        }

    def plot(self, out: str | Path) -> Path:
        """Draw what each fault cost, as bars, into a `.png` or `.svg` file; return its path."""
        from analysis.plots.fault_costs import draw_costs
        from analysis.plots.save import save
        from scenarios.explain.cost_bars import cost_bars

        return save(draw_costs(cost_bars(self)), out)


def _in_words(cost: float) -> str:
    """Return a cost in nanoseconds with its sign; nothing where it is not known."""
    if isnan(cost):
        return ""
    if isinf(cost):
        return "never with it" if cost > 0 else "never without it"
    return f"{'-' if cost < 0 else '+'}{format_duration(abs(round(cost)))}"


Outcomes = Mapping["Places", Sequence[Outcome | None]]
"""The outcomes without some faults, one for each seed; None for a run that ended in an error."""


def compare(outcomes: Outcomes, places: Places, names: Sequence[str]) -> WithoutFaults:
    """Return what is different without the faults at some places, of which `names` has the ids."""
    pairs, quantities = _paired(outcomes, places), quantities_of(outcomes)
    changed: Counter[tuple[str, str, str]] = Counter()
    for with_them, without_them in pairs:
        for check, verdict in with_them.verdicts.items():
            other = without_them.verdicts.get(check)
            if other is not None and other != verdict:
                changed[check, verdict, other] += 1
    return WithoutFaults(
        faults=tuple(names[place] for place in sorted(places)),
        found=estimates([outcome for outcome in outcomes[places] if outcome is not None], quantities),
        cost={name: estimate([_cost(pair, name) for pair in pairs]) for name in quantities},
        beyond=_beyond(outcomes, places) if len(places) == 2 else {},
        changed=dict(changed),
        failed=sum(outcome is None for outcome in outcomes[places]),
    )


def quantities_of(outcomes: Outcomes) -> tuple[str, ...]:
    """Return the names of all that is compared: the usual quantities, and the metrics that were asked for."""
    asked = next((outcome.metrics for outcome in outcomes[frozenset()] if outcome is not None), {})
    return (*QUANTITIES, *asked)


def estimates(outcomes: Sequence[Outcome], quantities: Sequence[str] = QUANTITIES) -> dict[str, Estimate]:
    """Return the estimate of each quantity over runs."""
    return {name: estimate([outcome.quantity(name) for outcome in outcomes]) for name in quantities}


def _paired(outcomes: Outcomes, places: Places) -> list[tuple[Outcome, Outcome]]:
    """Return what a seed came to with all faults and without some, for the seeds where neither run failed."""
    both = zip(outcomes[frozenset()], outcomes[places], strict=True)
    return [(one, other) for one, other in both if one is not None and other is not None]


def _cost(pair: tuple[Outcome, Outcome], quantity: str) -> float:
    with_them, without_them = pair
    return difference(with_them.quantity(quantity), without_them.quantity(quantity))


def _beyond(outcomes: Outcomes, places: Places) -> dict[str, Estimate]:
    """Return what both together cost beyond the sum of what each costs, seed by seed."""
    one, other = (frozenset((place,)) for place in sorted(places))
    rows = zip(*(outcomes[key] for key in (frozenset(), places, one, other)), strict=True)
    known = [row for row in rows if all(outcome is not None for outcome in row)]
    found = {}
    for name in quantities_of(outcomes):
        values = []
        for row in known:
            whole, both, first, second = (outcome.quantity(name) for outcome in row if outcome is not None)
            values.append(difference(whole, both) - difference(whole, first) - difference(whole, second))
        found[name] = estimate(values)
    return found
