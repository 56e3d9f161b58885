"""The plans with faults left out: which are run, and what each one leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.schema import Scenario

Places = frozenset[int]
"""Faults by their places in the plan."""


def left_out(faults: int, pairs: bool) -> tuple[Places, ...]:
    """Return which faults are left out, one set for each plan: none, each one, each pair where wanted, all."""
    chosen: Iterable[tuple[int, ...]] = ((place,) for place in range(faults))
    wanted = [(), *chosen, *(combinations(range(faults), 2) if pairs else ()), tuple(range(faults))]
    return tuple(dict.fromkeys(map(frozenset, wanted)))


def without(scenario: Scenario, places: Places, plugins: Collection[str]) -> Mapping[str, Any]:
    """Return a scenario, as plain data, without the faults at some places of its plan.

    What only ends these goes with them, such as the heal of a partition: a plan with a heal of nothing is refused. All
    else stays as it was, and so does the chance of each fault, which is named for the fault.
    """
    from scenarios.document import Document
    from scenarios.schema import scenario_of

    whole = scenario.canonical()
    data = {**whole, "faults": [fault for place, fault in enumerate(whole["faults"]) if place not in places]}
    while True:
        try:
            scenario_of(Document("scenario", data), plugins)
        except InputError as error:
            if len(error.path) < 2 or error.path[0] != "faults":
                raise
            wrong = error.path[1]
            data = {**data, "faults": [fault for place, fault in enumerate(data["faults"]) if place != wrong]}
        else:
            return data
