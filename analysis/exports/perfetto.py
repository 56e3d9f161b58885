"""A run as a trace for Perfetto: a group of tracks for each node, arrows for messages, counters, and what was broken.

Group 1 is the run (faults, counters of the whole system), group 2 its clients, and group 3 + n is node n: its life, its
role, its messages, its records, and its cores where these were traced.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final

from analysis.exports.lanes import Lanes
from analysis.exports.trace_events import TraceEvents, Track
from analysis.node_life import AFTER as LIFE_AFTER
from analysis.node_life import DOWN, LIFE, is_state
from analysis.plots.core_trace import PARKED, STINTS, STOLE
from analysis.plots.fault_spans import FAULT, RECORD_KINDS, lives, strikes
from analysis.run_folder import RunFolder
from analysis.run_writer import SAMPLES
from analysis.samples_file import stream_samples
from sim.records import Record

RUN: Final = 1
CLIENTS: Final = 2
FIRST_NODE: Final = 3
LAST_PLACE: Final = 1_000
LIFE_PLACE, ROLE_PLACE, MESSAGE_PLACE, RECORD_PLACE, CORE_PLACE = range(1, 6)
"""The order of the tracks of a node."""
_INVOKED, _COMPLETED = "invoked", "completed"


def trace_pieces(run: RunFolder, window: tuple[int, int]) -> Iterator[str]:
    """Yield the trace of what happened between two moments (ns) of a run on disk, in pieces of text.

    A run whose detail kept no messages has no arrows. Memory grows with the numbers of nodes, clients and faults, not
    with that of records.
    """
    about = run.manifest
    told = {"scenario": about.scenario.get("name"), "seed": about.seed, "murmur": about.murmur, "digest": about.digest}
    yield f'{{"displayTimeUnit":"ns","otherData":{json.dumps(told)},"traceEvents":['
    trace = _Trace(run, window)
    separator = "\n"
    for _ in trace.steps():
        for line in trace.events.taken():
            yield separator + line
            separator = ",\n"
    yield "\n]}\n"


class _Trace:
    """What is on the tracks of one run."""

    def __init__(self, run: RunFolder, window: tuple[int, int]) -> None:
        self.run = run
        self.events = TraceEvents(*window, FIRST_NODE + run.manifest.topology.nodes)
        self.lanes = Lanes()
        self.roles: dict[int, tuple[str, int | None, int]] = {}
        self.asked: dict[int, Record] = {}
        self.parked: dict[tuple[int, int], int] = {}
        about = run.manifest
        self.events.group(RUN, f"{about.scenario.get('name')}, seed {about.seed}")
        self.handlers: dict[str, Callable[[Record], None]] = {
            FAULT: lambda record: None,  # told by strikes
            "role": self._role,
            _INVOKED: self._invoked,
            _COMPLETED: self._completed,
            "cores": self._cores,
            STOLE: self._stole,
            **dict.fromkeys(LIFE, self._life),
            **dict.fromkeys(STINTS, self._stint),
            **dict.fromkeys(PARKED, self._parked),
        }

    def steps(self) -> Iterator[None]:
        """Go through all there is to show; after each step there may be events to take."""
        self._name_nodes()
        yield
        yield from self._broken()
        for sample in stream_samples(self.run.path / SAMPLES):
            process = RUN if sample.node is None else FIRST_NODE + sample.node
            self.events.counter(process, sample.metric, sample.time, sample.value)
            yield
        for record in self.run.records():
            if is_state(record):
                self.handlers.get(record.kind, self._record)(record)
            elif "sent_at" in record.fields:
                self._message(record)
            yield
        self._finish()
        yield

    def _name_nodes(self) -> None:
        for node in range(self.run.manifest.topology.nodes):
            self.events.group(FIRST_NODE + node, f"node {node}")

    def _track(self, node: int, name: str, place: int) -> Track:
        return self.events.track(FIRST_NODE + node, name, place)

    def _broken(self) -> Iterator[None]:
        """Show what faults did, as spans and as moments, and when nodes were not up."""
        rows = [record for record in self.run.records(RECORD_KINDS) if is_state(record)]
        end = self.run.manifest.ended
        for span in strikes(rows, end):
            lane = self.lanes.lane("faults", span.begin, span.end)
            track = self.events.track(RUN, "faults" if not lane else f"faults {lane + 1}", lane)
            named = {"id": span.id, "strike": span.strike, "targets": span.targets, "unmended": span.unmended}
            self.events.slice(track, span.kind, span.begin, span.end, "fault", named)
            self.events.instant(track, span.kind, span.begin, named, "g")
            if span.end > span.begin and not span.unmended:
                self.events.instant(track, f"{span.kind} ends", span.end, named, "g")
            yield
        for span in lives(rows, end):
            assert span.node is not None
            lane = self.lanes.lane(span.node, span.begin, span.end)
            track = self._track(span.node, "life" if not lane else f"life {lane + 1}", LIFE_PLACE)
            self.events.slice(track, span.kind, span.begin, span.end, "life", {})
            yield

    def _message(self, row: Record) -> None:
        fields = row.fields
        source, destination, kind, sent_at = (fields[each] for each in ("source", "destination", "message", "sent_at"))
        arrived = row.kind == "delivered"
        start = self._track(source, "messages", MESSAGE_PLACE)
        fate = "" if arrived else f" ({row.kind})"
        told = {"size": fields["size"] or None, "outcome": row.kind, "latency_ns": row.time - sent_at}
        shown = self.events.message_end(start, f"{kind} to {destination}{fate}", sent_at, told)
        if arrived:
            finish = self._track(destination, "messages", MESSAGE_PLACE)
            if self.events.message_end(finish, f"{kind} from {source}", row.time, told) and shown:
                self.events.arrow(kind, start, sent_at, finish, row.time)

    def _record(self, record: Record) -> None:
        if record.node is None:
            track = self.events.track(RUN, "records", LAST_PLACE)
            self.events.instant(track, record.kind, record.time, record.fields, "p")
        else:
            track = self._track(record.node, "records", RECORD_PLACE)
            self.events.instant(track, record.kind, record.time, record.fields)

    def _life(self, record: Record) -> None:
        assert record.node is not None
        if LIFE_AFTER[record.kind] == DOWN:
            self._end_role(record.node, record.time)

    def _role(self, record: Record) -> None:
        if "role" not in record.fields or record.node is None:
            return self._record(record)
        role, term = str(record.fields["role"]), record.fields.get("term")
        if self.roles.get(record.node, ("", None, 0))[:2] != (role, term):
            self._end_role(record.node, record.time)
            self.roles[record.node] = role, term, record.time
        return None

    def _end_role(self, node: int, time: int) -> None:
        if node in self.roles:
            role, term, begin = self.roles.pop(node)
            name = role if term is None else f"{role}, term {term}"
            self.events.slice(self._track(node, "role", ROLE_PLACE), name, begin, time, "role", {"term": term})

    def _invoked(self, record: Record) -> None:
        self.asked[record.fields["process"]] = record

    def _completed(self, record: Record) -> None:
        asked = self.asked.pop(record.fields["process"], None)
        if asked is not None:
            self._operation(
                asked, record.time, outcome=record.fields.get("outcome"), server=record.fields.get("server")
            )

    def _operation(self, asked: Record, end: int, **more: object) -> None:
        client = asked.fields.get("client", asked.fields["process"])
        lane = self.lanes.lane(("client", client), asked.time, end)
        self.events.group(CLIENTS, "clients")
        name = f"client {client}" if not lane else f"client {client} ({lane + 1})"
        told = {name: value for name, value in asked.fields.items() if name not in ("client", "function")}
        track = self.events.track(CLIENTS, name, client if isinstance(client, int) else 0)
        self.events.slice(track, str(asked.fields["function"]), asked.time, end, "operation", told | more)

    def _core(self, node: int, core: int, lane: int = 0) -> Track:
        name = f"core {core}" if not lane else f"core {core} ({lane + 1})"
        return self._track(node, name, CORE_PLACE + core)

    def _cores(self, record: Record) -> None:
        """Name a track for each core that is traced, those too that never have anything to do."""
        self._record(record)
        for core in range(record.fields["cores"]):
            self._core(record.node or 0, core)

    def _stint(self, record: Record) -> None:
        fields, node = record.fields, record.node
        assert node is not None
        begin = fields["since"]
        end = begin + fields["ran"] if "ran" in fields else record.time
        lane = self.lanes.lane((node, fields["core"]), begin, end)
        track = self._core(node, fields["core"], lane)
        self.events.slice(track, str(fields["task"]), begin, end, "task", {"waited_ns": fields.get("waited")})

    def _stole(self, record: Record) -> None:
        assert record.node is not None
        track = self._core(record.node, record.fields["core"])
        self.events.instant(track, record.kind, record.time, record.fields)

    def _parked(self, record: Record) -> None:
        assert record.node is not None
        core = record.node, record.fields["core"]
        if record.kind == PARKED[0]:
            self.parked.setdefault(core, record.time)
        elif core in self.parked:
            self._end_parking(core, record.time)

    def _end_parking(self, core: tuple[int, int], time: int) -> None:
        begin = self.parked.pop(core)
        lane = self.lanes.lane(core, begin, time)
        self.events.slice(self._core(*core, lane), "parked", begin, time, "parked", {})

    def _finish(self) -> None:
        """Show what was still so when the run ended."""
        end = self.run.manifest.ended
        for node in sorted(self.roles):
            self._end_role(node, end)
        for asked in self.asked.values():
            self._operation(asked, end, outcome="not answered before the end")
        for core in sorted(self.parked):
            self._end_parking(core, end)
