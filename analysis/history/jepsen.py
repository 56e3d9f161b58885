"""Histories in the form of Jepsen's `history.edn`: one map a line, as its checker Knossos reads them.

`:type` is `:invoke`, `:ok`, `:fail` or `:info` (may have taken effect). `:f` is `:read`, `:write`, `:cas`, `:append`,
`:delete` or `:transfer`, `:key` tells of which key. A cas that found another value is a `:fail` with the `:error`
`:not-equal`, and a transfer without enough money one with `:not-enough`, as they have taken no effect. The process
`:nemesis` tells what the faults did and how nodes lived. `:time` is in nanoseconds, `:index` counts lines, `:sequence`
is the record's place in the run. (github.com/jepsen-io/jepsen, jepsen.history and jepsen.tests.bank.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from analysis.history.edn import Keyword, edn, name_of, read_edn
from analysis.history.operations import KINDS
from analysis.node_life import LIFE
from sim.records import Record
from topologies.errors import InputError

NEMESIS: Final = Keyword("nemesis")
BROKEN: Final = frozenset((*LIFE, "storage-failed", "fault", "liveness"))
"""Kinds of the records that Jepsen would ascribe to its nemesis."""
EXPORTED: Final = KINDS | BROKEN
"""Kinds of the records that are exported."""
NAMES: Final = {"get": "read", "put": "write", "balances": "read"}
"""Names of functions in Jepsen, where they are others."""
OUTCOMES: Final = {"ok": "ok", "fail": "fail", "unknown": "info"}
NOT_DONE: Final = {"cas": Keyword("not-equal"), "transfer": Keyword("not-enough")}
"""The error of an operation that was answered with False."""
_PHASES: Final = {"begin": "start", "end": "stop"}
_ENTRY: Final = frozenset(
    ("type", "f", "value", "process", "key", "time", "index", "sequence", "error", "result", "function")
)
_RECORD: Final = frozenset(("process", "function", "key", "value", "outcome"))
_TYPES: Final = {Keyword(short): long for long, short in OUTCOMES.items()}
_ABSENT: Final = object()


def jepsen_lines(records: Iterable[Record]) -> Iterator[str]:
    """Yield the lines of a history, from records in order; those of other kinds are left out."""
    invoked: dict[Any, dict[str, Any]] = {}
    index = 0
    for record in records:
        if record.kind == "invoked":
            invoked[record.fields["process"]] = record.fields
            entry = _invocation(record)
        elif record.kind == "completed":
            given = invoked.pop(record.fields["process"], None)
            if given is None:  # an operation without a beginning is none
                continue
            entry = _completion(record, given)
        elif record.kind in BROKEN and record.fields.get("phase") != "total":
            entry = _nemesis(record)
        else:
            continue
        places = {"time": record.time, "index": index, "sequence": record.sequence}
        yield edn({Keyword(name): value for name, value in (entry | places).items()})
        index += 1


def _invocation(record: Record) -> dict[str, Any]:
    given = record.fields
    return {
        "type": Keyword("invoke"),
        "f": _name(given["function"]),
        "value": _asked(given),
        "process": given["process"],
        "key": given["key"],
        **({"function": name_of(given["function"])} if given["function"] == "balances" else {}),
        **_further(given),
    }


def _further(fields: dict[str, Any]) -> dict[str, Any]:
    """What a record tells beyond what the form has a name for."""
    return {name: value for name, value in fields.items() if name not in _RECORD}


def _completion(record: Record, given: dict[str, Any]) -> dict[str, Any]:
    fields, function = record.fields, given["function"]
    outcome, result = fields["outcome"], fields.get("value")
    entry = {name: value for name, value in _invocation(record._replace(fields=given)).items() if name in _ENTRY}
    if outcome == "ok" and result is False and function in NOT_DONE:
        entry |= {"type": Keyword("fail"), "error": NOT_DONE[function]}
    else:
        entry["type"] = Keyword(OUTCOMES[outcome])
        if outcome == "ok" and NAMES.get(function) == "read":
            entry["value"] = _balances(result) if function == "balances" else result
    if _result(entry.get("error"), outcome, function, entry["value"]) != result or _odd(result):
        entry["result"] = result
    return entry | _further(fields)


def _odd(result: Any) -> bool:
    """Whether a result equals another of another type, such as 1 and True."""
    return isinstance(result, int | float) and not isinstance(result, bool)


def _name(function: str) -> Keyword | str:
    return name_of(NAMES.get(function, function))


def _asked(given: dict[str, Any]) -> Any:
    value = given.get("value")
    if given["function"] == "transfer" and isinstance(value, tuple) and len(value) == 2:
        names = ("from", "to", "amount")
        return dict(zip(map(Keyword, names), (given["key"], *value), strict=True))
    return value


def _balances(result: Any) -> Any:
    return {f"a{number}": balance for number, balance in enumerate(result)} if isinstance(result, tuple) else result


def _nemesis(record: Record) -> dict[str, Any]:
    fields = record.fields
    name = record.kind
    if record.kind == "fault":
        name = f"{_PHASES.get(fields['phase'], fields['phase'])}-{fields['fault']}"
    return {
        "type": Keyword("info"),
        "f": name_of(name),
        "value": {name_of(field): value for field, value in fields.items()},
        "process": NEMESIS,
        "kind": name_of(record.kind),
        "node": record.node,
    }


def read_jepsen(lines: Iterable[str]) -> Iterator[Record]:
    """Yield the records of a history that was exported, equal to those that made it; or of one that Jepsen wrote.

    Raises InputError that names the line.
    """
    invoked: dict[Any, dict[str, Any]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = read_edn(line)
            if not isinstance(data, dict) or Keyword("type") not in data or Keyword("process") not in data:
                raise InputError("found no map with :type and :process; expected an operation of a Jepsen history")
            entry = {key.name if isinstance(key, Keyword) else str(key): value for key, value in data.items()}
            yield _record(entry, number - 1, invoked)
        except InputError as error:
            raise InputError(f"line {number}: {error.message}") from None


def _record(entry: dict[str, Any], place: int, invoked: dict[Any, dict[str, Any]]) -> Record:
    """The record that a line tells; invocations are kept until they are completed."""
    index = entry.get("index", place)
    time, sequence = entry.get("time", index), entry.get("sequence", index)
    if entry["process"] == NEMESIS:
        return _told_by_nemesis(entry, time, sequence)
    process = entry["process"]
    if entry["type"] == Keyword("invoke"):
        fields = _given(entry)
        invoked[process] = fields
        return Record(time, sequence, None, "invoked", fields)
    outcome = _TYPES.get(entry["type"])
    if outcome is None:
        raise InputError(f"found {edn(entry['type'])}; expected :type :invoke, :ok, :fail or :info")
    given = invoked.pop(process, None)
    if given is None:
        raise InputError(f"found the end of an operation of process {process} that has none; expected :invoke before")
    return Record(time, sequence, None, "completed", _came(entry, outcome, given))


def _given(entry: dict[str, Any]) -> dict[str, Any]:
    """The fields of an invocation."""
    value, function = entry.get("value"), _text(entry.get("f"))
    key = entry.get("key", "")
    if function == "transfer" and isinstance(value, dict):
        source, *value = (value.get(Keyword(name)) for name in ("from", "to", "amount"))
        key, value = entry.get("key", source), tuple(value)
    elif function == "read":
        function = _text(entry.get("function", "get"))
    elif function == "write":
        function = "put"
    process = entry["process"]
    asked = {"process": process, "client": process, "function": function, "key": key, "value": value}
    return asked | _not_of_the_form(entry)


def _not_of_the_form(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in _ENTRY}


def _came(entry: dict[str, Any], outcome: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a completion."""
    error, function = entry.get("error"), given["function"]
    if error is not None and error == NOT_DONE.get(function):
        outcome = "ok"
    result = entry.get("result", _ABSENT)
    if result is _ABSENT:
        result = _result(error, outcome, function, entry.get("value"))
    return {"process": entry["process"], "outcome": outcome, "value": result} | _not_of_the_form(entry)


def _result(error: Any, outcome: str, function: str, value: Any) -> Any:
    """The result that a completion tells by its type, its error and its value."""
    if outcome != "ok":
        return None
    if function in NOT_DONE:
        return error != NOT_DONE[function]
    if function == "balances" and isinstance(value, dict):
        return tuple(value.values())
    return value if NAMES.get(function) == "read" else None


def _told_by_nemesis(entry: dict[str, Any], time: int, sequence: int) -> Record:
    value = entry.get("value")
    fields = {_text(name): item for name, item in value.items()} if isinstance(value, dict) else {"value": value}
    return Record(time, sequence, entry.get("node"), _text(entry.get("kind", entry.get("f"))), fields)


def _text(name: Any) -> str:
    return name.name if isinstance(name, Keyword) else str(name)
