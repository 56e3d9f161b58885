"""Ticks by a timetable: what a swarm is compared with, at the same duties.

Agents tick at each request (`immediate`), all at whole periods of their local clocks (`aligned`, as cron jobs at minute
0), at an offset that each draws when it begins to run (`offset`) or draws for each cycle (`jitter`), or in slots that a
scheduler spaces evenly over the period (`central`). Slots and periods are those of local clocks, so that clocks which
are wrong matter. An agent whose slot is changed ticks in the new one, though not within half a period of its last tick.

The scheduler knows agents by their heartbeats: it takes in those that are new, and gives away the slots of those that
were silent for too long, at its next look; each time all slots are spaced anew. Agents go on in their slots while it is
down; those that begin to run then have none.

Records: `tick`, and those of the duty.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sim.protocol import Protocol, ProtocolConfig
from sim.protocols.attractor.duties import registry
from sim.protocols.timetable.config import TimetableConfig
from sim.protocols.timetable.messages import PAYLOADS, Here, Slot
from sim.protocols.timetable.scheduler import LOOK, Scheduler

if TYPE_CHECKING:
    from sim.message import Message

TICK: Final = "tick"
HEARTBEAT: Final = "heartbeat"


class Timetable(Protocol):
    """A node: an agent with a duty, a server of that duty, or the scheduler, which may be one of the servers."""

    Config: ClassVar[type[ProtocolConfig]] = TimetableConfig
    config: TimetableConfig
    payloads: ClassVar[tuple[type, ...] | None] = (*PAYLOADS, *registry.PAYLOADS)
    records: ClassVar[tuple[str, ...] | None] = ("tick", *registry.RECORDS)

    def __init__(self) -> None:
        config, node = self.config, self.node
        central = config.schedule == "central"
        self.is_agent = node.id not in config.servers
        self.work = config.duty.begin(node) if self.is_agent or node.id in config.duty.servers.values() else None
        self.scheduler = Scheduler(node, config) if central and node.id == config.scheduler else None
        self.offset: int | None = None
        self._cycle = -1
        self._last: int | None = None

    # Life.

    def on_start(self) -> None:
        self._begin(again=False)

    def on_restart(self) -> None:
        self._begin(again=True)

    def _begin(self, again: bool) -> None:
        if self.scheduler is not None:
            self.scheduler.begin(again)
        if not self.is_agent:
            return
        schedule, config = self.config.schedule, self.config
        if schedule == "central":
            self._tell_scheduler()
        elif schedule == "jitter":
            self._draw_tick()
        elif schedule != "immediate":
            self._take_slot(0 if schedule == "aligned" else self.node.random.below(config.period))

    # Ticks.

    def _take_slot(self, offset: int) -> None:
        """Tick at this offset from now on, for the first time at the next one, now included."""
        self.offset = offset
        wait = (offset - self.node.now) % self.config.period
        if self._last is not None and self.node.elapsed + wait - self._last < self.config.period // 2:
            wait += self.config.period
        self.node.set_timer(TICK, wait)

    def _draw_tick(self) -> None:
        """Tick at a random time of the next cycle that has had none; of the present one at the start."""
        period, now = self.config.period, self.node.now
        self._cycle = max(self._cycle + 1, now // period)
        start = self._cycle * period
        earliest = max(now, start)
        self.node.set_timer(TICK, earliest - now + self.node.random.below(start + period - earliest))

    def _tick(self) -> None:
        assert self.work is not None
        self._last = self.node.elapsed
        self.node.record("tick")
        self.work.on_tick()

    def on_timer(self, name: Hashable) -> None:
        if name == TICK:
            self._tick()
            if self.config.schedule == "jitter":
                self._draw_tick()
            else:
                assert self.offset is not None
                self._take_slot(self.offset)
        elif name == HEARTBEAT:
            self._tell_scheduler()
        elif name == LOOK:
            assert self.scheduler is not None
            self.scheduler.look()
        else:
            assert self.work is not None
            self.work.on_timer(name)

    def on_request(self, request: Any) -> None:
        assert self.work is not None
        self.work.on_request(request)
        if self.config.schedule == "immediate":
            self._tick()

    # Messages.

    def _tell_scheduler(self) -> None:
        self.node.send(self.config.scheduler, Here(self.offset))
        self.node.set_timer(HEARTBEAT, self.config.heartbeat)

    def on_message(self, message: Message) -> None:
        payload = message.payload
        if isinstance(payload, Slot):
            self._take_slot(payload.offset)
        elif isinstance(payload, Here):
            if self.scheduler is not None:
                self.scheduler.hear(message.source, payload)
        elif self.work is not None:
            self.work.on_message(message)
