"""Operations of clients, put together from the records of their begin and their end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sim.records import Record

KINDS: Final = frozenset(("invoked", "completed"))
"""Kinds of the records that make a history."""
OPEN: Final = 1 << 62
"""The end of an operation that may take effect at any later time, or never."""


@dataclass(slots=True, eq=False)
class Operation:
    """One operation of a client. `begin` and `end` are places in the order of the run, `began` and `ended` times in ns.

    `function`, `key` and `value` are what was asked; `result` is what came back. `outcome`: `ok`; `fail`, where it has
    certainly not been carried out; `unknown`, where nobody knows, and `end` is OPEN.
    """

    process: int
    client: int
    function: str
    key: str
    value: Any
    begin: int
    began: int
    end: int = OPEN
    ended: int | None = None
    outcome: str = "unknown"
    result: Any = None

    @property
    def is_certain(self) -> bool:
        """Whether it was carried out, with a result that is known."""
        return self.outcome == "ok"


class Outstanding:
    """Pairs `invoked` with `completed` records; `of` holds the operations that have no end yet, by process."""

    def __init__(self) -> None:
        self.of: dict[int, Operation] = {}

    def observe(self, record: Record) -> Operation:
        """Take the next record; gives the operation, which is complete with the second of the two."""
        fields = record.fields
        process = fields["process"]
        if record.kind == "invoked":
            operation = Operation(
                process,
                fields["client"],
                fields["function"],
                fields["key"],
                _asked(fields["function"], fields["value"]),
                record.sequence,
                record.time,
            )
            self.of[process] = operation
            return operation
        operation = self.of.pop(process)
        operation.outcome = fields["outcome"]
        operation.ended = record.time
        if operation.is_certain:
            operation.end = record.sequence
            operation.result = _text(fields["value"]) if operation.function == "get" else fields["value"]
        return operation


def _asked(function: str, value: Any) -> Any:
    if function == "cas" and isinstance(value, tuple):
        return tuple(map(_text, value))
    return _text(value) if function in ("put", "append") else value


def _text(value: Any) -> Any:
    """The value of a key as text, as the store has it: other programs' histories have numbers and lists of them."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return ",".join(map(str, value)) if value else None
    return str(value)


def history_of(records: Iterable[Record]) -> list[Operation]:
    """All operations in the records of a run, in the order in which they began, those without an end as unknown."""
    outstanding, history = Outstanding(), []
    for record in records:
        if record.kind in KINDS:
            operation = outstanding.observe(record)
            if record.kind == "invoked":
                history.append(operation)
    return history


def told(operation: Operation) -> str:
    """An operation in words, such as `get by 3 saw 'a'`."""
    function, value, result = operation.function, operation.value, operation.result
    if function == "transfer":
        words = f"transfer of {value[1]} from {operation.key} to {value[0]}"
    elif function == "cas":
        words = f"cas from {value[0]!r} to {value[1]!r}"
    else:
        words = function if value is None else f"{function} {value!r}"
    words += f" by {operation.process}"
    if not operation.is_certain:
        return f"{words} (unknown)"
    if function in ("get", "balances"):
        return f"{words} saw {result!r}"
    return f"{words} refused" if result is False else words


def as_record(operation: Operation) -> Record:
    """An operation as one record, for the evidence of a verdict."""
    fields = {
        "process": operation.process,
        "function": operation.function,
        "key": operation.key,
        "value": operation.value,
        "outcome": operation.outcome,
        "result": operation.result,
        "ended": operation.ended,
    }
    return Record(operation.began, operation.begin, None, "operation", fields)
