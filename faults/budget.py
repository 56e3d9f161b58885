"""The budget: how many nodes may be down or lying at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

from faults.target import size_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.fault import Fault
    from sim.simulation import Simulation

Budget = Literal["unbounded", "none", "minority", "third"]

LIMITS: Final[dict[str, Callable[[int], int | None]]] = {
    "unbounded": lambda population: None,
    "none": lambda population: 0,
    "minority": lambda population: (population - 1) // 2,
    "third": lambda population: (population - 1) // 3,
}
"""The most nodes that a budget allows, by its name: `third` is the largest f with f < n/3."""


class BudgetLimit:
    """A budget as a plan: armed before the faults, it holds for them all."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget

    def arm(self, simulation: Simulation) -> None:
        """Set the limit of the simulation's faults."""
        from faults.injector import Injector

        Injector.of(simulation).limit = LIMITS[self.budget](simulation.topology.nodes)


def overdrafts(faults: Sequence[Fault], limit: int, population: int) -> Iterator[tuple[int, int]]:
    """Yield the place of each fault that breaks the limit, alone or with those still on, and how many are struck.

    Only faults at a time, on nodes that are named or counted beforehand, are sure to break it.
    """
    spans = [span for place, fault in enumerate(faults) if (span := _span(place, fault, population)) is not None]
    for place, begin, _, _ in spans:
        on = [(nodes, size) for _, start, end, (nodes, size) in spans if start <= begin < end]
        named = frozenset[int]().union(*(nodes for nodes, _ in on))
        struck = max(len(named), *(size for _, size in on))
        if struck > limit:
            yield place, struck


def _span(place: int, fault: Fault, population: int) -> tuple[int, int, float, tuple[frozenset[int], int]] | None:
    """Place, begin, end, and the nodes that are named and how many they are; None where it is not known beforehand."""
    if not (fault.takes_down or fault.lies) or fault.at is None or fault.is_off or fault.chance < 1.0:
        return None
    target = getattr(fault, "target", None)
    size = size_of(target, population) if target is not None else None
    if size is None:
        return None
    named = frozenset(target if isinstance(target, tuple) else (target,) if isinstance(target, int) else ())
    end = float("inf") if fault.lasting is None else fault.at + fault.lasting
    return place, fault.at, end, (named, size)
