"""Fewer faults: the list of a scenario, minimized by delta debugging."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from scenarios.shrink.ddmin import ddmin
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.shrink.plain_data import Data
    from scenarios.shrink.search import Search
    from scenarios.shrink.trial import Setting


def fewer_faults(search: Search) -> None:
    """Leave out faults until none can be left out alone.

    At first all are left out at once, then those whose tally says that they have touched or done nothing.
    """
    search.step = "faults"
    if not search.best["faults"] or search.accepts(_with(search, ())):
        return
    for telling in (_touched, _struck):
        search.accepts(_with(search, [place for place, did in enumerate(search.tally) if telling(did)]))
    base = search.best
    ddmin(
        range(len(base["faults"])),
        lambda kept: search.first([without_orphans(search.setting, _of(base, places)) for places in kept]),
    )
    search.controlled = True


def _touched(tally: dict[str, Any]) -> bool:
    """Whether a fault has touched something, or has ended another one."""
    from faults.registry import FAULTS

    ends = FAULTS[tally["fault"]].config.phase == "end"
    return bool(tally["touched"] > 0 or (ends and tally["effect"] > 0))


def _struck(tally: dict[str, Any]) -> bool:
    return bool(tally["strikes"] > 0)


def _with(search: Search, places: Iterable[int]) -> Data:
    return without_orphans(search.setting, _of(search.best, places))


def _of(data: Data, places: Iterable[int]) -> Data:
    """Return a scenario with only the faults at these places of its list."""
    return {**data, "faults": [data["faults"][place] for place in places]}


def without_orphans(setting: Setting, data: Data) -> Data:
    """Leave out the faults that have become wrong, such as the heal of a partition that is left out.

    Data that are wrong elsewhere come back as they are.
    """
    while True:
        try:
            setting.scenario(data)
        except InputError as error:
            if len(error.path) < 2 or error.path[0] != "faults":
                return data
            wrong = error.path[1]
            data = {**data, "faults": [fault for place, fault in enumerate(data["faults"]) if place != wrong]}
        else:
            return data


def named(faults: list[Data]) -> list[Data]:
    """Give each fault without a name one of its own, so that its chance no longer hangs on its options.

    Heals stay as they are: their name says whom they heal.
    """
    taken = {fault["name"] for fault in faults}
    numbers: dict[str, int] = {}
    done = []
    for fault in faults:
        kind, name = fault["kind"], fault["name"]
        while name is None and kind != "heal":
            numbers[kind] = number = numbers.get(kind, 0) + 1
            name = f"{kind}-{number}" if f"{kind}-{number}" not in taken else None
        done.append({**fault, "name": name})
    return done
