"""Contradictions between the fields of a scenario that are each right by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from scenarios.document import FieldPath
from scenarios.problems import Problem
from sim.units import format_duration, shown

if TYPE_CHECKING:
    from scenarios.schema import Scenario

MOST_NODES_IN_DETAIL: Final = 50_000  # a row for each message of more nodes fills a disk before it answers anything

TIMES: Final = frozenset({"at", "until"})
"""Fields of faults and workloads that are points in simulated time."""

NODES: Final = frozenset({"isolate", "nodes", "groups", "target"})
"""Fields that hold node numbers: one, or lists of them; a bare integer in `nodes` or `random` is how many."""

COUNTS: Final = frozenset({"nodes", "random"})
"""Fields in which a bare integer is how many nodes."""

ENDINGS: Final = {"heal": "partition", "restart": "crash", "resume": "pause"}
"""Faults that end an earlier one, and the kind of that one."""


def contradictions(scenario: Scenario) -> list[Problem]:
    """Return every contradiction, with the path of the field to change."""
    checks = (_times_beyond_the_end, _nodes_beyond_the_last, _endings_without_a_beginning, _detail_of_too_many_nodes)
    return [Problem(path, message) for check in checks for path, message in check(scenario)]


def _acting_blocks(scenario: Scenario) -> Iterator[tuple[FieldPath, BaseModel]]:
    """Yield what acts on nodes at times: the faults and the workload, with their paths."""
    for index, fault in enumerate(scenario.faults):
        yield ("faults", index), fault
    if scenario.workload is not None:
        yield ("workload",), scenario.workload


def _times_beyond_the_end(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """A point in time after the duration never comes, and at its very end nothing happens any more."""
    end = scenario.duration
    for path, block in _acting_blocks(scenario):
        for name in TIMES & type(block).model_fields.keys():
            time = getattr(block, name)
            if isinstance(time, int) and (time > end or (time == end and name == "at")):
                where = "after the end of the run" if time > end else "the end of the run"
                expected = f"{'less than' if name == 'at' else 'at most'} its duration, {format_duration(end)}"
                remedy = "make it earlier, or the duration longer"
                yield (*path, name), f"found {format_duration(time)}, {where}; expected {expected}: {remedy}"


def _nodes_beyond_the_last(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """A node's number beyond the topology's last names nobody."""
    population = scenario.topology.node_count
    if population is None:  # only reading a file tells
        return
    for path, block in _acting_blocks(scenario):
        yield from _wrong_nodes(block, path, population)


def _wrong_nodes(block: BaseModel, path: FieldPath, population: int) -> Iterator[tuple[FieldPath, str]]:
    """Yield the fields of a block, and of blocks in it, that ask for more nodes than there are."""
    for name in (NODES | COUNTS) & type(block).model_fields.keys():
        value = getattr(block, name)
        if isinstance(value, BaseModel):
            yield from _wrong_nodes(value, (*path, name), population)
        elif name in COUNTS and isinstance(value, int):
            if value > population:
                yield (*path, name), f"found {value}; expected at most {population}, the nodes of the topology"
        else:
            for place, node in _integers(value, (*path, name)):
                if not 0 <= node < population:
                    found = f"found node {shown(node)} in a topology of {population} nodes"
                    yield place, f"{found}; expected a number from 0 to {population - 1}"


def _integers(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, int]]:
    """Yield the integers in nested lists, with their paths."""
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _integers(item, (*path, index))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path, value


def _endings_without_a_beginning(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """A fault that ends another needs one that is earlier."""
    began = [(getattr(fault, "kind", ""), getattr(fault, "at", 0)) for fault in scenario.faults]
    for index, (kind, at) in enumerate(began):
        if kind in ENDINGS and not any(other == ENDINGS[kind] and start < at for other, start in began):
            message = f"found '{kind}' at {format_duration(at)}, with no earlier '{ENDINGS[kind]}' to end"
            yield ("faults", index, "at"), f"{message}; add one, or move this after it"


def _detail_of_too_many_nodes(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """A row for each message is for runs that a person or a disk can take in."""
    population = scenario.topology.node_count or 0
    if scenario.detail in ("messages", "all") and population > MOST_NODES_IN_DETAIL:
        found = f"found '{scenario.detail}' with {population:,} nodes"
        yield ("detail",), f"{found}; expected summary or states above {MOST_NODES_IN_DETAIL:,} nodes"
