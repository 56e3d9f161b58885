"""Smaller and rounder values for the options of a block of a scenario: lists, durations, times, rates, numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from scenarios.shrink.ddmin import ddmin, least
from scenarios.shrink.node_fields import node_fields
from scenarios.shrink.plain_data import at, changed, leaves, lists
from sim.units import MILLISECOND, format_duration, format_rate, parse_duration, parse_rate
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.document import FieldPath
    from scenarios.shrink.search import Search

TIMES: Final = frozenset({"at", "start"})
"""Fields that are points in time, of which 0 is the least."""
CHANCE: Final = "chance"
"""The probability that a fault strikes at all, which is simplest at 1."""
DECADES: Final = 3
"""Powers of ten below a value in which a smaller one is looked for."""
MOST_RUNS_OF_A_LIST: Final = 24
"""Runs after which a list that does not get shorter is left as it is."""


def shorter_lists(search: Search, prefix: FieldPath) -> None:
    """Take items out of each list of a block until none can be taken out alone, the outer lists first."""
    done: set[FieldPath] = set()
    while paths := [path for path in lists(at(search.best, prefix)) if path not in done]:
        done.add(paths[0])
        base, path = search.best, (*prefix, *paths[0])
        last = search.ran + MOST_RUNS_OF_A_LIST

        def first(kept: Sequence[tuple[Any, ...]], base: Any = base, path: FieldPath = path, last: int = last) -> Any:
            wanted = kept if search.ran < last else ()
            return search.first([changed(base, path, list(items)) for items in wanted])

        ddmin(at(base, path), first)


def defaults(search: Search, prefix: FieldPath, spared: Iterable[str]) -> None:
    """Leave out single options of a block, which then have their defaults, but for those that are spared."""
    block = _block(search, prefix)
    for name, field in type(block).model_fields.items():
        value = at(search.best, (*prefix, name))
        if name in spared or field.is_required() or isinstance(value, list | dict):
            continue
        if getattr(block, name) != field.default:
            search.accepts(changed(search.best, (*prefix, name), field.default))


def smaller_durations(search: Search, prefix: FieldPath, spared: Iterable[str] = ()) -> None:
    """Make each duration of a block shorter, or else rounder."""
    for path, plain, held in _leaves(search, prefix):
        if _is_duration(plain, held) and path[-1] not in TIMES and not set(path).intersection(spared):
            _smaller(search, (*prefix, *path), [*round_values(held)], held, format_duration)


def earlier_times(search: Search, prefix: FieldPath) -> None:
    """Make each point in time of a block earlier, or else rounder."""
    for path, plain, held in _leaves(search, prefix):
        if _is_duration(plain, held) and path[-1] in TIMES:
            _smaller(search, (*prefix, *path), [0, *round_values(held)], held, format_duration)


def smaller_numbers(search: Search, prefix: FieldPath) -> None:
    """Make each rate, share and count of a block smaller, or else rounder; numbers of nodes stay as they are."""
    for path, plain, held in _leaves(search, prefix):
        if isinstance(held, bool) or not isinstance(held, int | float) or path[-1] == CHANCE or _names_nodes(path):
            continue
        if isinstance(plain, int | float):
            smaller = [type(held)(value) for value in _amounts(held)]
            _smaller(search, (*prefix, *path), smaller, held, lambda value: value)
        elif _is_rate(plain, held):
            _smaller(search, (*prefix, *path), [*_amounts(held)], held, format_rate)


def _leaves(search: Search, prefix: FieldPath) -> list[tuple[FieldPath, Any, Any]]:
    return list(leaves(_block(search, prefix)))


def _block(search: Search, prefix: FieldPath) -> BaseModel:
    block: Any = search.setting.scenario(search.best)
    for part in prefix:
        block = getattr(block, part) if isinstance(part, str) else block[part]
    assert isinstance(block, BaseModel)
    return block


def _smaller(search: Search, path: FieldPath, values: Sequence[Any], value: Any, written: Callable[[Any], Any]) -> None:
    """Put the least value that serves in the place of one; where none does, a rounder one."""

    def shows(smaller: Any) -> bool:
        return search.accepts(changed(search.best, path, written(smaller)))

    if least(values, shows) is None and _rounded(value) != value:
        shows(_rounded(value))


def _is_duration(plain: Any, held: Any) -> bool:
    return _reads(plain, held, parse_duration)


def _is_rate(plain: Any, held: Any) -> bool:
    return _reads(plain, held, parse_rate)


def _reads(plain: Any, held: Any, parse: Callable[[object], float]) -> bool:
    """Whether text in a file means this number, which is more than 0."""
    try:
        return isinstance(plain, str) and isinstance(held, int | float) and held > 0 and parse(plain) == held
    except InputError:
        return False


def _names_nodes(path: FieldPath) -> bool:
    names = [part for part in path if isinstance(part, str)]
    return bool(names) and names[-1] in node_fields() and (names[-1] != "nodes" or path[-1] != "nodes")


def _amounts(value: float) -> Iterator[Any]:
    """Yield round amounts between zero and a number, of its sign, the smallest first."""
    if isinstance(value, int):
        yield from round_values(value, 1)
    elif value:
        unit = next(unit for unit in (1e-3, 1e-9, 0.0) if abs(value) > unit) or abs(value)
        amounts = round_values(round(abs(value) / unit), 1)
        yield from (float(f"{math.copysign(amount * unit, value):.12g}") for amount in amounts)


def round_values(value: int, floor: int = MILLISECOND) -> Iterator[int]:
    """Yield 1, 2 and 5 times the powers of ten below a value, ascending: from a thousandth of it and the floor on."""
    highest = len(str(abs(value)))
    for exponent in range(max(0, highest - 1 - DECADES), highest):
        steps = (step * 10**exponent for step in (1, 2, 5))
        yield from (step for step in steps if floor <= step < value)


def _rounded(value: Any) -> Any:
    """Return a number to two significant digits."""
    return type(value)(float(f"{value:.1e}"))
