"""From the records of what clients asked for to what their plots draw."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from analysis.availability import Availability
from analysis.client_operations import quantile_of
from analysis.history.operations import KINDS, Operation, history_of
from analysis.plots.client_service import ClientService, Window
from analysis.plots.run_figures import facts, spans_of
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.plots.run_view import RunView
    from sim.records import Record

WINDOWS: Final = 60
"""Into how many parts a run is divided."""
QUANTILES: Final = (0.5, 0.9, 0.99)


def service_figure(run: RunView, plot: str) -> ClientService:
    """Return what clients were served; raises InputError where the run had none that asked for anything."""
    records = client_records(run, plot)
    availability = Availability()
    for record in records:
        availability.observe(record)
    availability.finish(run.end)
    history = history_of(records)
    done = sorted(
        (each.ended, each.ended - each.began) for each in history if each.is_certain and each.ended is not None
    )
    unknown = [each.began for each in history if each.outcome == "unknown"]
    return ClientService(
        completed=done,
        unknown=unknown,
        windows=_windows(done, run.end),
        shares=QUANTILES,
        outages=availability.outages,
        availability=availability.share,
        end=run.end,
        name=run.name,
        facts=f"{facts([run])}; {_counted(history)}",
        spans=spans_of(run),
    )


def client_records(run: RunView, plot: str) -> list[Record]:
    """Return the records of begins and ends of operations; raises InputError where there are none."""
    records = list(run.states(KINDS))
    if not records:
        raise InputError(
            f"{run.name}: found no operations of clients, which the plot {plot} needs; "
            "draw a run with a workload of clients, such as register or bank"
        )
    return records


def _counted(history: list[Operation]) -> str:
    """Return in words what became of operations."""
    found = {outcome: sum(each.outcome == outcome for each in history) for outcome in ("ok", "fail", "unknown")}
    words = {"ok": "operations carried out", "fail": "failed", "unknown": "unknown"}
    return ", ".join(f"{number:,} {words[outcome]}" for outcome, number in found.items() if number or outcome == "ok")


def _windows(done: list[tuple[int, int]], end: int) -> list[Window]:
    """Return equal parts of a run, with the operations that ended in each."""
    bounds = [end * place // WINDOWS for place in range(WINDOWS + 1)]
    latencies = [array("q") for _ in range(WINDOWS)]
    place = 0
    for time, latency in done:
        while place < WINDOWS - 1 and time >= bounds[place + 1]:
            place += 1
        latencies[place].append(latency)
    return [
        Window(bounds[place], bounds[place + 1], len(found), [quantile_of(found, share) for share in QUANTILES])
        for place, found in enumerate(latencies)
    ]
