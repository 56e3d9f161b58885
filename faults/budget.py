"""The budget: how many nodes may be down or lying at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.fault import Downtime, Fault
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

    Only faults at a time, on nodes that are named or counted beforehand, and that nothing may have ended meanwhile, are
    sure to break it.
    """
    spans = [
        (place, _sure_part(span, fault, faults))
        for place, fault in enumerate(faults)
        if (span := fault.downtime(population)) is not None
    ]
    for place, this in spans:
        on = [span for _, span in spans if span.begin <= this.begin <= span.end]  # at its very end it is still on
        named = frozenset[int]().union(*(span.named for span in on))
        struck = max(len(named), *(span.size for span in on))
        if struck > limit:
            yield place, struck


def _sure_part(span: Downtime, fault: Fault, faults: Sequence[Fault]) -> Downtime:
    """The time for which a fault's nodes are sure to be down: until something may end it, a heal or a restart."""
    end = span.end
    for other in faults:
        if other is not fault and other.may_end(fault) and (other.when is not None or other.earliest >= span.begin):
            end = min(end, max(span.begin, other.earliest - 1))
    return span._replace(end=end)
