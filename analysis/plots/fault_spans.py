"""When what was broken: spans of time, from the records of faults and of the nodes' lives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sim.records import Record

NODE_LIFE: Final = {"crashed": ("crashed", "restarted"), "paused": ("paused", "resumed")}
"""State of a node: the records that begin and end it."""
FAULT: Final = "fault"
RECORD_KINDS: Final = (FAULT, *(kind for pair in NODE_LIFE.values() for kind in pair))
"""Kinds of state records that tell of faults."""

_TOLD_BY_OTHERS: Final = frozenset({"crash", "restart", "pause", "resume", "heal"})
"""Faults whose doing is recorded elsewhere: by the nodes that crash or pause, by the partition that is healed."""


@dataclass(frozen=True, slots=True)
class FaultSpan:
    """Something was broken from `begin` to `end`, in nanoseconds.

    `node` is None where it is no single node's. `sides` are those of a partition; further nodes form one more side.
    `unmended`: it was still so when the run ended.
    """

    kind: str
    begin: int
    end: int
    node: int | None = None
    sides: tuple[tuple[int, ...], ...] = ()
    unmended: bool = False


def fault_spans(records: Iterable[Record], end: int) -> list[FaultSpan]:
    """Return what was broken and when, in the order in which it broke; what was never mended lasts until `end`.

    `records` are the run's state records of `RECORD_KINDS`, in order. Faults that act on single nodes (crash, pause)
    are taken from the lives of those nodes, others from the begin and end of the fault itself.
    """
    spans: list[FaultSpan] = []
    unmended: list[FaultSpan] = []
    for record in records:
        begins, change = _change(record, end)
        if change is None:
            continue
        if begins:
            unmended.append(change)
        elif (broken := _what_it_ends(change, unmended)) is not None:
            unmended.remove(broken)
            spans.append(replace(broken, end=record.time, unmended=False))
    return sorted(spans + unmended, key=_order)


def _change(record: Record, end: int) -> tuple[bool, FaultSpan | None]:
    """Return whether a record begins or ends something, and what: None where it tells of neither."""
    for state, (begin_kind, end_kind) in NODE_LIFE.items():
        if record.kind in (begin_kind, end_kind) and "message" not in record.fields:
            return record.kind == begin_kind, FaultSpan(state, record.time, end, record.node, unmended=True)
    fault, phase = record.fields.get("fault"), record.fields.get("phase")
    if record.kind != FAULT or fault in _TOLD_BY_OTHERS or phase not in ("begin", "end"):
        return False, None
    sides = record.fields.get("targets", ()) if fault == "partition" else ()
    return phase == "begin", FaultSpan(str(fault), record.time, end, sides=tuple(map(tuple, sides)), unmended=True)


def _what_it_ends(ended: FaultSpan, unmended: Sequence[FaultSpan]) -> FaultSpan | None:
    """Return the oldest that is of the same kind and place."""
    place = (ended.kind, ended.node, ended.sides)
    return next((span for span in unmended if (span.kind, span.node, span.sides) == place), None)


def _order(span: FaultSpan) -> tuple[int, int, str, int]:
    return span.begin, span.end, span.kind, -1 if span.node is None else span.node


def merged(spans: Iterable[FaultSpan]) -> dict[str, list[tuple[int, int]]]:
    """Return, for each kind in the order of its first span, when at least one such fault was on: disjoint, in order."""
    by_kind: dict[str, list[tuple[int, int]]] = {}
    for span in sorted(spans, key=_order):
        times = by_kind.setdefault(span.kind, [])
        if times and span.begin <= times[-1][1]:
            times[-1] = (times[-1][0], max(times[-1][1], span.end))
        else:
            times.append((span.begin, span.end))
    return by_kind


def cut_links(spans: Iterable[FaultSpan], links: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of the links that a partition cut at any time."""
    partitions = {span.sides for span in spans if span.sides}
    side_of = [{node: number for number, side in enumerate(sides) for node in side} for sides in sorted(partitions)]
    if not side_of:
        return set()
    return {(i, j) for i, j in links if any(side.get(i, -1) != side.get(j, -1) for side in side_of)}
