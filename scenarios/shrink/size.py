"""Fewer nodes, and a shorter run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from faults.target import NodeChoice
from scenarios.cross_checks import COUNTS
from scenarios.shrink.ddmin import least
from scenarios.shrink.node_fields import node_fields, numbers_of_nodes
from scenarios.shrink.plain_data import at, changed
from scenarios.shrink.values import round_values
from sim.units import format_duration, parse_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.document import FieldPath
    from scenarios.shrink.plain_data import Data
    from scenarios.shrink.search import Search

SIZES: Final = ("nodes", "clique", "levels", "dimension", "sides", "regions")
"""Fields of topologies that say how many nodes there are."""
COUNTED: Final = COUNTS | NodeChoice.model_fields.keys() - {"role", "region"}
"""Fields in which a bare number is how many nodes."""

PAIRED: Final = frozenset({"links", "one_way"})
"""Fields that hold pairs of nodes."""
ITEM: Final = "[]"
"""Marks the name of a field of which a list holds items."""

Renumbering = Callable[[int], int | None]
"""The new number of a node; None where it is no more."""


def fewer_nodes(search: Search) -> None:
    """Make the topology smaller; nodes that faults and workload name get other numbers, or are named no more.

    No fault is left out by that: each is needed by now.
    """
    search.step = "nodes"
    for path in _size_fields(search.best["topology"]):
        value = at(search.best["topology"], path)
        least(range(1, value), lambda size, path=path: _fits(search, path, size))  # type: ignore[misc]


def _size_fields(topology: Data) -> Iterator[FieldPath]:
    """Yield the paths of the numbers that say how many nodes there are."""
    for name in SIZES:
        value = topology.get(name)
        keys: Iterable[Any] = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        paths = [(name, key) for key in keys] if value is not None and not isinstance(value, int) else [(name,)]
        yield from (
            path for path in paths if isinstance(value, list | dict | int) and isinstance(at(topology, path), int)
        )


def _fits(search: Search, path: FieldPath, size: int) -> bool:
    """Whether a topology of another size serves, with one of the ways to renumber nodes."""
    topology = changed(search.best["topology"], path, size)
    before, after = _node_count(search.best["topology"]), _node_count(topology)
    if before is None or after is None or after >= before:
        return False
    candidates = []
    for number in _renumberings(sorted(set(_named(search.best))), before, after):
        moved = {
            name: _moved(value, number, after) if name in ("faults", "workload", "liveness") else value
            for name, value in search.best.items()
        }
        moved["protocol"] = _moved_members(moved["protocol"], number, after)
        candidates.append({**moved, "topology": topology})
    return search.first(candidates) is not None


def _node_count(topology: Data) -> int | None:
    """Return how many nodes a topology has; None where it is wrong, or only building it tells."""
    from topologies.registry import TOPOLOGIES

    try:
        return TOPOLOGIES[topology["kind"]].config.model_validate(topology).node_count
    except (ValidationError, InputError):
        return None


def _renumberings(named: list[int], before: int, after: int) -> Iterator[Renumbering]:
    """Yield ways to give nodes new numbers: those beyond the last move to free ones, all move together, or they go."""
    free = [node for node in range(after) if node not in named]
    beyond = [node for node in named if node >= after]
    if len(beyond) <= len(free):
        places = dict(zip(beyond, free, strict=False))
        yield lambda node: places.get(node, node)
    else:
        yield lambda node: node * after // before
    if beyond:
        yield lambda node: node if node < after else None


def _named(data: Any, field: str = "") -> Iterator[int]:
    """Yield the numbers of nodes that the faults, the workload and the liveness phase name."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name not in ("topology", "protocol", "network"):
                yield from _named(value, "" if name in COUNTED and isinstance(value, int) else name)
    elif isinstance(data, list):
        for item in data:
            yield from _named(item, field)
    elif isinstance(data, int) and not isinstance(data, bool) and field in node_fields():
        yield data


def _moved(data: Any, number: Renumbering, size: int, field: str = "") -> Any:
    """Return data with other numbers of nodes; lists lose nodes that are no more, and double ones."""
    if isinstance(data, dict):
        return {name: _moved(value, number, size, name) for name, value in data.items()}
    if isinstance(data, list):
        return _moved_list(data, number, size, field)
    if not isinstance(data, int) or isinstance(data, bool):
        return data
    if field in COUNTED:
        return min(data, size)
    return number(data) if field.removesuffix(ITEM) in node_fields() else data


def _moved_members(protocol: Data, number: Renumbering, size: int) -> Data:
    """Return the options of a protocol with other numbers of nodes; `servers`, how many begin, are at most all."""
    from sim.protocols.registry import PROTOCOLS

    if protocol["kind"] not in PROTOCOLS:
        return protocol
    moved = dict(protocol)
    for name in numbers_of_nodes(PROTOCOLS[protocol["kind"]].config.model_json_schema()):
        value = protocol.get(name)
        nodes = [number(node) for node in (value if isinstance(value, list) else [value]) if node is not None]
        left = [node for node in nodes if node is not None and node < size]
        moved[name] = left if isinstance(value, list) else left[0] if left else None
    if isinstance(protocol.get("servers"), int):
        moved["servers"] = min(protocol["servers"], size)
    return moved


def _moved_list(items: list[Any], number: Renumbering, size: int, field: str) -> list[Any]:
    name = field.removesuffix(ITEM)
    moved = [_moved(item, number, size, name + ITEM) for item in items]
    if name not in node_fields():
        return moved
    if all(isinstance(item, int) for item in items):
        return list(dict.fromkeys(item for item in moved if item is not None))
    fewest = 2 if name in PAIRED else 1
    return [item for item in moved if not isinstance(item, list) or len(item) >= fewest]


def shorter_run(search: Search) -> None:
    """End the run earlier, and begin its liveness phase earlier."""
    search.step = "length of the run"
    if search.best["liveness"] is not None:
        begin = parse_duration(search.best["liveness"]["at"])
        least([0, *round_values(begin)], lambda time: search.accepts(_lively_from(search.best, time)))
    duration = parse_duration(search.best["duration"])
    shortest = [] if search.best["liveness"] is None else [_end_of_liveness(search.best)]
    times = sorted({*round_values(duration), *shortest} - {duration})
    least([time for time in times if time < duration], lambda time: search.accepts(_ended(search.best, time)))


def _end_of_liveness(data: Data) -> int:
    return parse_duration(data["liveness"]["at"]) + parse_duration(data["liveness"]["within"])


def _lively_from(data: Data, time: int) -> Data:
    """Return a scenario whose liveness phase begins at another time, and whose run ends as long after it as before."""
    begin, duration = parse_duration(data["liveness"]["at"]), parse_duration(data["duration"])
    moved = changed(data, ("liveness", "at"), format_duration(time))
    return _ended(moved, max(_end_of_liveness(moved), duration - begin + time))


def _ended(data: Data, time: int) -> Data:
    """Return a scenario that ends at another time, its workload no later."""
    ended = {**data, "duration": format_duration(time)}
    workload = data["workload"]
    if workload and workload.get("until") is not None and parse_duration(workload["until"]) > time:
        ended["workload"] = {**workload, "until": format_duration(time)}
    return ended
