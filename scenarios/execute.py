"""Runs a simulation to the end that its scenario names, and says what ended it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from simpy.events import Event

from sim.event_queue import Entry
from sim.kernel import OBSERVER, PRIORITY_STRIDE, EventLimitReached, Kernel
from sim.simulation import Simulation
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.convergence import Tracker
    from scenarios.schema import Scenario

Ending = Literal["duration", "converged", "quiescent", "event limit"]

LOOKS: Final = 1_000
"""How many times in the duration of a run it is asked whether anything is left to happen."""


def run_to_end(simulation: Simulation, scenario: Scenario, tracker: Tracker | None, *, censors: bool = False) -> Ending:
    """Run until the end of the scenario's duration, or until what `stop_when` names; return what ended the run.

    A run that stops when it has converged stops at the first such moment, of its liveness phase where it has one.
    Whether a run is quiescent is asked every thousandth of its duration. Raises InputError where the protocol does not
    say what it is to converge to, and where the limit on events is reached, unless it `censors` such a run there.
    """
    try:
        return _run(simulation, scenario, tracker)
    except EventLimitReached as error:
        counted = simulation.kernel.events_processed >= scenario.limits.events  # not an endless loop at one instant
        if counted and censors:
            return "event limit"
        raise InputError(str(error), ("limits", "events") if counted else ()) from None


def _run(simulation: Simulation, scenario: Scenario, tracker: Tracker | None) -> Ending:
    if scenario.stop_when == "quiescent":
        return _run_until_quiescent(simulation, scenario.duration)
    if scenario.stop_when == "converged":
        if tracker is None:
            raise InputError(
                f"found 'converged', but the protocol {scenario.protocol.kind or simulation.protocol.name()} does not "
                "say which records mean progress; leave stop_when out, or give the protocol a `convergence`",
                ("stop_when",),
            )
        earliest = 0 if scenario.liveness is None else scenario.liveness.at
        return _run_until_converged(simulation, scenario.duration, tracker, earliest)
    simulation.run(scenario.duration)
    return "duration"


def _run_until_converged(simulation: Simulation, duration: int, tracker: Tracker, earliest: int) -> Ending:
    moments: list[int] = []

    def stop(_: None = None) -> None:
        if not moments and simulation.now >= earliest and tracker.converged:
            moments.append(simulation.now)
            simulation.kernel.stop()

    tracker.on_converged = stop
    if tracker.look_every is not None:
        _look_on(simulation, tracker, tracker.look_every)
    if earliest:
        simulation.kernel.observe_at(earliest, stop, None)
    simulation.run(duration)
    return "converged" if moments else "duration"


def _look_on(simulation: Simulation, tracker: Tracker, every: int) -> None:
    """Let a tracker of what changes without records know that time passes."""

    def look(_: None = None) -> None:
        tracker.advance(simulation.now)
        simulation.kernel.observe_at(simulation.now + every, look, None)

    simulation.kernel.observe_at(simulation.now + every, look, None)


def _run_until_quiescent(simulation: Simulation, duration: int) -> Ending:
    step = max(1, duration // LOOKS)
    for time in (*range(step, duration, step), duration):
        simulation.run(time)
        if is_quiescent(simulation.kernel):
            return "quiescent"
    return "duration"


def is_quiescent(kernel: Kernel) -> bool:
    """Whether nothing is left to happen but calls that only look, and events that nobody waits for."""
    return not any(map(_acts, kernel.pending()))


def _acts(entry: Entry) -> bool:
    if isinstance(entry[3], Event) and not entry[3].callbacks:  # the end of an earlier `run`, above all
        return False
    return entry[1] < OBSERVER * PRIORITY_STRIDE
