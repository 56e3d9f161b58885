"""Curves of a run: its time series on a grid that all runs of an execution share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from scenarios.execution.task import Curves
    from scenarios.run import Run
    from scenarios.schema import Scenario

GOES_ON: Final = ("converged", "quiescent")
"""Ends after which nothing more happens: what a run had then it would have had until the end of its duration."""


def sampled(scenario: Scenario, curves: Curves) -> Scenario:
    """Return a scenario whose time series are taken at the times of the grid, which changes nothing in the run."""
    from scenarios.schema import Samples

    return scenario.model_copy(update={"samples": Samples(every=curves.every)})


def curves_of(run: Run, curves: Curves) -> Iterator[tuple[str, list[float | None]]]:
    """Yield the column of each curve, and its values: None after the end of a run that might have gone on."""
    until = run.scenario.duration if run.ended_by in GOES_ON else run.ended
    for name in curves.names:
        known = {
            sample.time: float(sample.value) for sample in run.samples if sample.node is None and sample.metric == name
        }
        last = known[max(known)] if known else None
        times = [curves.every * point for point in range(curves.points + 1)]
        yield f"series.{name}", [last if run.ended < time <= until else known.get(time) for time in times]
