"""What ran on which core, when: the trace of processors, as plots take it from the records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis.plots.time_window import window_between
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.plots.run_view import RunView
    from sim.records import Record

RAN: Final = "ran"
STINTS: Final = (RAN, "runs")
"""Stints that are over, and those that the end of the run cut off."""
STOLE: Final = "stole"
PARKED: Final = ("parked", "woke")
TRACE: Final = (*STINTS, STOLE, *PARKED)
"""Kinds of records of a processor's trace."""
_NUMBER: Final = re.compile(r"[\s#/:._-]*\d[\d\s#/:._-]*$")

CoreName = tuple[int, int]
"""A node and the number of one of its cores."""


@dataclass(frozen=True, slots=True)
class Stint:
    """A task on a core of a node from `begin` to `end`, for which it had been ready since `ready` (ns)."""

    node: int
    core: int
    task: str
    ready: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Steal:
    """At a `time` (ns), the core `thief` of a node took so many `tasks` from the core `victim`."""

    node: int
    time: int
    thief: int
    victim: int
    tasks: int


@dataclass(frozen=True)
class CoreTrace:
    """The trace of a run from `begin` to `end` (ns), of these cores; `parked` is from when to when a core was.

    `sorts` are those of all tasks of the whole run, those with the most time first. `by_node`: a row is all of a node.
    """

    cores: tuple[CoreName, ...]
    stints: tuple[Stint, ...]
    steals: tuple[Steal, ...]
    parked: tuple[tuple[CoreName, int, int], ...]
    begin: int
    end: int
    sorts: tuple[str, ...] = ()
    by_node: bool = False

    @property
    def nodes(self) -> list[int]:
        """The nodes whose cores they are."""
        return sorted({node for node, _ in self.cores})

    @property
    def shared(self) -> bool:
        """Whether a core ran several tasks at a time, as schedulers do that share it out."""
        return any(lane for lane, _ in self.lanes())

    def lanes(self) -> list[tuple[int, Stint]]:
        """Return the stints in order of time, each with its lane: the first of its core that is free then."""
        until: dict[CoreName, list[int]] = {}
        found = []
        for stint in sorted(self.stints, key=lambda stint: (stint.begin, stint.end)):
            ends = until.setdefault((stint.node, stint.core), [])
            lane = next((lane for lane, end in enumerate(ends) if end <= stint.begin), len(ends))
            ends[lane : lane + 1] = [stint.end]
            found.append((lane, stint))
        return found

    def label(self, core: CoreName) -> str:
        """Return what a core is called: its number, after that of its node where there are several."""
        if self.by_node:
            return str(core[0])
        return str(core[1]) if len(self.nodes) == 1 else f"{core[0]}.{core[1]}"

    @property
    def rows(self) -> str:
        """What labels of cores are."""
        nodes = self.nodes
        if self.by_node:
            return "Node"
        return f"Core of node {nodes[0]}" if len(nodes) == 1 else "Node.core"


def core_trace(run: RunView, plot: str, node: str | None = None, between: str | None = None) -> CoreTrace:
    """Return the trace of a run, or of one node, or of what happened between two moments such as `1s,1.2s`.

    Raises InputError where the run kept no trace, or none of that node or in that time.
    """
    begin, end = window_of(run, between)
    records = [record for record in run.states(TRACE) if record.node is not None]
    if not any(record.kind in STINTS for record in records):
        raise InputError(
            f"{run.name}: found no trace of cores, which the plot {plot} needs; give its scenario cores and run it "
            "again with --set hardware.trace=true"
        )
    chosen = _chosen_node(run, node, {int(record.node or 0) for record in records})
    records = [record for record in records if chosen is None or record.node == chosen]
    everything = [stint for stint in map(_stint, _of(records, *STINTS)) if stint.end > stint.begin]
    stints = tuple(stint for stint in everything if stint.end >= begin and stint.begin <= end)
    if not stints:
        raise InputError(f"{run.name}: found nothing that ran between the two moments; name others by --between")
    cores = _cores(run, records)
    steals = tuple(steal for steal in map(_steal, _of(records, STOLE)) if begin <= steal.time <= end)
    parked = tuple(
        (core, max(a, begin), min(b, end)) for core, a, b in _parked(records, run.end) if a < end and b > begin
    )
    time: Counter[str] = Counter()
    for stint in everything:
        time[sort_of(stint.task)] += stint.end - stint.begin
    sorts = tuple(sorted(time, key=lambda sort: (-time[sort], sort)))
    return CoreTrace(cores, stints, steals, parked, begin, end, sorts)


def window_of(run: RunView, between: str | None) -> tuple[int, int]:
    """Return from when to when a run is drawn, in ns; raises InputError where `between` is not two moments of it."""
    return window_between(run.name, run.end, between)


def _chosen_node(run: RunView, node: str | None, traced: set[int]) -> int | None:
    if node is None:
        return None
    if not node.isascii() or not node.isdigit() or int(node) not in traced:
        known = ", ".join(map(str, sorted(traced)[:8])) + (", …" if len(traced) > 8 else "")
        raise InputError(f"{run.name}: found the node {node[:40]!r}; the nodes with a trace of their cores are {known}")
    return int(node)


def _of(records: Iterable[Record], *kinds: str) -> Iterator[Record]:
    return (record for record in records if record.kind in kinds)


def _stint(record: Record) -> Stint:
    assert record.node is not None
    of = record.fields
    begin = int(of["since"])
    end = begin + int(of["ran"]) if "ran" in of else record.time
    return Stint(record.node, int(of["core"]), str(of["task"]), begin - int(of["waited"]), begin, end)


def _steal(record: Record) -> Steal:
    assert record.node is not None
    of = record.fields
    return Steal(record.node, record.time, int(of["core"]), int(of["victim"]), int(of["tasks"]))


def _parked(records: Iterable[Record], end: int) -> Iterator[tuple[CoreName, int, int]]:
    """Yield from when to when cores were parked."""
    since: dict[CoreName, int] = {}
    for record in records:
        if record.kind not in PARKED:
            continue
        assert record.node is not None
        core = record.node, int(record.fields["core"])
        if record.kind == "parked":
            since.setdefault(core, record.time)
        elif core in since:
            yield core, since.pop(core), record.time
    yield from ((core, begin, end) for core, begin in sorted(since.items()))


def _cores(run: RunView, records: Iterable[Record]) -> tuple[CoreName, ...]:
    """Return the cores of the nodes that were traced, those too that never had anything to do."""
    numbers: dict[int, int] = {}
    for record in records:
        assert record.node is not None
        numbers[record.node] = max(numbers.get(record.node, 0), int(record.fields["core"]) + 1)
    known = cores_by_node(run)
    return tuple((node, core) for node in sorted(numbers) for core in range(max(numbers[node], known.get(node, 0))))


def cores_by_node(run: RunView) -> dict[int, int]:
    """Return how many cores nodes have, as far as the scenario says."""
    blocks: Any = run.scenario.get("hardware") or []
    found: dict[int, int] = {}
    for block in [blocks] if isinstance(blocks, Mapping) else blocks:
        named = block.get("nodes")
        nodes = named if isinstance(named, list | tuple) else range(run.nodes)
        found |= {int(node): int(block.get("cores", 1)) for node in nodes}
    if not found and run.scenario.get("handling") is not None:
        found = dict.fromkeys(range(run.nodes), 1)
    return found


def sort_of(task: str) -> str:
    """Return the sort of a task: its name without the number at its end."""
    return _NUMBER.sub("", task) or task
