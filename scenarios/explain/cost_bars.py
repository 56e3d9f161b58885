"""From an explanation to the bars that are drawn of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.plots.fault_costs import CostBar, CostBars

if TYPE_CHECKING:
    from scenarios.explain.explanation import Explanation, WithoutFaults


def cost_bars(explanation: Explanation) -> CostBars:
    """Return a bar for each fault, in the order of the plan, and one for all of them."""
    from analysis.fault_words import layer_of

    scenario, seeds = explanation.scenario, len(explanation.seeds)
    rows = [
        _bar(each, tally["id"], layer_of(tally["fault"]))
        for each, tally in zip(explanation.single, explanation.faults, strict=True)
    ]
    everything = [_bar(explanation.unbroken, "all faults", None)] if len(rows) > 1 else []
    bounds = [cost[1] for bar in (*rows, *everything) for cost in (bar.time, bar.messages)]
    interval = ", 95 % interval" if any(bound is not None for bound in bounds) else ""
    chance = f"median of {seeds} seeds{interval}" if seeds > 1 else f"one run, seed {explanation.seeds[0]}"
    return CostBars((*rows, *everything), scenario.name, f"with the fault, minus without it; {chance}")


def _bar(without: WithoutFaults, name: str, layer: str | None) -> CostBar:
    time, messages = without.cost["converged_at"], without.cost["messages"]
    return CostBar(name, layer, (time.median, time.low, time.high), (messages.median, messages.low, messages.high))
