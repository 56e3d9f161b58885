"""Where two runs part: the first record that differs, and what differs after it, node by node."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from analysis.node_life import is_state
from sim.records import DETAILS, Detail, Record
from sim.units import format_duration

if TYPE_CHECKING:
    from analysis.run_folder import RunFolder

SHOWN: Final = 10
"""Nodes and settings that a text lists by name; of more it says how many."""
LONGEST_SETTING: Final = 60
"""Characters of a setting that a line shows, such as of a description."""


@dataclass(slots=True)
class NodeDifference:
    """What differs at one node (None: in records about the whole system) from the first difference there on.

    `first` and `second` are its first records that differ, None where that run has none; `records` counts those of the
    two runs from there on.
    """

    node: int | None
    first: Record | None
    second: Record | None
    records: list[int] = field(default_factory=lambda: [0, 0])

    @property
    def time(self) -> int:
        """When the first difference shows, in nanoseconds."""
        return min(record.time for record in (self.first, self.second) if record is not None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two runs differ. `settings` are lines about scenario, seed and versions; `detail` is what was compared.

    `position` is the place of the first record that differs among those compared, None where all of them are equal.
    """

    same: bool
    detail: str
    settings: tuple[str, ...] = ()
    position: int | None = None
    first: Record | None = None
    second: Record | None = None
    nodes: tuple[NodeDifference, ...] = ()

    @property
    def text(self) -> str:
        """The comparison in words, for people."""
        lines = list(self.settings[:SHOWN])
        if len(self.settings) > SHOWN:
            lines.append(f"and {len(self.settings) - SHOWN} more settings differ")
        if self.same:
            return "\n".join([*lines, "the runs are the same"])
        if self.position is not None:
            lines += self._first_difference()
        advice = self._advice()
        return "\n".join([*lines, advice] if advice else lines)

    def _first_difference(self) -> list[str]:
        records = [record for record in (self.first, self.second) if record is not None]
        lines = [f"the first difference is at {format_duration(min(record.time for record in records))}:"]
        for name, record in (("first", self.first), ("second", self.second)):
            lines.append(f"  {name + ':':<8}{'no more records' if record is None else record_text(record)}")
        if self._only_order_differs():
            lines.append("  it is the same but for its place in the run: other messages came to an outcome before it")
        if self.nodes:
            lines.append(
                f"from there on {len(self.nodes)} nodes differ:" if len(self.nodes) > 1 else "one node differs:"
            )
            lines += [_node_text(difference) for difference in self.nodes[:SHOWN]]
        if len(self.nodes) > SHOWN:
            lines.append(f"  and {len(self.nodes) - SHOWN} more")
        return lines

    def _only_order_differs(self) -> bool:
        first, second = self.first, self.second
        return first is not None and second is not None and _content(first) == _content(second)

    def _advice(self) -> str:
        if self.detail in ("messages", "all"):
            if self.position is None:
                return "all records are the same; the runs differ in messages that were under way when they ended"
            return ""
        if self.position is None:
            kept = "no records were kept" if self.detail == "summary" else "all state records are the same"
            return f"{kept}; run both again with --detail messages to see which message differs"
        return "run both again with --detail messages to see the messages that led to it"


def compare_runs(first: RunFolder, second: RunFolder) -> Comparison:
    """Compare two runs on disk, as far as the records that both have kept go."""
    one, other = first.manifest, second.manifest
    detail = _lower(one.detail, other.detail)
    settings = tuple(_settings(_settings_of(first), _settings_of(second)))
    if one.digest == other.digest:
        return Comparison(True, detail, settings)
    return replace(compare_records(first.records(), second.records(), detail), same=False, settings=settings)


def compare_records(first: Iterable[Record], second: Iterable[Record], detail: Detail = "all") -> Comparison:
    """Compare two streams of records at a level of detail: rows that this level does not keep are passed over.

    Equal records mean the same run only where message outcomes are among them.
    """
    ones, others = _kept(first, detail), _kept(second, detail)
    for position, (one, other) in enumerate(zip_longest(ones, others)):
        if one != other:
            nodes = _by_node(_from(one, ones), _from(other, others))
            return Comparison(False, detail, (), position, one, other, nodes)
    return Comparison(detail in ("messages", "all"), detail)


def record_text(record: Record) -> str:
    """A record in one line, for people."""
    where = "system" if record.node is None else f"node {record.node}"
    fields = ", ".join(f"{name}={value!r}" for name, value in sorted(record.fields.items()))
    return f"{where} {record.kind}" + (f" ({fields})" if fields else "") + f" at {format_duration(record.time)}"


def _lower(one: str, other: str) -> Detail:
    return DETAILS[min(DETAILS.index(detail) for detail in DETAILS if detail in (one, other))]


def _kept(records: Iterable[Record], detail: Detail) -> Iterator[Record]:
    if detail == "all":
        yield from records
    elif detail == "messages":
        yield from (record for record in records if record.kind not in ("sent", "timer") or is_state(record))
    elif detail == "states":
        yield from (record for record in records if is_state(record))


def _from(record: Record | None, rest: Iterator[Record]) -> Iterator[Record]:
    if record is not None:
        yield record
    yield from rest


def _content(record: Record) -> tuple[int, str, dict[str, Any]]:
    """A record without its place in the whole run, which shifts with what other nodes do."""
    return (record.time, record.kind, record.fields)


def _by_node(first: Iterator[Record], second: Iterator[Record]) -> tuple[NodeDifference, ...]:
    """What differs at each node, in the order in which it shows; records are held only while one run is ahead."""
    waiting: dict[int | None, tuple[deque[Record], deque[Record]]] = {}
    differing: dict[int | None, NodeDifference] = {}
    for pair in zip_longest(first, second):
        for side, record in enumerate(pair):
            if record is None:
                continue
            if record.node in differing:
                differing[record.node].records[side] += 1
                continue
            queues = waiting.setdefault(record.node, (deque(), deque()))
            queues[side].append(record)
            if queues[0] and queues[1]:
                if _content(queues[0][0]) == _content(queues[1][0]):
                    queues[0].popleft()
                    queues[1].popleft()
                else:
                    _note(differing, record.node, waiting.pop(record.node))
    for node, queues in waiting.items():
        if queues[0] or queues[1]:
            _note(differing, node, queues)
    return tuple(sorted(differing.values(), key=lambda found: (found.time, -1 if found.node is None else found.node)))


def _note(
    differing: dict[int | None, NodeDifference], node: int | None, queues: tuple[deque[Record], deque[Record]]
) -> None:
    heads = [queue[0] if queue else None for queue in queues]
    differing[node] = NodeDifference(node, heads[0], heads[1], [len(queue) for queue in queues])


def _node_text(difference: NodeDifference) -> str:
    where = "system" if difference.node is None else f"node {difference.node}"
    found = [record_text(record) if record else "nothing" for record in (difference.first, difference.second)]
    counts = f"{difference.records[0]} and {difference.records[1]} records from there on"
    return f"  {where} from {format_duration(difference.time)}: {found[0]} / {found[1]}; {counts}"


def _settings_of(run: RunFolder) -> dict[str, Any]:
    manifest = run.manifest
    versions = {f"version of {name}": version for name, version in manifest.versions.items()}
    return {**_flat(manifest.scenario), "seed": manifest.seed, "version of murmur": manifest.murmur, **versions}


def _flat(data: Any, path: str = "") -> dict[str, Any]:
    """Plain data as its leaves by dotted path."""
    if isinstance(data, Mapping) and data:
        parts = [_flat(value, f"{path}.{name}" if path else str(name)) for name, value in data.items()]
    elif isinstance(data, list) and data:
        parts = [_flat(value, f"{path}[{number}]") for number, value in enumerate(data)]
    else:
        return {path: data}
    return {name: value for part in parts for name, value in part.items()}


def _settings(first: dict[str, Any], second: dict[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys((*first, *second)):
        one, other = (side.get(name, "absent") for side in (first, second))
        if one != other:
            yield f"{name}: {_short(one)} in the first run, {_short(other)} in the second"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_SETTING else f"{text[:LONGEST_SETTING]}..."
