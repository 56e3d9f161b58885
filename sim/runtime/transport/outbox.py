"""The sending half: what is on its way from this node to one actor of another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.runtime.cell import Cell
    from sim.runtime.envelope import Envelope
    from sim.runtime.transport.messages import ActorAcknowledgement
    from sim.runtime.transport.peer import Peer

LATER_ONES: Final = 3
"""Messages known to have arrived after one that has not, at which that one is taken to be lost."""
MOST_DOUBLINGS: Final = 16


class Flight:
    """Something on its way: its number, what it is, when it was sent last (ns), how often."""

    __slots__ = ("content", "number", "sent_at", "tries")

    def __init__(self, number: int, content: Any) -> None:
        self.number = number
        self.content = content
        self.sent_at = 0
        self.tries = 0


class Outbox:
    """Keeps what it sends until the other node says that it has taken it.

    `to`, the actor, empty for signals, of which any number may be on their way; `next`, the number of the next one;
    `taken`, how many were; `window`, how many more the other side would take; `waiters`, senders that wait for that,
    with what they send.
    """

    __slots__ = (
        "_ahead",
        "_doublings",
        "_progress",
        "_serial",
        "flights",
        "is_armed",
        "next",
        "peer",
        "taken",
        "to",
        "waiters",
        "window",
    )

    def __init__(self, peer: Peer, to: str) -> None:
        self.peer = peer
        self.to = to
        self.waiters: deque[tuple[Cell, Envelope]] = deque()
        self.is_armed = False
        self.flights: deque[Flight] = deque()
        self.begin()

    def begin(self) -> None:
        """Count from the beginning, with a node that knows nothing of what was before."""
        self.next = self.taken = 0
        self.window = self.peer.config.window
        self._serial = -1
        self._doublings = 0
        self._progress = 0
        self._ahead: frozenset[int] = frozenset()
        for flight in self.flights:
            flight.number, flight.tries = self.next, 0
            self.next += 1

    @property
    def is_open(self) -> bool:
        """Whether one more may go."""
        return not self.to or self.next - self.taken < min(self.window, self.peer.config.window)

    def push(self, content: Any) -> None:
        """Take something on its way."""
        flight = Flight(self.next, content)
        self.next += 1
        self.flights.append(flight)
        if self.peer.life:
            self._send(flight)
            if not self.peer.transport.sends_again:
                self.flights.pop()
        self.arm()

    def send_all(self) -> None:
        """Send what waited for the other node to be known."""
        for flight in tuple(self.flights):
            self._send(flight)
        if not self.peer.transport.sends_again:
            self.flights.clear()
        self.arm()

    def _send(self, flight: Flight) -> None:
        flight.tries += 1
        flight.sent_at = self.peer.now
        self.peer.transmit(self.to, flight)

    # Acknowledgements.

    def acknowledge(self, told: ActorAcknowledgement) -> None:
        """Hear what the other side has, and would take; let senders go on."""
        if told.serial <= self._serial or told.expected < self.taken:
            return
        self._serial = told.serial
        stopped, self.window = self.window <= 0, told.window
        self._ahead = frozenset(told.ahead)
        place = told.number - self.taken
        if 0 <= place < len(self.flights) and self.flights[place].tries == 1:
            self.peer.round_trip.measured(self.peer.now - self.flights[place].sent_at)
        if told.expected > self.taken:
            self._advance(min(told.expected, self.next))
        if stopped and self.window > 0:
            self._send_again(self._missing(self.taken + self.window))
        elif len(told.ahead) >= LATER_ONES:
            self._send_again(flight for flight in self._missing(told.ahead[-LATER_ONES]) if flight.tries == 1)
        self.let_go()

    def _advance(self, expected: int) -> None:
        flights = self.flights
        while flights and flights[0].number < expected:
            flights.popleft()
        self.taken = expected
        self._progress, self._doublings = self.peer.now, 0

    def _missing(self, bound: int) -> Iterable[Flight]:
        """What is numbered below this and has not arrived, as far as is known."""
        flights = takewhile(lambda flight: flight.number < bound, self.flights)
        return (flight for flight in flights if flight.number not in self._ahead)

    def _send_again(self, flights: Iterable[Flight]) -> None:
        for flight in tuple(flights):
            self._send(flight)

    def let_go(self) -> None:
        """Send what waits for room, as far as there is some; its senders go on."""
        waiters = self.waiters
        while waiters and self.is_open:
            cell, envelope = waiters.popleft()
            cell.blocked_on = None
            self.push(envelope)
            cell.wake(True)

    # Silence.

    def arm(self) -> None:
        """See to it that silence is noticed."""
        if not self.is_armed and self.peer.life and (self.flights or self.waiters):
            self.is_armed = True
            self.peer.wait_for_outbox(self.to, self._patience)

    @property
    def _patience(self) -> int:
        return min(self.peer.round_trip.timeout << self._doublings, self.peer.config.longest_timeout)

    def due(self) -> None:
        """The time for an acknowledgement may be over: send again what is overdue, or one that waits, to hear of room.

        Where the other side takes nothing, one message is enough for that.
        """
        self.is_armed = False
        if not self.peer.life or not (self.flights or self.waiters):
            return None
        patience, now = self._patience, self.peer.now
        since = max(self._progress, self.flights[0].sent_at) if self.flights else self._progress
        left = since + patience - now
        if left > 0:
            self.is_armed = True
            return self.peer.wait_for_outbox(self.to, left)
        self._doublings = min(self._doublings + 1, MOST_DOUBLINGS)
        self._progress = now
        if self.flights:
            overdue = (flight for flight in self._missing(self.next) if now - flight.sent_at >= patience)
            self._send_again(overdue if self.window > 0 else (self.flights[0],))
        elif self.waiters:
            cell, envelope = self.waiters.popleft()
            cell.blocked_on = None
            self.push(envelope)
            cell.wake(True)
        return self.arm()
