"""Fewer faults: the list of a scenario, minimized by delta debugging."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from scenarios.seed import LARGEST
from scenarios.shrink.ddmin import ddmin
from topologies.errors import InputError

MOST_OF_A_CAUSE: Final = 2
"""Faults that a cause mostly has at most."""
MANY: Final = 3
"""Faults beyond which it is worth while to begin anew under another seed."""
RESTARTS: Final = 2
"""How often that is done."""
SEEDS: Final = 4
"""Other seeds under which a single fault is left out."""

if TYPE_CHECKING:
    from scenarios.shrink.plain_data import Data
    from scenarios.shrink.search import Search
    from scenarios.shrink.trial import Setting


def fewer_faults(search: Search) -> None:
    """Leave out faults until none can be left out alone.

    At first all are left out at once, then those whose tally says that they have touched or done nothing. Where many
    remain, chance has its part in it: then other seeds may need fewer.
    """
    search.step = "faults"
    if not search.best["faults"] or search.accepts(_with(search, ())):
        return
    whole = search.best
    _minimize(search)
    if not search.controlled:
        _start_with_other_seeds(search, whole)
        _fewer_with_other_seeds(search)
    search.controlled = True


def _minimize(search: Search) -> None:
    for telling in (_touched, _struck):
        search.accepts(_with(search, [place for place, did in enumerate(search.tally) if telling(did)]))
    base = search.best
    ddmin(
        range(len(base["faults"])),
        lambda kept: search.first([without_orphans(search.setting, _of(base, places)) for places in kept]),
    )


def _start_with_other_seeds(search: Search, whole: Data) -> None:
    """Begin anew with all faults under other seeds, as long as more are left than nearly every cause has."""
    for other in _other_seeds(whole["seed"], RESTARTS):
        before = search.best, search.tally
        if len(search.best["faults"]) <= MANY:
            return
        try:
            if search.accepts({**whole, "seed": other}):
                _minimize(search)
        finally:
            if len(search.best["faults"]) >= len(before[0]["faults"]):
                search.best, search.tally = before


def _fewer_with_other_seeds(search: Search) -> None:
    """Leave out single faults under other seeds, where more are left than a cause mostly has.

    A fault may be needed by nothing but chance: without it messages take other times, and what is wanted happens not to
    come about. A few other seeds show whether it does so without that fault too.
    """
    place = 0
    while MOST_OF_A_CAUSE < len(search.best["faults"]) > place:
        faults = search.best["faults"]
        fewer = {**search.best, "faults": faults[:place] + faults[place + 1 :]}
        seeds = _other_seeds(search.best["seed"], SEEDS)
        found = search.first([without_orphans(search.setting, {**fewer, "seed": other}) for other in seeds])
        place = place + 1 if found is None else 0


def _other_seeds(seed: int, number: int) -> list[int]:
    return [(seed + further) % (LARGEST + 1) for further in range(1, number + 1)]


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
