"""Smaller faults and workloads: fewer targets and options, shorter and rounder durations, earlier times, less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scenarios.shrink.ddmin import least
from scenarios.shrink.plain_data import changed
from scenarios.shrink.values import (
    defaults,
    earlier_times,
    round_values,
    shorter_lists,
    smaller_durations,
    smaller_numbers,
)
from sim.units import format_duration, parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.document import FieldPath
    from scenarios.shrink.search import Search

WHERE_AND_WHEN: Final = ("kind", "name", "at", "when", "target", "links", "groups")
"""Fields of a fault that are never left out."""


def fewer_targets(search: Search) -> None:
    """Strike fewer nodes, sides, links or kinds of messages."""
    search.step = "targets"
    for place in range(len(search.best["faults"])):
        _written_out(search, place)
        shorter_lists(search, ("faults", place))


def simpler_faults(search: Search) -> None:
    """Leave out options of faults; make what is left shorter, earlier, smaller or rounder."""
    for step, reduce in (
        ("options", _fewer_options),
        ("durations", smaller_durations),
        ("times", earlier_times),
        ("probabilities", smaller_numbers),
    ):
        search.step = step
        for place in range(len(search.best["faults"])):
            reduce(search, ("faults", place))


def all_earlier(search: Search) -> None:
    """Move all faults to earlier times together, so that what they do to each other stays as it is."""
    search.step = "times"
    times = [fault["at"] for fault in search.best["faults"]]
    if not times or None in times:
        return
    struck = list(map(parse_duration, times))
    base = search.best["faults"]

    def shows(first: int) -> bool:
        moved = [time - min(struck) + first for time in struck]
        faults = [{**fault, "at": format_duration(time)} for fault, time in zip(base, moved, strict=True)]
        return search.accepts({**search.best, "faults": faults})

    least([0, *round_values(min(struck))], shows)


def smaller_workload(search: Search) -> None:
    """Ask less of the nodes: nothing, or for a shorter time, at a lower rate, of fewer nodes and items."""
    search.step = "workload"
    if search.best["workload"] is None or search.accepts({**search.best, "workload": None}):
        return
    reductions: tuple[Callable[[Search, FieldPath], None], ...] = (
        lambda search, prefix: defaults(search, prefix, ("kind", "until")),
        smaller_durations,
        smaller_numbers,
        shorter_lists,
        earlier_times,
    )
    for reduce in reductions:
        reduce(search, ("workload",))


def plainer_surroundings(search: Search) -> None:
    """Leave out what the network and the clocks do to messages and times by themselves, where it does not matter."""
    search.step = "network"
    for field, plain in (("clocks", None), ("samples", None)):
        if search.best[field] is not None:
            search.accepts({**search.best, field: plain})
    from sim.network.config import NetworkConfig

    ideal = NetworkConfig().model_dump(mode="json")
    for field, value in ideal.items():
        if search.best["network"][field] != value:
            search.accepts(changed(search.best, ("network", field), value))


def _fewer_options(search: Search, prefix: FieldPath) -> None:
    from faults.registry import FAULTS

    place = prefix[1]
    assert isinstance(place, int)
    kind = FAULTS[search.best["faults"][place]["kind"]].config
    defaults(search, prefix, (*WHERE_AND_WHEN, kind.healer or ""))


def _written_out(search: Search, place: int) -> None:
    """Name the nodes or sides that a fault chose when it struck, where it struck once and names none itself."""
    fault = search.best["faults"][place]
    field = next((name for name in ("target", "groups") if name in fault), None)
    if field is None or isinstance(fault[field], list | int) or place >= len(search.tally):
        return
    did: dict[str, Any] = search.tally[place]
    if did["strikes"] == 1 and did["targets"]:
        search.accepts(changed(search.best, ("faults", place, field), _as_lists(did["targets"])))


def _as_lists(value: Any) -> Any:
    return [_as_lists(item) for item in value] if isinstance(value, tuple | list) else value
