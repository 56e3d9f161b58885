"""From the records of mailboxes to what their plot draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from analysis.plots.core_trace import window_of
from analysis.plots.mailbox_depths import MailboxCourse, MailboxDepths
from analysis.plots.run_figures import facts, spans_of
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.plots.run_view import RunView
    from sim.records import Record

MAILBOX: Final = "mailbox"
LIFE: Final = ("stopped", "failed", "crashed")
"""Kinds of records after which a mailbox is empty: of its actor, or of its node."""
MOST: Final = 6
"""Mailboxes that are drawn: those that were pressed longest."""
BACK_PRESSURE: Final = "back-pressure"


def mailboxes_figure(run: RunView, node: str | None = None, between: str | None = None) -> MailboxDepths:
    """Return the mailboxes that were pressed longest; raises InputError where none crossed a watermark."""
    begin, end = window_of(run, between)
    records = list(run.states((MAILBOX, *LIFE)))
    nodes = sorted({record.node for record in records if record.node is not None and record.kind == MAILBOX})
    if node is not None and node not in map(str, nodes):
        known = ", ".join(map(str, nodes[:8])) or "none"
        raise InputError(f"{run.name}: found the node {node[:40]!r}; the nodes with such mailboxes are {known}")
    options = _mailbox_options(run.scenario)
    courses = [
        _course(f"{actor} (node {place})" if len(nodes) > 1 else actor, history, begin, end)
        for (place, actor), history in _histories(records, run.end).items()
        if node is None or str(place) == node
    ]
    shown = [course for course in courses if course.crossings or course.pressed]
    if not shown:
        raise InputError(
            f"{run.name}: no mailbox of an actor crossed a watermark, which the plot mailboxes draws; draw a run of a "
            "protocol made of actors, under more load or with a smaller protocol.runtime.mailbox.capacity"
        )
    longest = sorted(shown, key=lambda course: -sum(until - since for since, until in course.pressed))[:MOST]
    told = f"{facts([run])}; {len(shown)} mailbox{'es' * (len(shown) != 1)} crossed a watermark"
    told += f", the {MOST} that were longest above" if len(shown) > MOST else ""
    overflow = str(options.get("overflow", BACK_PRESSURE))
    held = "senders wait" if overflow == BACK_PRESSURE else f"above, and {overflow} when full"
    spans = [span for span in spans_of(run) if span.begin <= end and span.end >= begin]
    return MailboxDepths(longest, held, begin, end, run.name, told, spans)


@dataclass
class _History:
    """What is known of one mailbox."""

    capacity: int
    crossings: list[tuple[int, int, str]] = field(default_factory=list)
    pressed: list[tuple[int, int]] = field(default_factory=list)
    since: int | None = None
    """When it went above, None: it is not."""

    def end(self, time: int) -> None:
        """Have it be above no longer."""
        if self.since is not None:
            self.pressed.append((self.since, time))
            self.since = None

    def cross(self, time: int, depth: int, event: str) -> None:
        """Take a crossing."""
        self.crossings.append((time, depth, event))
        if event == "high" and self.since is None:
            self.since = time
        elif event == "low":
            self.end(time)


def _histories(records: Iterable[Record], end: int) -> dict[tuple[int, str], _History]:
    """Return what is known of each mailbox; it is empty once its actor ends, or its node crashes."""
    found: dict[tuple[int, str], _History] = {}
    for record in records:
        assert record.node is not None
        if record.kind == MAILBOX:
            of = record.fields
            history = found.setdefault((record.node, str(of["actor"])), _History(int(of["capacity"])))
            history.cross(record.time, int(of["depth"]), str(of["event"]))
            continue
        for (node, actor), history in found.items():
            if node == record.node and record.fields.get("actor", actor) == actor and history.since is not None:
                history.cross(record.time, 0, "ended")
                history.end(record.time)
    for history in found.values():
        history.end(end)
    return {place: found[place] for place in sorted(found)}


def _course(actor: str, history: _History, begin: int, end: int) -> MailboxCourse:
    depths = {event: [depth for _, depth, each in history.crossings if each == event] for event in ("high", "low")}
    return MailboxCourse(
        actor,
        [crossing for crossing in history.crossings if begin <= crossing[0] <= end],
        [(max(since, begin), min(until, end)) for since, until in history.pressed if since < end and until > begin],
        history.capacity,
        min(depths["high"], default=None),
        max(depths["low"], default=None),
    )


def _mailbox_options(scenario: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the options of mailboxes in a scenario, nothing where it has none."""
    runtime: Any = (scenario.get("protocol") or {}).get("runtime") or {}
    return runtime.get("mailbox") or {}
