"""From the history of one key to the bars that are drawn of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from analysis.history.client_history import ClientHistory, client_history, keys_of
from analysis.history.operations import told
from analysis.plots.client_figures import client_records
from analysis.plots.history_bars import HistoryBar, HistoryFigure
from analysis.plots.run_figures import facts, spans_of
from sim.workloads.operation import READS
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.history.operations import Operation
    from analysis.plots.fault_spans import FaultSpan
    from analysis.plots.run_view import RunView
    from sim.records import Record

MOST_BARS: Final = 24
"""Operations that are drawn: the conflict and those before its end, or else those that overlap most."""
MOST_KEYS: Final = 20
"""Keys that are searched for a conflict, the most used ones."""


def history_figure(run: RunView, key: str | None = None) -> HistoryFigure:
    """Return the history of a key; without one, of the first key with a conflict, else of the most used one.

    Raises InputError where the run had no clients that asked for anything, or none that asked for the key.
    """
    records = client_records(run, "history")
    used = keys_of(records)
    found = _searched(records, list(used)) if key is None else client_history(records, _known(key, used))
    shown = _shown(found)
    points = _points(found.linearization, run.end)
    begin = min(each.began for each in shown)
    ends = [each.ended for each in shown if each.is_certain and each.ended is not None]
    end = max([*ends, *(each.began for each in shown)])
    end += max(1, (end - begin) // (8 if found.conflict else 50))  # room for the words of the last of a conflict
    begin, end = max(0, begin - (end - begin) // 40), min(run.end, end)  # room for the place of the first
    bars = [_bar(each, found, points) for each in shown]
    spans = [span for span in spans_of(run) if span.begin <= end and span.end >= begin]
    return HistoryFigure(
        bars, begin, end, run.name, f"{facts([run])}; {_said(found, len(shown))}", _clipped(spans, begin, end)
    )


def _searched(records: Sequence[Record], keys: Sequence[str]) -> ClientHistory:
    """Return the history of the first key with a conflict, among the first keys; else that of the very first."""
    first = client_history(records, keys[0])
    if first.verdict == "violated":
        return first
    others = (client_history(records, key) for key in keys[1:MOST_KEYS])
    return next((other for other in others if other.verdict == "violated"), first)


def _known(key: str, used: Mapping[str, int]) -> str:
    """Return the key; raises InputError where there is no operation on it, with the nearest one on which there is."""
    if key in used:
        return key
    if list(used) == [""]:
        raise InputError(
            f"found the key {key[:40]!r}; the clients of this run used a bank, which has no keys: leave it out"
        )
    near = get_close_matches(key[:40], used, 1, cutoff=0)
    raise InputError(
        f"found no operation on the key {key[:40]!r}; did you mean {near[0]!r}? There are {len(used)} keys"
    )


def _shown(history: ClientHistory) -> list[Operation]:
    """Return the operations to draw, in order of their begins."""
    if not history.conflict:
        return _busiest(history.operations)
    begins = {each.begin for each in history.conflict}
    last = max(each.begin for each in history.operations if each.begin in begins)
    others = [each for each in history.operations if each.begin not in begins and each.begin < last]
    room = max(0, MOST_BARS - len(begins))
    kept = others[len(others) - min(room, len(others)) :]
    return sorted((*kept, *(each for each in history.operations if each.begin in begins)), key=lambda each: each.begin)


def _busiest(operations: Sequence[Operation]) -> list[Operation]:
    """Return operations in a row that overlap most: whose time in all is the largest share of the time they span."""

    def overlap(first: int) -> float:
        row = operations[first : first + MOST_BARS]
        ends = [each.began if each.ended is None else each.ended for each in row]
        total = sum(end - each.began for each, end in zip(row, ends, strict=True))
        return total / max(1, max(ends) - row[0].began)

    first = max(range(max(1, len(operations) - MOST_BARS + 1)), key=overlap)
    return list(operations[first : first + MOST_BARS])


def _points(order: Sequence[Operation], end: int) -> dict[int, tuple[int, int]]:
    """Return, by the begin of each operation, its number in an order and a time in its bar that keeps to the order.

    The time is the middle between the earliest that those before allow and the latest that those after allow.
    """
    earliest: list[int] = []
    for each in order:
        earliest.append(max(each.began, earliest[-1] if earliest else 0))
    latest: list[int] = []
    for each in reversed(order):
        own = each.ended if each.is_certain and each.ended is not None else end
        latest.append(min(own, latest[-1] if latest else end))
    return {
        each.begin: (number, (low + high) // 2)
        for number, (each, low, high) in enumerate(zip(order, earliest, reversed(latest), strict=True), 1)
    }


def _bar(operation: Operation, history: ClientHistory, points: dict[int, tuple[int, int]]) -> HistoryBar:
    place, point = points.get(operation.begin, (None, None))
    words = told(operation).replace(f" by {operation.process}", "").removesuffix(" (unknown)")
    return HistoryBar(
        process=operation.process,
        begin=operation.began,
        end=None if operation.outcome == "unknown" else operation.ended,
        words=f"{words} (failed)" if operation.outcome == "fail" else words,
        reads=operation.function in READS,
        in_conflict=history.in_conflict(operation),
        place=place,
        point=point,
    )


def _said(history: ClientHistory, shown: int) -> str:
    """Return in words whose history it is, how much of it is drawn, and what was found."""
    whose = f"key {history.key}" if history.key else "the bank"
    total = len(history.operations)
    part = f"{total:,} operations" if shown == total else f"{shown} of {total:,} operations"
    conflict = len(history.conflict)
    words = "1 operation" if conflict == 1 else f"{conflict} operations"
    verdict = {
        "holds": "linearizable",
        "violated": f"not linearizable: {words} that no order explains",
        "unknown": "not known whether it is linearizable",
    }
    return f"{whose}, {part}; {verdict[history.verdict]}"


def _clipped(spans: Sequence[FaultSpan], begin: int, end: int) -> list[FaultSpan]:
    return [replace(span, begin=max(span.begin, begin), end=min(span.end, end)) for span in spans]
