"""Traces for Perfetto: the documented format, what its importer wants of slices and arrows, and nothing left out."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import murmur
from analysis.exports.lanes import Lanes
from analysis.exports.trace_events import LONGEST_ARGUMENT, microseconds, plain
from analysis.node_life import is_state
from analysis.run_folder import RunFolder, open_run
from tests.end_to_end.command import murmur as command

Event = dict[str, Any]

NUMBER, TEXT = {"type": "number", "minimum": 0}, {"type": "string", "minLength": 1}
PLACE = {"pid": {"type": "integer", "minimum": 0}, "tid": {"type": "integer", "minimum": 0}}


def _phase(phase: str, required: str, **fields: Any) -> dict[str, Any]:
    """Return what the format asks of the events of a phase."""
    rule = {"required": ["ph", "ts", "pid", "name", *required.split()], "properties": PLACE | fields}
    return {"if": {"properties": {"ph": {"const": phase}}}, "then": rule}


NAMES = ["process_name", "process_labels", "process_sort_index", "thread_name", "thread_sort_index"]
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["traceEvents"],
    "properties": {
        "displayTimeUnit": {"enum": ["ms", "ns"]},
        "otherData": {"type": "object"},
        "traceEvents": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "ph": {"enum": [*"XisfCM"]},
                    "ts": NUMBER,
                    "name": TEXT,
                    "cat": TEXT,
                    "args": {"type": "object", "additionalProperties": {"type": ["number", "string", "boolean"]}},
                },
                "allOf": [
                    _phase("X", "tid dur cat", dur=NUMBER),
                    _phase("i", "tid s", s={"enum": [*"gpt"]}),
                    _phase("s", "tid cat id", id={"type": "integer", "minimum": 1}),
                    _phase("f", "tid cat id bp", id={"type": "integer", "minimum": 1}, bp={"const": "e"}),
                    _phase("C", "args", args={"minProperties": 1, "additionalProperties": {"type": "number"}}),
                    _phase("M", "args", name={"enum": NAMES}),
                ],
            },
        },
    },
}
"""The Trace Event Format as its document describes it, as far as these traces use it."""

STORE: dict[str, Any] = {
    "name": "store",
    "duration": "1200ms",
    "topology": {"kind": "mesh", "nodes": 3},
    "protocol": {"kind": "raft"},
    "network": {"loss": 0.05},
    "hardware": {"cores": 2, "trace": True, "scheduler": {"kind": "processor-sharing"}, "costs": {"message": "3ms"}},
    "workload": {"kind": "register", "clients": 2, "rate": "30/s"},
    "faults": [
        {"kind": "crash", "target": [0], "at": "500ms", "restart_after": "200ms"},
        {"kind": "partition", "target": [[1], [0, 2]], "at": "600ms", "heal_after": "300ms"},
        {"kind": "pause", "target": [2], "at": "1s", "resume_after": "1s"},
    ],
    "detail": "messages",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run with roles, clients, shared cores, faults that overlap, and messages, not all of which arrive."""
    folder = tmp_path_factory.mktemp("runs") / "store"
    murmur.run(STORE, folder)
    return open_run(folder)


@pytest.fixture(scope="module")
def events(run: RunFolder) -> list[Event]:
    """The events of its trace."""
    return events_of(murmur.export(run.path, "perfetto"))


def events_of(path: Path) -> list[Event]:
    """Return the events of a trace in a file."""
    found: list[Event] = json.loads(path.read_text(encoding="utf-8"))["traceEvents"]
    return found


def nanoseconds(time: float) -> int:
    """Return a time as Perfetto's importer takes it: multiplied, and cut off."""
    return int(time * 1000)


def track_names(events: list[Event]) -> dict[tuple[int, int], str]:
    """Return what each track is called, after its group."""
    named = {
        (event["pid"], event["name"], event.get("tid")): event["args"].get("name")
        for event in events
        if event["ph"] == "M"
    }
    groups = {pid: name for (pid, sort, _), name in named.items() if sort == "process_name"}
    return {
        (pid, tid): f"{groups[pid]}: {name}"
        for (pid, sort, tid), name in named.items()
        if sort == "thread_name" and tid
    }


def import_problems(events: list[Event]) -> list[str]:
    """Return what Perfetto could not show: slices of a track that do not nest, arrows without two slices to bind to."""
    found = []
    stacks: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    flows: dict[int, list[tuple[str, int]]] = defaultdict(list)
    timed = [event for event in events if event["ph"] in "Xsf"]
    for event in sorted(timed, key=lambda event: nanoseconds(event["ts"])):
        begin, track = nanoseconds(event["ts"]), (event["pid"], event["tid"])
        stack = stacks[track]
        while stack and stack[-1][1] <= begin and stack[-1][0] < begin:
            stack.pop()
        if event["ph"] == "X":
            end = begin + nanoseconds(event["dur"])
            if stack and stack[-1][1] < end and stack[-1][1] != stack[-1][0]:
                found.append(f"{event['name']} at {begin} does not nest on {track}")
            stack.append((begin, end))
        else:
            flows[event["id"]].append((event["ph"], begin))
            if not stack or not stack[-1][0] <= begin < stack[-1][1]:
                found.append(f"arrow {event['id']} binds to nothing at {begin}")
    return found + [f"arrow {each}: {ends}" for each, ends in flows.items() if [ph for ph, _ in ends] != ["s", "f"]]


def test_a_trace_is_in_the_documented_format(run: RunFolder) -> None:
    """All of a trace validates against the format, written out as a JSON schema, and so do those of other runs."""
    path = murmur.export(run.path, "perfetto")
    trace = json.loads(path.read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(trace)] == []
    assert trace["displayTimeUnit"] == "ns"
    assert trace["otherData"]["digest"] == run.manifest.digest
    assert {event["ph"] for event in trace["traceEvents"]} == set("XisfCM")


@pytest.mark.parametrize(
    "wrong",
    [
        {"ph": "X", "ts": 1, "pid": 1, "tid": 1, "name": "no end", "cat": "c"},
        {"ph": "i", "ts": 1, "pid": 1, "tid": 1, "name": "scope", "s": "x"},
        {"ph": "f", "ts": 1, "pid": 1, "tid": 1, "name": "unbound", "cat": "c", "id": 1},
        {"ph": "C", "ts": 1, "pid": 1, "name": "words", "args": {"value": "many"}},
        {"ph": "Q", "ts": 1, "pid": 1, "tid": 1, "name": "phase"},
    ],
    ids=lambda event: event["name"],
)
def test_the_schema_refuses_what_the_format_does_not_have(wrong: Event) -> None:
    """An event that breaks the format is found, so that the schema says something."""
    assert list(Draft202012Validator(SCHEMA).iter_errors({"traceEvents": [wrong]}))


def test_slices_nest_and_arrows_bind(events: list[Event]) -> None:
    """Perfetto shows everything: slices of a track nest, and each arrow leads from one slice to another."""
    assert import_problems(events) == []
    crossing = [{"ph": "X", "ts": at, "dur": 3.0, "pid": 1, "tid": 1, "name": "n"} for at in (0, 2)]
    assert import_problems(crossing)
    loose = {"ph": "s", "ts": 9, "pid": 1, "tid": 1, "name": "n", "id": 1}
    assert len(import_problems([loose])) == 2


def test_messages_are_slices_and_arrows(run: RunFolder, events: list[Event]) -> None:
    """Each message that arrived is an arrow between its nodes at its times; any other is shown where it was sent."""
    rows = [row for row in run.records() if "sent_at" in row.fields and not is_state(row)]
    arrived = [row for row in rows if row.kind == "delivered"]
    assert 0 < len(arrived) < len(rows)
    starts = {event["id"]: event for event in events if event["ph"] == "s"}
    ends = {event["id"]: event for event in events if event["ph"] == "f"}
    arrows = Counter(
        (starts[each]["pid"] - 3, nanoseconds(starts[each]["ts"]), ends[each]["pid"] - 3, nanoseconds(ends[each]["ts"]))
        for each in starts
    )
    of = [row.fields for row in arrived]
    assert arrows == Counter(
        (fields["source"], fields["sent_at"], fields["destination"], row.time)
        for fields, row in zip(of, arrived, strict=True)
    )
    shown = [event for event in events if event["ph"] == "X" and event["cat"] == "message"]
    assert len(shown) == len(rows) + len(arrived)
    outcomes = {row.kind for row in rows} - {"delivered"}
    assert {event["name"].rsplit("(")[1].rstrip(")") for event in shown if "(" in event["name"]} == outcomes


def test_each_node_and_core_has_its_track(run: RunFolder, events: list[Event]) -> None:
    """There is a group for each node with its life, role, records and cores, and one for clients and for faults."""
    names = set(track_names(events).values())
    for node in range(3):
        assert {f"node {node}: {track}" for track in ("role", "messages", "records", "core 0", "core 1")} <= names
    assert {"store, seed 0: faults", "clients: client 0", "node 0: life", "node 2: life"} <= names
    tracks = track_names(events)
    spans = {
        (tracks[event["pid"], event["tid"]], event["name"], nanoseconds(event["ts"]), nanoseconds(event["dur"]))
        for event in events
        if event["ph"] == "X"
    }
    assert ("node 0: life", "crashed", 500_000_000, 200_000_000) in spans
    assert ("node 2: life", "paused", 1_000_000_000, 200_000_000) in spans
    assert {track for track, name, *_ in spans if name == "partition"} == {"store, seed 0: faults 2"}
    led = [name for track, name, *_ in spans if name.startswith("leader, term ")]
    roles = [record for record in run.records("role") if record.fields["role"] == "leader"]
    assert len(led) == len(roles) > 0
    stints = [record for record in run.records() if record.kind in ("ran", "runs")]
    assert sum(event.get("cat") == "task" for event in events) == len(stints) > 0


def test_faults_are_moments_of_the_whole_and_counters_the_samples(run: RunFolder, events: list[Event]) -> None:
    """What struck and what ended is an instant across all tracks; each sample is a point of a counter."""
    moments = [(event["name"], nanoseconds(event["ts"])) for event in events if event.get("s") == "g"]
    assert set(moments) == {
        ("crash", 500_000_000),
        ("crash ends", 700_000_000),
        ("partition", 600_000_000),
        ("partition ends", 900_000_000),
        ("pause", 1_000_000_000),
    }
    counted = [
        (nanoseconds(event["ts"]), event["pid"], event["name"], event["args"]["value"])
        for event in events
        if event["ph"] == "C"
    ]
    samples = [
        (each.time, 1 if each.node is None else each.node + 3, each.metric, each.value) for each in run.samples()
    ]
    assert counted == samples
    assert samples


def test_a_run_without_messages_has_no_arrows_and_says_so(tmp_path: Path) -> None:
    """Of a run that kept states alone the trace is written without arrows, and standard error says why."""
    murmur.run("gossip-ring", out=tmp_path / "run", overrides={"topology.nodes": 8})
    done = command("export", tmp_path / "run", "--format", "perfetto", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "run/trace.json\n")
    assert "kept no messages" in done.stderr
    found = events_of(tmp_path / "run" / "trace.json")
    assert not [event for event in found if event["ph"] in "sf"]
    assert sum(event["name"] == "informed" for event in found) == 8


def test_a_part_of_a_run_holds_nothing_else(run: RunFolder, events: list[Event], tmp_path: Path) -> None:
    """With two moments all is within them, what lasts longer is cut, and what is left is what the whole has there."""
    part = events_of(murmur.export(run.path, "perfetto", tmp_path / "part.json", between="550ms,650ms"))
    timed = [event for event in part if event["ph"] != "M"]
    assert all(event["ts"] >= 550e3 and event["ts"] + event.get("dur", 0) <= 650e3 + 0.001 for event in timed)
    assert import_problems(part) == []
    points = [event for event in events if event["ph"] in "iC" and 550e3 <= event["ts"] <= 650e3]
    assert len([event for event in part if event["ph"] in "iC"]) == len(points) > 0
    assert {event["name"] for event in timed} >= {"crashed", "crash", "partition"}


@given(st.integers(0, 10**15))
@example(1001)
def test_no_nanosecond_is_lost_by_readers_that_cut_off(time: int) -> None:
    """A time comes back by multiplying and cutting off, as by rounding, from the text of the file."""
    value = json.loads(json.dumps(microseconds(time)))
    assert int(value * 1000) == round(value * 1000) == time


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)), max_size=30), st.booleans())
def test_no_spans_of_a_lane_touch(spans: list[tuple[int, int]], by_end: bool) -> None:
    """Whether spans come by their begins or by their ends, none of a lane begins before the one before it is over."""
    lanes, until = Lanes(), defaultdict[int, int](int)
    ordered = sorted(((begin, begin + length) for begin, length in spans), key=lambda span: span[by_end])
    for begin, end in ordered:
        lane = lanes.lane("core", begin, end)
        assert until[lane] <= begin
        until[lane] = end


def test_long_arguments_are_cut_and_odd_ones_are_text() -> None:
    """What a record says becomes numbers and short texts, whatever it is; what is not there is left out."""
    found = plain({"log": ["x"] * 1000, "rate": float("inf"), "none": None, "term": 3, "pair": (1, None)})
    assert found == {"log": found["log"], "rate": "inf", "term": 3, "pair": "[1,null]"}
    assert len(found["log"]) == LONGEST_ARGUMENT
