"""Events of the Trace Event Format, the JSON that Perfetto and chrome://tracing read.

"Trace Event Format", N. Duca and D. Sinclair, docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
Times are microseconds with decimals. Keys are in the order in which Perfetto looks for them, `ts` before any text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import inf, isfinite, nextafter
from typing import Any, Final, NamedTuple

LONGEST_ARGUMENT: Final = 200
"""Letters after which the value of an argument is cut off: logs of a server that starts again have thousands."""
MESSAGE_NS: Final = 1
"""How long a message is shown at either end: the shortest time there is, so that arrows have something to bind to."""

Arguments = Mapping[str, Any]

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class Track(NamedTuple):
    """A row of the picture: a thread of a process, in the words of the format."""

    process: int
    thread: int


class TraceEvents:
    """Makes events between `begin` and `end` (ns) and holds them until they are taken.

    A process is a group of tracks, in the order of their numbers. A track is named when it is first used; numbers of
    tracks begin with `first_track` and are unique in the file, also among processes, as Perfetto knows threads by them.
    """

    def __init__(self, begin: int, end: int, first_track: int) -> None:
        self.begin = begin
        self.end = end
        self._first_track = first_track
        self._tracks: dict[tuple[int, str], Track] = {}
        self._processes: set[int] = set()
        self._flows = 0
        self._lines: list[str] = []

    def taken(self) -> list[str]:
        """Return the events since the last call, each as a line of JSON."""
        lines, self._lines = self._lines, []
        return lines

    def group(self, process: int, name: str) -> None:
        """Name a group of tracks, at its first use."""
        if process not in self._processes:
            self._processes.add(process)
            self._name("process_name", {"pid": process}, name=name)
            self._name("process_sort_index", {"pid": process}, sort_index=process)

    def track(self, process: int, name: str, place: int) -> Track:
        """Return the track of that name in a group that has a name; those of lower `place` stand above."""
        known = self._tracks.get((process, name))
        if known is None:
            known = self._tracks[process, name] = Track(process, self._first_track + len(self._tracks))
            self._name("thread_name", _of(known), name=name)
            self._name("thread_sort_index", _of(known), sort_index=place)
        return known

    def slice(self, track: Track, name: str, begin: int, end: int, category: str, told: Arguments) -> None:
        """Show that something lasted; what lasted beyond the window is cut."""
        if begin <= self.end and end >= self.begin:
            begin, end = max(begin, self.begin), min(end, self.end)
            lasts = {"dur": microseconds(end - begin), "args": plain(told)}
            self._add({"ph": "X", "ts": microseconds(begin), **_of(track), "name": name, "cat": category, **lasts})

    def instant(self, track: Track, name: str, time: int, told: Arguments, scope: str = "t") -> None:
        """Show a moment, on its track (scope `t`), in its group (`p`), or through the whole picture (`g`)."""
        if self.begin <= time <= self.end:
            named = {"name": name, "cat": "fault" if scope == "g" else "record", "s": scope, "args": plain(told)}
            self._add({"ph": "i", "ts": microseconds(time), **_of(track), **named})

    def message_end(self, track: Track, name: str, time: int, told: Arguments) -> bool:
        """Show a message where it was sent or received, for the shortest time there is; returns whether it is shown."""
        if not self.begin <= time <= self.end:
            return False
        named = {"name": name, "cat": "message", "dur": microseconds(MESSAGE_NS), "args": plain(told)}
        self._add({"ph": "X", "ts": microseconds(time), **_of(track), **named})
        return True

    def arrow(self, kind: str, start: Track, sent_at: int, finish: Track, time: int) -> None:
        """Draw an arrow between two messages' ends that are shown last on their tracks at these times (ns)."""
        self._flows += 1
        same = {"name": kind, "cat": "message", "id": self._flows}
        self._add({"ph": "s", "ts": microseconds(sent_at), **_of(start), **same})
        self._add({"ph": "f", "ts": microseconds(time), **_of(finish), **same, "bp": "e"})

    def counter(self, process: int, name: str, time: int, value: float) -> None:
        """Give the value of a counter of a group at a time; one that is not finite is passed over."""
        if self.begin <= time <= self.end and isfinite(value):
            self._add({"ph": "C", "ts": microseconds(time), "pid": process, "name": name, "args": {"value": value}})

    def _name(self, sort: str, of: dict[str, int], **arguments: Any) -> None:
        self._add({"ph": "M", "ts": 0, **of, "name": sort, "args": arguments})

    def _add(self, event: dict[str, Any]) -> None:
        self._lines.append(_encode(event))


def microseconds(time: int) -> float:
    """Return a time in nanoseconds as microseconds that are not less, for readers that multiply and cut off."""
    value = time / 1000
    while int(value * 1000) < time:
        value = nextafter(value, inf)
    return value


def plain(arguments: Arguments) -> dict[str, Any]:
    """Return arguments as the format has them: numbers and short texts."""
    return {name: _short(value) for name, value in arguments.items() if value is not None}


def _short(value: Any) -> Any:
    if isinstance(value, int) or (isinstance(value, float) and isfinite(value)):
        return value
    text = value if isinstance(value, str) else str(value) if isinstance(value, float) else _encode(value)
    return text if len(text) <= LONGEST_ARGUMENT else text[: LONGEST_ARGUMENT - 1] + "…"


def _of(track: Track) -> dict[str, int]:
    return {"pid": track.process, "tid": track.thread}
