"""When what was broken: spans of time, from the records of faults and of the nodes' lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from sim.network.separation import GroupSeparation, RingSeparation, Separation
from sim.records import Record

NODE_LIFE: Final = {"crashed": ("crashed", "restarted"), "paused": ("paused", "resumed"), "absent": ("left", "joined")}
"""State of a node: the records that begin and end it."""
FAULT: Final = "fault"
RECORD_KINDS: Final = (FAULT, *(kind for pair in NODE_LIFE.values() for kind in pair))
"""Kinds of state records that tell of faults."""
_STATE_OF: Final = {kind: state for state, kinds in NODE_LIFE.items() for kind in kinds}


@dataclass(frozen=True, slots=True)
class FaultSpan:
    """Something was broken from `begin` to `end`, in nanoseconds; at one moment where these are the same.

    `kind` is a state of `node`, or a kind of fault, of which the span is strike number `strike` of the fault `id`, on
    `targets`, as they are recorded. `touched`: how much it had done something to when it ended, 0 where it did not.
    `unmended`: it was still so when the run ended.
    """

    kind: str
    begin: int
    end: int
    node: int | None = None
    unmended: bool = False
    id: str = ""
    strike: int = 0
    targets: tuple[Any, ...] = ()
    touched: int = 0


def fault_spans(records: Iterable[Record], end: int) -> list[FaultSpan]:
    """Return what was broken and when, in the order in which it broke; what was never mended lasts until `end`.

    `records` are the run's state records of `RECORD_KINDS`, in order. What takes nodes down and brings them back is
    taken from the lives of those nodes, all else from the strikes of the fault itself; what ends other faults is none.
    """
    rows = list(records)
    struck = [span for span in strikes(rows, end) if not _is_told_by_lives(span.kind)]
    return sorted(lives(rows, end) + struck, key=_order)


def lives(records: Iterable[Record], end: int) -> list[FaultSpan]:
    """Return when nodes were crashed, paused or absent."""
    spans: list[FaultSpan] = []
    unmended: dict[tuple[str, int | None], FaultSpan] = {}
    for record in records:
        state = _STATE_OF.get(record.kind)
        if state is None or "message" in record.fields:
            continue
        place = state, record.node
        if record.kind == NODE_LIFE[state][0]:
            unmended.setdefault(place, FaultSpan(state, record.time, end, record.node, unmended=True))
        elif place in unmended:
            spans.append(replace(unmended.pop(place), end=record.time, unmended=False))
    return sorted((*spans, *unmended.values()), key=_order)


def strikes(records: Iterable[Record], end: int) -> list[FaultSpan]:
    """Return each strike of each fault, those of faults that end others included."""
    found: dict[tuple[str, int], FaultSpan] = {}
    for record in records:
        fields = record.fields
        if record.kind != FAULT or fields["phase"] == "total":
            continue
        place = fields["id"], fields["strike"]
        if fields["phase"] != "begin" and place in found:
            found[place] = replace(found[place], end=record.time, unmended=False, touched=fields["touched"])
            continue
        lasts = fields["phase"] == "begin"
        found[place] = FaultSpan(
            fields["fault"],
            record.time,
            end if lasts else record.time,
            unmended=lasts,
            id=fields["id"],
            strike=fields["strike"],
            targets=tuple(fields["targets"]),
            touched=fields.get("touched", 0),
        )
    return sorted(found.values(), key=_order)


def _is_told_by_lives(kind: str) -> bool:
    """Whether a kind of fault does nothing but to take nodes down, bring them back, or end other faults."""
    from faults.registry import FAULTS

    config = FAULTS[kind].config if kind in FAULTS else None
    return config is not None and (config.phase == "end" or (config.takes_down and config.layer == "node"))


def _order(span: FaultSpan) -> tuple[int, int, str, int, str, int]:
    return span.begin, span.end, span.kind, -1 if span.node is None else span.node, span.id, span.strike


def merged(spans: Iterable[FaultSpan]) -> list[tuple[int, int]]:
    """Return when at least one of the spans was on: disjoint, in order."""
    times: list[tuple[int, int]] = []
    for span in sorted(spans, key=_order):
        if times and span.begin <= times[-1][1]:
            times[-1] = (times[-1][0], max(times[-1][1], span.end))
        else:
            times.append((span.begin, span.end))
    return times


def cut_links(spans: Iterable[FaultSpan], links: Iterable[tuple[int, int]], nodes: int) -> set[tuple[int, int]]:
    """Return those of the links, among so many nodes, that a partition cut at any time, in one direction at least."""
    parted = {(span.kind, span.targets) for span in spans if span.kind in ("partition", "swizzle")}
    separations = [separation for kind, targets in sorted(parted) for separation in _separations(kind, targets, nodes)]
    if not separations:
        return set()
    return {(i, j) for i, j in links if any(separation.separates(i, j) for separation in separations)}


def _separations(kind: str, targets: tuple[Any, ...], nodes: int) -> list[Separation]:
    """Return what a partition put between the nodes, from what its record says of its sides."""
    if kind == "swizzle":
        return [GroupSeparation("", ((node,),)) for node in targets]
    if len(targets) == 1 and len(targets[0]) == nodes and targets[0] != tuple(sorted(targets[0])):
        return [RingSeparation("", targets[0], -(-(nodes // 2) // 2))]
    on_sides = Counter(node for side in targets for node in side)
    shared = frozenset(node for node, sides in on_sides.items() if sides > 1)
    return [GroupSeparation("", [set(side) - shared for side in targets], shared)]
