"""Records: what a run is. State records come from protocols and faults, message records from the network.

The digest covers every state record and every outcome of a message, whatever level of detail is kept. It is made of
two BLAKE2b lanes, one over the outcomes (two integers each, hashed in batches) and one over the state records, each of
which carries its place in the common order; together they are as telling as one lane, and they cost the hot path one
`list.extend`.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

Detail = Literal["summary", "states", "messages", "all"]
DETAILS: tuple[Detail, ...] = ("summary", "states", "messages", "all")

OUTCOMES = (
    "delivered",
    "lost",
    "cut",
    "crashed",
    "queue-full",
    "mailbox-full",
    "corrupted",
    "no-route",
    "not-neighbors",
    "withheld",
)
"""What became of a message, by outcome number: `cut` by a partition, `crashed` is the state of its destination,
`withheld`: its sender, a liar, did not send it."""
(
    DELIVERED,
    LOST,
    CUT,
    CRASHED,
    QUEUE_FULL,
    MAILBOX_FULL,
    CORRUPTED,
    NO_ROUTE,
    NOT_NEIGHBORS,
    WITHHELD,
) = range(len(OUTCOMES))

KIND_BITS = 12
OUTCOME_BITS = 4
PAIR_SHIFT = KIND_BITS + OUTCOME_BITS
BATCH = 16_384
"""Integers of the outcome lane, and rows, that are gathered before they are handed on."""
SCALARS = frozenset((int, str, float, bool, type(None)))

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


class Record(NamedTuple):
    """One thing that happened: time in nanoseconds, place in the order of the run, node (None: the whole system)."""

    time: int
    sequence: int
    node: int | None
    kind: str
    fields: dict[str, Any]


class Recorder:
    """Takes the records of one run: digests them, counts outcomes, tells observers, hands rows to a sink in batches.

    `population` is the number of nodes. `kinds` numbers the classes of payloads, shifted into place. `outcomes` is the
    flat outcome lane (time, code, time, code, ...) that the network extends in place; a code is
    ((source * population + destination) << PAIR_SHIFT) | kind << OUTCOME_BITS | outcome.
    """

    def __init__(self, population: int, detail: Detail = "states") -> None:
        assert detail in DETAILS
        self.population = population
        self.detail = detail
        self.keeps_states = detail != "summary"
        self.keeps_messages = detail in ("messages", "all")
        self.keeps_all = detail == "all"
        self.outcomes: list[int] = []
        self.outcomes_flushed = 0
        self.states = 0
        self.kinds: dict[type, int] = {}
        self.kind_names: list[str] = []
        self.sink: Callable[[list[Record]], None] | None = None
        self._rows: list[Record] = []
        self._state_batch: list[Record] = []
        self._observers: dict[str, list[Callable[[Record], None]]] = {}
        self._message_observers: list[Callable[[array[int]], None]] = []
        self._outcome_lane = blake2b(digest_size=32)
        self._state_lane = blake2b(digest_size=32)

    def observe(self, kinds: Iterable[str], observer: Callable[[Record], None]) -> None:
        """Have `observer` told of each state record of these kinds as it happens."""
        for kind in kinds:
            self._observers.setdefault(kind, []).append(observer)

    def observe_outcomes(self, observer: Callable[[array[int]], None]) -> None:
        """Have `observer` handed the outcome lane in batches: an int64 array (time, code, time, code, ...)."""
        self._message_observers.append(observer)

    @property
    def position(self) -> int:
        """Number of state records and message outcomes so far: the sequence number of the next one."""
        return self.states + self.outcomes_flushed + (len(self.outcomes) >> 1)

    def state(self, time: int, node: int | None, kind: str, fields: dict[str, Any]) -> None:
        """Take a state record. Field values are None, bool, int, float, str, or sequences of those."""
        for name, value in fields.items():
            if value.__class__ not in SCALARS:
                fields[name] = _frozen(kind, name, value)
        record = Record(time, self.position, node, kind, fields)
        self.states += 1
        self._state_batch.append(record)
        if self.keeps_states:
            self._rows.append(record)
        observers = self._observers.get(kind)
        if observers is not None:
            for observer in observers:
                observer(record)

    def message_row(self, time: int, node: int, kind: str, fields: dict[str, Any]) -> None:
        """Keep a row about a message or timer for the sink; the digest knows outcomes from the outcome lane."""
        self._rows.append(Record(time, self.position, node, kind, fields))

    def flush_if_full(self) -> None:
        """Digest and hand on what was gathered, once it is a batch."""
        if len(self.outcomes) >= BATCH or len(self._state_batch) >= BATCH or len(self._rows) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Digest and hand on all that was gathered."""
        if self.outcomes:
            lane = array("q", self.outcomes)
            self.outcomes.clear()
            self.outcomes_flushed += len(lane) >> 1
            for observer in self._message_observers:
                observer(lane)
            if sys.byteorder == "big":
                lane.byteswap()
            self._outcome_lane.update(lane)
        self._digest_states()
        if self._rows:
            if self.sink is not None:
                self.sink(self._rows)
            self._rows = []

    def _digest_states(self) -> None:
        if self._state_batch:
            self._state_lane.update(_encode(self._state_batch)[1:-1].encode() + b",")
            self._state_batch.clear()

    def digest(self) -> str:
        """BLAKE2b (hexadecimal) of everything recorded so far."""
        self.flush()
        return blake2b(self._outcome_lane.digest() + self._state_lane.digest(), digest_size=32).hexdigest()

    def new_kind(self, payload_class: type) -> int:
        """Number the class of a payload at its first use; classes of the same name share a number."""
        name = payload_class.__name__
        if name not in self.kind_names:
            if len(self.kind_names) >> KIND_BITS:
                raise ValueError(f"more than {1 << KIND_BITS} kinds of messages in one run")
            self._digest_states()  # else the kind's place among them would tell when batches were full
            self._state_lane.update(f"message kind {name}\n".encode())
            self.kind_names.append(name)
        number = self.kinds[payload_class] = self.kind_names.index(name) << OUTCOME_BITS
        return number


def outcome_code(population: int, source: int, destination: int) -> int:
    """The code of a pair of nodes in the outcome lane, to which kind and outcome are added."""
    return (source * population + destination) << PAIR_SHIFT


def _frozen(kind: str, name: str, value: Any) -> Any:
    """A value that no one changes later; TypeError names the field of what cannot be recorded."""
    if value.__class__ is tuple and SCALARS.issuperset(map(type, value)):
        return value
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return tuple(item if item.__class__ in SCALARS else _frozen(kind, name, item) for item in value)
    for plain in (bool, int, float, str):
        if isinstance(value, plain):
            return plain(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(
        f"record {kind!r}, field {name!r}: {value!r} of type {type(value).__name__} cannot be recorded; "
        "give None, bool, int, float, str, or a list or tuple of those"
    )
