"""How long a study will take, by a few runs of it: those of some of its cells, until a little time is used up."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from scenarios.execution.curves import sampled
from scenarios.study.design import Design

if TYPE_CHECKING:
    from scenarios.schema import Scenario
    from scenarios.study.cells import Cell
    from sim.simulation import Simulation

SECONDS: Final = 2.0
"""Seconds of wall time that a pilot may take, beside what a run does before its first look at the clock."""
CELLS: Final = 8
"""Cells of which a run is tried, at most: spread evenly over all."""
LOOKS: Final = 500
"""How often in the duration of a run the clock is looked at."""


class _EnoughError(BaseException):
    """Ends a run that takes too long; no mistake of a protocol, so that nothing in between takes it for one."""


@dataclass(frozen=True, slots=True)
class Pilot:
    """What a pilot told: how many runs it made, and how many seconds a run takes, in the mean.

    `cut` says that the last of them was cut off, and reckoned from the share of its duration that it came to.
    """

    runs: int
    seconds_per_run: float
    cut: bool

    def seconds(self, runs: int, workers: int) -> float:
        """Return how long so many runs take on so many processes, if they are like these."""
        return self.seconds_per_run * runs / min(workers, max(runs, 1))

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"runs": self.runs, "seconds_per_run": self.seconds_per_run, "cut": self.cut}


def pilot_of(design: Design, budget: float = SECONDS) -> Pilot:
    """Make one run of each of some cells, within a budget of seconds, and return what they tell of the study.

    The first run, which also loads what runs need, counts only where there is time for no other.
    """
    until = perf_counter() + budget
    cells = _spread(design.cells)
    times: list[float] = []
    cut = False
    for cell in [cells[0], *cells]:
        if times and perf_counter() >= until:
            break
        seconds, whole = _timed(_first_run(cell, design), until)
        times.append(seconds)
        if not whole:
            cut = True
            break
    counted = times[1:] or times
    return Pilot(len(counted), sum(counted) / len(counted), cut)


def _spread(cells: tuple[Cell, ...]) -> list[Cell]:
    """Return some of the cells, spread evenly over all, from both ends inwards: the largest are often the last."""
    few = min(CELLS, len(cells))
    chosen = [cells[round(place * (len(cells) - 1) / max(few - 1, 1))] for place in range(few)]
    return [chosen[place // 2 if place % 2 == 0 else few - 1 - place // 2] for place in range(few)]


def _first_run(cell: Cell, design: Design) -> Scenario:
    """Return the scenario of the first run of a cell."""
    from scenarios.hunting.hunt import bare

    scenario = bare(cell.scenario)
    if design.setting.curves is not None:
        scenario = sampled(scenario, design.setting.curves)
    task = next(design.tasks_of(cell, 0, 1))
    return scenario.model_copy(update={"seed": task.seed})


def _timed(scenario: Scenario, until: float) -> tuple[float, bool]:
    """Return how many seconds a run takes, and whether it was whole; one that is cut off goes on as before."""
    from scenarios.run import run_loaded

    reached = 0.0
    began = started = perf_counter()

    def watch(simulation: Simulation) -> None:
        nonlocal started
        started = perf_counter()
        simulation.kernel.observe_at(simulation.now, look, simulation)

    def look(simulation: Simulation) -> None:
        nonlocal reached
        reached = simulation.now / scenario.duration
        if perf_counter() > until:
            raise _EnoughError
        if simulation.now < scenario.duration:
            simulation.kernel.observe_at(simulation.now + max(1, scenario.duration // LOOKS), look, simulation)

    try:
        with suppress(Exception):  # a run that fails is a row of the study, and takes its time too
            run_loaded(scenario, None, (watch,), censors=True)
    except _EnoughError:
        return started - began + (perf_counter() - started) / max(reached, 1 / LOOKS), False
    return perf_counter() - began, True
