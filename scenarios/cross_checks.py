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

TIMES: Final = frozenset({"at", "start", "until"})
"""Fields of faults and workloads that are points in simulated time."""

NODES: Final = frozenset({"isolate", "nodes", "groups", "target"})
"""Fields that hold node numbers: one, or lists of them; a bare integer in `nodes` or `random` is how many."""

COUNTS: Final = frozenset({"nodes", "random"})
"""Fields in which a bare integer is how many nodes."""


def contradictions(scenario: Scenario) -> list[Problem]:
    """Return every contradiction, with the path of the field to change."""
    checks = (
        _times_beyond_the_end,
        _nodes_beyond_the_last,
        _endings_without_a_beginning,
        _budget_that_is_broken,
        _liveness_without_time,
        _strikes_after_the_liveness_phase_begins,
        _detail_of_too_many_nodes,
        _handling_and_hardware,
        _hardware_of_no_node,
        _cores_that_are_missing,
        _memory_that_is_missing,
    )
    return [Problem(path, message) for check in checks for path, message in check(scenario)]


def _acting_blocks(scenario: Scenario) -> Iterator[tuple[FieldPath, BaseModel]]:
    """Yield what acts on nodes at times: the faults, the workload and its administration, with their paths."""
    for index, fault in enumerate(scenario.fault_list):
        yield ("faults", index), fault
        if fault.when is not None:
            yield ("faults", index, "when"), fault.when
    if not isinstance(scenario.faults, tuple):
        yield ("faults",), scenario.faults
    if scenario.workload is not None:
        yield ("workload",), scenario.workload
        for index, action in enumerate(getattr(scenario.workload, "administration", ())):
            yield ("workload", "administration", index), action


def _times(scenario: Scenario) -> Iterator[tuple[FieldPath, BaseModel, int]]:
    """Yield the points in time at which blocks act, with their paths; not those of a file, which may be longer."""
    for path, block in _acting_blocks(scenario):
        for name in TIMES & type(block).model_fields.keys():
            time = getattr(block, name)
            if isinstance(time, int):
                yield (*path, name), block, time
        if getattr(block, "source_digest", None) is None:
            for place, strike in enumerate(getattr(block, "strikes", ())):
                yield (*path, "strikes", place, "at"), block, strike.at


def _times_beyond_the_end(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """A point in time after the duration never comes, and at its very end nothing happens any more."""
    end = scenario.duration
    for path, _, time in _times(scenario):
        last = path[-1] == "until"
        if time > end or (time == end and not last):
            where = "after the end of the run" if time > end else "the end of the run"
            expected = f"{'at most' if last else 'less than'} its duration, {format_duration(end)}"
            remedy = "make it earlier, or the duration longer"
            yield path, f"found {format_duration(time)}, {where}; expected {expected}: {remedy}"


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
    """A fault that ends another needs one that is earlier; nodes that join are absent from the start without one."""
    from faults.heal import Heal
    from faults.node.membership import Join

    faults = scenario.fault_list
    for index, fault in enumerate(faults):
        ends = (fault.fault,) if isinstance(fault, Heal) else fault.ends
        if not ends or isinstance(fault, Join) or fault.at is None:
            continue
        earlier = [other for other in faults if other is not fault and other.earliest < fault.at]
        if not any(fault.may_end(other) for other in earlier):
            name = fault.name if isinstance(fault, Heal) else None
            what = " or ".join(f"'{end}'" for end in ends) + (f" called {name!r}" if name is not None else "")
            message = f"found '{fault.kind}' at {format_duration(fault.at)}, with no earlier {what} to end"
            other_kinds = sorted({other.kind for other in earlier if name is not None and other.name == name})
            remedy = f"say fault: {other_kinds[0]}" if other_kinds else "add one, or move this after it"
            yield ("faults", index, "at"), f"{message}; {remedy}"


def _budget_that_is_broken(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """A list that is sure to take down, or have lie, more nodes at once than the budget allows."""
    from faults.budget import LIMITS, overdrafts

    population = scenario.topology.node_count
    if population is None:
        return
    limit = LIMITS[scenario.budget](population)
    if limit is None:
        return
    for place, struck in overdrafts(scenario.fault_list, limit, population):
        nodes = "no node" if limit == 0 else "1 node" if limit == 1 else f"{limit} nodes"
        found = f"found {struck} node{'s' if struck > 1 else ''} of {population} down or lying at once from here on"
        remedy = (
            f"expected at most {nodes}, the budget '{scenario.budget}': strike fewer, heal earlier, or widen budget"
        )
        yield ("faults", place), f"{found}; {remedy}"


def _liveness_without_time(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """The liveness phase must be over when the run is, and needs a protocol that says what progress is."""
    liveness = scenario.liveness
    if liveness is not None and liveness.at + liveness.within > scenario.duration:
        end = format_duration(liveness.at + liveness.within)
        message = f"found a liveness phase until {end}; expected it to end within the duration"
        yield ("liveness", "within"), f"{message}, {format_duration(scenario.duration)}: begin earlier, or lengthen it"


def _strikes_after_the_liveness_phase_begins(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """Once the liveness phase has begun, nothing strikes any more; at its very begin chance would decide."""
    if scenario.liveness is None:
        return
    begin = scenario.liveness.at
    for path, block, time in _times(scenario):
        drawn_until = path[-1] == "until" and block is scenario.faults
        if path[0] != "faults" or time < begin or (path[-1] == "until" and not (drawn_until and time > begin)):
            continue
        if time > 0 or path[-1] != "start":  # a start that is left out
            found = f"found {format_duration(time)}, when the liveness phase has begun and nothing strikes any more"
            expected = f"{'at most' if drawn_until else 'less than'} {format_duration(begin)}"
            yield path, f"{found}; expected {expected}: make it earlier, or begin the phase later"


def _detail_of_too_many_nodes(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """A row for each message is for runs that a person or a disk can take in."""
    population = scenario.topology.node_count or 0
    if scenario.detail in ("messages", "all") and population > MOST_NODES_IN_DETAIL:
        found = f"found '{scenario.detail}' with {population:,} nodes"
        yield ("detail",), f"{found}; expected summary or states above {MOST_NODES_IN_DETAIL:,} nodes"


def _handling_and_hardware(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """`handling` is the short form of hardware with one core."""
    if scenario.handling is not None and scenario.hardware:
        yield ("handling",), "found handling beside hardware; expected one of them: say costs in the hardware instead"


def _hardware_of_no_node(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """Each node has one description at most, and is one."""
    population, several = scenario.topology.node_count, len(scenario.hardware) > 1
    described: set[int] = set()
    for place, config in enumerate(scenario.hardware):
        path: FieldPath = ("hardware", place, "nodes") if several else ("hardware", "nodes")
        nodes = set(range(population or 0)) if config.nodes is None else set(config.nodes)
        beyond = sorted(node for node in nodes if population is not None and node >= population)
        if beyond:
            yield path, f"found node {beyond[0]}; expected a node from 0 to {(population or 0) - 1}"
        if config.nodes is not None and len(nodes) < len(config.nodes):
            yield path, "found a node twice; expected each once"
        again = sorted(nodes & described)
        if again:
            yield path, f"found node {again[0]}, which has hardware already; expected one description for each node"
        described |= nodes


def _cores_that_are_missing(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """Threads run on cores."""
    if not scenario.protocol.needs_cores:
        return
    described = scenario.hardware
    if not described:
        yield ("hardware",), f"found no hardware; {scenario.protocol.kind} runs threads: say {{cores: 4}}, for example"
    population = scenario.topology.node_count
    if population is None or not described or any(config.nodes is None for config in described):
        return
    bare = sorted(set(range(population)).difference(*(config.nodes or () for config in described)))
    if bare:
        yield ("hardware",), f"found none for node {bare[0]}; {scenario.protocol.kind} runs threads on every node"


def _memory_that_is_missing(scenario: Scenario) -> Iterator[tuple[FieldPath, str]]:
    """Some protocols keep things in memory, which hardware describes."""
    if scenario.protocol.needs_memory and not (
        scenario.hardware and all(config.memory for config in scenario.hardware)
    ):
        kind = scenario.protocol.kind
        yield ("hardware",), f"found nodes without memory, where {kind} keeps things; expected some: {{memory: {{}}}}"
