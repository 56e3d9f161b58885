"""What a runtime knows of one actor: its mailbox, its thread, its place among the others."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from sim.runtime.envelope import Envelope
from sim.runtime.mailbox import Mailbox, Match, matches

if TYPE_CHECKING:
    from sim.hardware.core import Core
    from sim.hardware.task import Thread
    from sim.randomness import Stream
    from sim.runtime.actor import Actor
    from sim.runtime.instant_thread import InstantThread
    from sim.runtime.reference import Reference
    from sim.runtime.supervision import Supervision

Restart = Literal["permanent", "transient", "temporary"]
"""When an actor that has ended is started again: always, when it failed, never."""
RESTARTS: Final = get_args(Restart)

RECEIVING: Final = "receiving"
BLOCKED: Final = "blocked"
PARKED: Final = "parked"
SLEEPING: Final = "sleeping"


class Cell:
    """One actor. It lasts while the actor is started again, and with it the mailbox; signals and links do not.

    `waits`, for what its thread waits, None: it does not; `waiters`, senders that wait for room in its mailbox, with
    what they send; `blocked_on`, the line in which it waits itself; `blocked`, nanoseconds that it has waited in such
    lines; `current`, the message that it is busy with; `sending`, one that it is about to send; `debt`, work that it
    has yet to be charged for; `handled`, messages since it last left its core; `line`, the core that used its mailbox
    last.
    """

    __slots__ = (
        "actor",
        "actor_class",
        "arguments",
        "blocked",
        "blocked_on",
        "children",
        "current",
        "debt",
        "handled",
        "held_back",
        "line",
        "links",
        "lives",
        "mailbox",
        "match",
        "me",
        "monitors",
        "parent",
        "restart",
        "sending",
        "signals",
        "stream",
        "supervision",
        "thread",
        "timed",
        "traps_exits",
        "waiters",
        "waits",
        "watching",
    )

    def __init__(
        self,
        me: Reference,
        actor_class: type[Actor],
        arguments: tuple[Any, ...],
        parent: Cell | None,
        restart: Restart,
        mailbox: Mailbox,
        supervision: Supervision,
    ) -> None:
        self.me = me
        self.actor_class = actor_class
        self.arguments = arguments
        self.parent = parent
        self.restart: Restart = restart
        self.mailbox = mailbox
        self.supervision = supervision
        self.children: dict[str, Cell] = {}
        self.waiters: deque[tuple[Cell, Envelope]] = deque()
        self.held_back = False
        self.line: Core | None = None
        self.blocked = 0
        self.lives = 0
        self.actor: Actor | None = None
        self.thread: Thread | InstantThread | None = None
        self.forget_life()

    def forget_life(self) -> None:
        """Be as before its actor was started."""
        self.signals: list[Envelope] = []
        self.stream: Stream | None = None
        self.links: dict[Reference, None] = {}
        self.monitors: dict[Reference, None] = {}
        self.watching: dict[Reference, None] = {}
        self.waits: str | None = None
        self.match: Match = None
        self.timed = False
        self.blocked_on: deque[tuple[Cell, Envelope]] | None = None
        self.current: Envelope | None = None
        self.sending: Envelope | None = None
        self.debt = 0
        self.handled = 0
        self.traps_exits = False

    @property
    def is_alive(self) -> bool:
        """Whether its actor runs, and does not wait to be started again."""
        return self.thread is not None

    def next(self, match: Match) -> Envelope | None:
        """Take what it receives next: signals go ahead of messages."""
        signals = self.signals
        self.mailbox.passed_over = 0
        if signals:
            for place, envelope in enumerate(signals):
                if matches(match, envelope):
                    del signals[place]
                    return envelope
        return self.mailbox.take(match)

    def told(self, envelope: Envelope) -> None:
        """Go on where it waits for a message such as the one that has just come."""
        if self.waits is RECEIVING and (self.match is None or matches(self.match, envelope)):
            self.wake(None)

    def wake(self, value: Any) -> None:
        """Let its thread go on, which waits."""
        self.waits = None
        assert self.thread is not None
        self.thread.wake(value)

    def leave_line(self) -> Envelope | None:
        """Wait in no line any more; gives what it waited there to send."""
        line, self.blocked_on = self.blocked_on, None
        for place, (cell, envelope) in enumerate(line or ()):
            if cell is self:
                assert line is not None
                del line[place]
                return envelope
        return None
