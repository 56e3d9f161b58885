"""Logs for ShiViz, read as ShiViz reads them: its regular expression, and its rules for clocks."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur
from analysis.exports.shiviz import Event, events_of, timed
from sim.message import Message
from sim.network.config import NetworkConfig
from sim.records import Detail, Record
from tests.small_protocols import MILLISECOND, At, Flooding, Rumor, flooding

Node = tuple[str, int]
Parsed = tuple[str, dict[str, int], str]


class Talking(Flooding):
    """Floods, and answers each rumour, so that messages go both ways at the same nanosecond where links take none."""

    def on_message(self, message: Message) -> None:
        super().on_message(message)
        if message.payload.hops < 4:
            self.node.send(message.source, Rumor("again", message.payload.hops + 4))


def read_as_shiviz(text: str) -> list[Parsed]:
    """Read a file as ShiViz does when one is opened: its first line is the expression, its third where the log begins.

    `.` and the ends of lines are those of JavaScript, where more characters than a line feed end a line.
    """
    expression, delimiter, log = text.split("\n", 2)
    assert delimiter == ""
    dot = r"[^\n\r\u2028\u2029]"
    python = re.sub(r"\(\?<(\w+)>", r"(?P<\1>", expression).replace(".*", f"{dot}*")
    return [(m["host"], json.loads(m["clock"]), m["event"]) for m in re.finditer(python, log.strip())]


def breaches(events: list[Parsed]) -> list[str]:
    """Return which rules of ShiViz are broken, in the order in which it looks at them.

    A clock has its own host; a host's own clock is 1, 2, 3, ...; clocks name only hosts of the log, at times that
    these have; and each clock is what the Vector Clock algorithm gives for the edges that the clocks imply.
    """
    hosts: dict[str, dict[int, dict[str, int]]] = defaultdict(dict)
    for host, clock, _ in events:
        if host not in clock:
            return [f"{host} is not in its own clock"]
        hosts[host][clock[host]] = clock
    found = [f"{host} does not count" for host, own in hosts.items() if sorted(own) != list(range(1, len(own) + 1))]
    for host, clock, _ in events:
        found += [f"{host} knows {other}:{n}" for other, n in clock.items() if n not in hosts.get(other, ())]
    return found or [
        f"{host}:{clock[host]} is {clock}" for host, clock, _ in events if clock != _expected(hosts, host, clock)
    ]


def _expected(hosts: dict[str, dict[int, dict[str, int]]], host: str, clock: dict[str, int]) -> dict[str, int]:
    """Return the clock that an event has by the events of which it tells, and by the one before it."""
    found = dict(hosts[host].get(clock[host] - 1, {}))
    for other, number in clock.items():
        if other != host:
            for each, count in hosts[other][number].items():
                found[each] = max(found.get(each, 0), count)
    return found | {host: clock[host]}


def log_of(events: list[Event]) -> str:
    """Return events as the file has them."""
    clocks = [json.dumps({f"node-{node}": n for node, n in event.clock.items()}) for event in events]
    lines = [f"node-{event.node} {clock}\n{event.text}\n" for event, clock in zip(events, clocks, strict=True)]
    return "(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)\n\n" + "".join(lines)


def true_pasts(events: list[Event]) -> list[set[Node]]:
    """Return what led to each event, itself too, by nothing but the order at nodes and the messages."""
    counts: dict[int, int] = defaultdict(int)
    past: dict[int, set[Node]] = defaultdict(set)
    found: dict[int, set[Node]] = {}
    for event in events:
        counts[event.node] += 1
        sending = found[id(event.received)] if event.received else set()
        past[event.node] = past[event.node] | sending | {(f"node-{event.node}", counts[event.node])}
        found[id(event)] = past[event.node]
    return [found[id(event)] for event in events]


@settings(max_examples=40)
@given(
    nodes=st.integers(2, 6),
    kind=st.sampled_from(["ring", "mesh", "star"]),
    seed=st.integers(0, 1_000),
    detail=st.sampled_from(["messages", "all"]),
    latency=st.sampled_from(["0", "1ms"]),
    trouble=st.fixed_dictionaries({"loss": st.sampled_from([0.0, 0.3]), "duplication": st.sampled_from([0.0, 0.5])}),
    crash=st.booleans(),
)
def test_logs_of_random_runs_keep_the_rules(
    nodes: int, kind: str, seed: int, detail: Detail, latency: str, trouble: dict[str, float], crash: bool
) -> None:
    """Whatever happens in a small run, ShiViz takes its log, and clocks say exactly what led to what."""
    network = NetworkConfig.model_validate({"latency": {"kind": "constant", "value": latency}, **trouble})
    faults = (At(((2 * MILLISECOND, "crash", 1), (3 * MILLISECOND, "restart", 1))),) if crash else ()
    simulation = flooding(max(nodes, 3), seed, detail, faults, network, kind, Talking)
    rows = simulation.keep_records()
    simulation.run(until=20 * MILLISECOND)
    records = [row for row in rows if row.node is not None and row.kind != "timer"]
    events = list(timed(events_of(records, 0, sends_are_kept=detail == "all")))
    parsed = read_as_shiviz(log_of(events))
    assert len(parsed) == len(events)
    assert breaches(parsed) == []
    pasts = [{host: max(n for each, n in past if each == host) for host, _ in past} for past in true_pasts(events)]
    assert [clock for _, clock, _ in parsed] == pasts
    received = [event for event in events if " received " in event.text]
    assert all(event.received and event.received.time <= event.time for event in received)
    assert len(received) == sum(row.kind == "delivered" for row in records)


@pytest.mark.parametrize(
    ("clocks", "breach"),
    [
        ([("a", {"a": 2})], "a does not count"),
        ([("a", {"a": 1}), ("a", {"a": 3})], "a does not count"),
        ([("a", {"b": 1})], "a is not in its own clock"),
        ([("a", {"a": 1, "c": 1})], "a knows c:1"),
        ([("a", {"a": 1}), ("b", {"a": 1, "b": 1}), ("a", {"a": 2, "b": 1}), ("a", {"a": 3})], "a:3 is"),
    ],
)
def test_the_rules_find_what_is_wrong(clocks: list[tuple[str, dict[str, int]]], breach: str) -> None:
    """Each rule that the logs are held to refuses a log that breaks it."""
    assert breach in breaches([(host, clock, "event") for host, clock in clocks])[0]


def test_a_reply_knows_all_that_its_message_knew() -> None:
    """A message carries the clock of its sending: of two nodes that talk, by hand."""
    fields: dict[str, Any] = {"message": "Ping", "size": 0}
    rows = [
        Record(0, 0, 0, "began", {"words": "two\nlines\u2028here"}),
        Record(5, 1, 0, "sent", {"destination": 1, **fields}),
        Record(9, 2, 1, "delivered", {"source": 0, "destination": 1, "sent_at": 5, **fields}),
        Record(9, 3, 1, "sent", {"destination": 0, **fields}),
        Record(12, 4, 0, "lost", {"source": 1, "destination": 0, "sent_at": 9, **fields}),
    ]
    events = timed(events_of(rows, 0, sends_are_kept=True))
    assert [event.clock for event in events] == [{0: 1}, {0: 2}, {0: 2, 1: 1}, {0: 2, 1: 2}]
    assert [event.text for event in events] == [
        '0.000000000s began words="two\\nlines\\u2028here"',
        "0.000000005s sent Ping to node-1",
        "0.000000009s received Ping from node-0",
        "0.000000009s sent Ping to node-0 (lost)",
    ]


def test_alike_messages_are_received_in_the_order_of_sending() -> None:
    """Of messages of one kind that are sent at one nanosecond the first to come is the first that was sent.

    What comes after both have is a copy, and tells of the last.
    """
    fields: dict[str, Any] = {"message": "Ping", "size": 0}
    told = {"source": 0, "destination": 1, "sent_at": 5, **fields}
    rows = [Record(5, place, 0, "sent", {"destination": 1, **fields}) for place in range(2)]
    rows += [Record(9 + place, 2 + place, 1, "delivered", told) for place in range(3)]
    events = timed(events_of(rows, 0, sends_are_kept=True))
    assert [event.clock for event in events[2:]] == [{0: 1, 1: 1}, {0: 2, 1: 2}, {0: 2, 1: 3}]


def test_what_is_sent_at_once_is_sent_after_what_it_answers() -> None:
    """Where sends are not kept, a message follows all that its node did at that nanosecond, but not its own receipt."""
    ping = {"source": 0, "destination": 1, "message": "Ping", "sent_at": 5, "size": 0}
    pong = {"source": 1, "destination": 0, "message": "Pong", "sent_at": 5, "size": 0}
    rows = [Record(5, 0, 1, "delivered", ping), Record(5, 1, 0, "delivered", pong), Record(5, 2, 1, "done", {})]
    events = timed(events_of(rows, 0, sends_are_kept=False))
    words = [event.text.partition("s ")[2] for event in events]
    assert words[:3] == ["sent Ping to node-1", "received Ping from node-0", "sent Pong to node-0"]
    assert words[3:] == ["received Pong from node-1", "done"]
    assert [event.clock for event in events] == [{0: 1}, {0: 1, 1: 1}, {0: 1, 1: 2}, {0: 2, 1: 2}, {0: 1, 1: 3}]


def test_a_part_of_a_run_begins_at_one(tmp_path: Path) -> None:
    """Of a part that is cut out the clocks begin anew, and what was sent before it is received from nowhere."""
    run = murmur.run("gossip-ring", out=tmp_path / "run", overrides={"detail": "all"})
    path = murmur.export(run, "shiviz", between="1s,2s")
    events = read_as_shiviz(path.read_text(encoding="ascii"))
    assert path.name == "shiviz.log"
    assert events
    assert breaches(events) == []
    assert all(1 <= float(text.split("s ")[0]) <= 2 for _, _, text in events)
    with pytest.raises(murmur.InputError, match="expected two moments"):
        murmur.export(run, "shiviz", between="2s,1s")


def test_a_run_that_is_too_large_or_kept_too_little_is_refused(tmp_path: Path) -> None:
    """ShiViz is for small runs with messages; the message says what to do about others."""
    states = murmur.run("gossip-ring", out=tmp_path / "states")
    with pytest.raises(murmur.InputError, match="run it again with --detail all"):
        murmur.export(states, "shiviz")
    large = murmur.run("gossip-mesh", out=tmp_path / "large", overrides={"detail": "messages", "topology.nodes": 500})
    with pytest.raises(murmur.InputError, match=r"more than 5,000 events.*--between"):
        murmur.export(large, "shiviz")
