"""Histories as Jepsen writes them: what is exported reads back equal, whatever the texts."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import edn_format
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.history.edn import Keyword, edn, read_edn
from analysis.history.jepsen import jepsen_lines, read_jepsen
from sim.records import Record
from topologies.errors import InputError

TEXTS = st.text() | st.sampled_from(
    ["", "\n", "\u2028", '"', "\\", "\\n", "\x00", "\ud83d\ude00", "😀", ";", "#_", "nil", ":a", "\x85", "\udc80"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=6)


def asked(function: str) -> st.SearchStrategy[tuple[str, str, Any]]:
    """Function, key and value as the workloads record them."""
    values: dict[str, st.SearchStrategy[Any]] = {
        "get": st.none(),
        "balances": st.none(),
        "delete": st.none(),
        "cas": st.tuples(st.none() | TEXTS, TEXTS),
        "transfer": st.tuples(TEXTS, st.integers(min_value=1)),
    }
    return st.tuples(st.just(function), st.just("") if function == "balances" else TEXTS, values.get(function, TEXTS))


ASKED = st.sampled_from(["get", "put", "append", "cas", "delete", "transfer", "balances"]).flatmap(asked)


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Records of processes, faults and nodes, with any results that a protocol may come up with."""
    records: list[Record] = []
    fields: dict[str, Any]
    outstanding: list[int] = []
    for process in range(draw(st.integers(0, 8))):
        what = draw(st.sampled_from(["invoke", "complete", "fault", "crashed"]))
        place, node = len(records), None
        if what == "complete" and outstanding:
            kind = "completed"
            fields = {"process": outstanding.pop(0), "client": process, "outcome": draw(st.sampled_from(OUTCOMES))}
            fields |= {
                "value": draw(VALUES),
                "server": draw(st.none() | st.integers(0, 4)),
                "attempts": 1,
                "latency": 7,
            }
        elif what == "fault":
            kind = "fault"
            fields = {"fault": "crash", "phase": draw(st.sampled_from(["begin", "end"])), "id": draw(TEXTS)}
            fields |= {"strike": 1, "targets": (3, 4), "name": None}
        elif what == "crashed":
            kind, node, fields = "crashed", draw(st.integers(0, 9)), {}
        else:
            kind = "invoked"
            function, key, value = draw(ASKED)
            fields = {"process": process, "client": 0, "function": function, "key": key, "value": value}
            outstanding.append(process)
        records.append(Record(place * 10, place * 3, node, kind, fields))
    return records


OUTCOMES = ("ok", "fail", "unknown")


def exactly(record: Record) -> str:
    """A record with the types of its values, as 1 equals True."""
    return repr(record._replace(fields=dict(sorted(record.fields.items()))))


@given(histories())
def test_a_history_reads_back_equal(records: list[Record]) -> None:
    """Reading what was written gives the same records, each from one line."""
    lines = list(jepsen_lines(records))
    assert not [line for line in lines if len(line.splitlines()) != 1]
    assert list(map(exactly, read_jepsen(lines))) == list(map(exactly, records))
    "\n".join(lines).encode("utf-8")


@given(VALUES)
def test_values_read_back_equal(value: Any) -> None:
    """EDN tells a value exactly, with its types."""
    assert repr(read_edn(edn(value))) == repr(value)


@given(VALUES)
def test_another_reader_understands_the_same(value: Any) -> None:
    """The library `edn_format` reads the same from our EDN."""
    text = edn(value)
    if "\\u" not in text and "##" not in text:
        assert plain(edn_format.loads(text)) == plain(value)


def plain(value: Any) -> Any:
    """Vectors of both readers as lists."""
    return list(map(plain, value)) if isinstance(value, list | tuple) or hasattr(value, "_hash") else value


@given(st.text(alphabet='()[]{}#_"\\:;,n1. \n', max_size=20) | st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the reader fail in another way than by an error for its user."""
    with suppress(InputError):
        read_edn(text)


@pytest.mark.parametrize("text", ["", "[1", "{:a}", '"a', "[1] 2", "}", '"\\q"', "#", "[" * 100, "{{} 1}", "sym"])
def test_what_is_no_value_is_refused_with_its_place(text: str) -> None:
    """A text that holds no value, half of one or two is refused, and the column is named."""
    with pytest.raises(InputError, match=r"column \d+: found"):
        read_edn(text)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("[1 2]", "no map with :type"),
        ("{:type :ok, :process 3, :f :read}", "end of an operation of process 3"),
        ("{:type :went, :process 3}", "found :went"),
        ("{:type", "column"),
    ],
)
def test_a_line_that_is_no_operation_is_refused_with_its_number(line: str, found: str) -> None:
    """The error names the line and what was found there."""
    with pytest.raises(InputError, match=f"line 2: .*{found}"):
        list(read_jepsen(["", line]))


def test_keywords_and_tags_are_read() -> None:
    """What Jepsen itself writes reads as its plain data: tags are passed over, comments too."""
    line = "#jepsen.history.Op{:index 0, :type :invoke, :process 0, :f :read, :value nil} ; the first"
    assert read_edn(line)[Keyword("type")] == Keyword("invoke")
