"""Clients at work: they ask servers, follow redirects, try again, and give up; what they saw is the run's history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.units import SECOND
from sim.workloads.operation import history_value
from sim.workloads.request import ClientRequest, Reply
from sim.workloads.session import Outstanding, Session

if TYPE_CHECKING:
    from sim.simulation import Simulation
    from sim.workloads.administration import Action
    from sim.workloads.client_workload import ClientWorkload

UNLIMITED: Final = 1 << 62
"""More operations than any run has."""


class Clients:
    """All clients of a run. Records: `invoked` and `completed`, of the system as a whole; `administered`.

    A process, as Jepsen calls it, has one operation outstanding at a time; one whose operation stays unknown is never
    used again.
    """

    def __init__(self, workload: ClientWorkload, simulation: Simulation) -> None:
        self.workload = workload
        self.simulation = simulation
        self.kernel = simulation.kernel
        self.network = simulation.network
        population = simulation.topology.nodes
        servers = getattr(simulation.config, "servers", None) or population
        self.servers = population if workload.administration else min(servers, population)
        self.arrivals = simulation.streams.stream("workload")
        self.draw = workload.drawer()
        self.learns = workload.learns
        self.sample = workload.latency.sampler()
        self.beside = workload.placement == "beside"
        self.distances: dict[tuple[int, int], int] = {}
        self.left = workload.operations if workload.operations is not None else UNLIMITED
        self.processes = workload.clients
        self.sessions = [self._new(number) for number in range(workload.clients + len(workload.administration))]

    def _new(self, number: int) -> Session:
        stream = self.simulation.streams.stream
        is_client = number < self.workload.clients
        place = number % self.servers if self.beside and is_client else None
        way = stream(f"client/{number}/way")
        server = place if place is not None else way.below(self.servers)
        session = Session(number, place, server, stream(f"client/{number}"), way)
        if is_client:
            session.processes.append(number)
        return session

    def begin(self) -> None:
        """Have them ask from their time on."""
        workload, call_at = self.workload, self.kernel.call_at
        self.network.clients = self.answer
        if workload.rate is None:
            for session in self.sessions[: workload.clients]:
                call_at(workload.at, self._invoke, session)
        else:
            self._await_arrival(workload.at)
        for place, action in enumerate(workload.administration):
            call_at(action.at, self._administer, self.sessions[workload.clients + place], action)

    # When they ask.

    def _await_arrival(self, after: int) -> None:
        workload = self.workload
        assert workload.rate is not None
        gap = SECOND / workload.rate
        if workload.arrivals == "poisson":
            gap = self.arrivals.exponential(gap)
        time = after + round(gap)
        if workload.until is None or time < workload.until:
            self.kernel.call_at(time, self._arrival, time)

    def _arrival(self, time: int) -> None:
        if self._invoke(self.sessions[self.arrivals.below(self.workload.clients)]):
            self._await_arrival(time)

    def _invoke(self, session: Session) -> bool:
        """Have a client ask for its next operation; False where nothing new is asked any more."""
        now, until = self.kernel.now, self.workload.until
        if not self.left or (until is not None and now >= until):
            return False
        self.left -= 1
        number, sequence = session.number, session.sequence + 1
        session.sequence = sequence
        operation = self.draw(session.operations, session.seen, f"{number}.{sequence}")
        process = session.processes.pop() if session.processes else self._new_process()
        request = ClientRequest(number, sequence, next(iter(session.outstanding), sequence), operation)
        outstanding = Outstanding(session, request, now, now + self.workload.timeout, process)
        session.outstanding[sequence] = outstanding
        self.simulation.record(
            "invoked",
            process=process,
            client=number,
            function=operation.function,
            key=operation.key,
            value=history_value(operation),
        )
        self._ask(outstanding)
        return True

    def _new_process(self) -> int:
        self.processes += 1
        return self.processes - 1

    def _administer(self, session: Session, action: Action) -> None:
        now = self.kernel.now
        outstanding = Outstanding(session, action.request(session.number), now, now + action.timeout, action=action)
        session.outstanding[outstanding.request.sequence] = outstanding
        self._ask(outstanding)

    # An attempt, on its way there and back.

    def _ask(self, outstanding: Outstanding) -> None:
        session, now = outstanding.session, self.kernel.now
        outstanding.attempts += 1
        outstanding.server = server = session.server
        if not self._cut(session.place, server):
            self.kernel.call_at(now + self._delay(session, server), self._arrive, outstanding, server)
        overdue = min(now + self.workload.retry_after, outstanding.deadline)
        self.kernel.call_at(overdue, self._overdue, outstanding, outstanding.attempts)

    def _arrive(self, outstanding: Outstanding, server: int) -> None:
        if not self._cut(outstanding.session.place, server):
            self.simulation.request(server, outstanding.request)

    def answer(self, server: int, reply: Reply) -> None:
        """A server answers one of the clients."""
        session = self.sessions[reply.client]
        if not self._cut(server, session.place):
            self.kernel.call_at(self.kernel.now + self._delay(session, server), self._hear, session, server, reply)

    def _cut(self, source: int | None, destination: int | None) -> bool:
        """Whether a partition is in the way from or to a client that lives beside a server."""
        if source is None or destination is None or source == destination:
            return False
        return bool(self.network.separations) and self.network.cuts(source, destination)

    def _delay(self, session: Session, server: int) -> int:
        delay = self.sample(session.way)
        return delay if session.place is None else delay + self._distance(session.place, server)

    def _distance(self, place: int, server: int) -> int:
        """How far in ns a server is from the one that a client lives beside."""
        try:
            return self.distances[place, server]
        except KeyError:
            self.distances[place, server] = found = self.network.distance(place, server)
            return found

    def _hear(self, session: Session, server: int, reply: Reply) -> None:
        outstanding = session.outstanding.get(reply.sequence)
        if outstanding is None or self._cut(server, session.place):
            return
        outcome = reply.outcome
        if outcome == "ok":
            session.server = server
            self._complete(outstanding, "ok", reply.value, server)
        elif outcome == "session-expired":
            if reply.client == session.number:
                self._begin_session(session)
            self._complete(outstanding, "unknown", None, server)
        elif server == outstanding.server:
            outstanding.maybe = outstanding.maybe or outcome == "timed-out"
            outstanding.server = None
            self._turned_away(outstanding, server, reply.leader)

    def _begin_session(self, session: Session) -> None:
        """Go on under another number, as no server knows this one any more."""
        session.number = len(self.sessions)
        self.sessions.append(session)

    # Another attempt.

    def _turned_away(self, outstanding: Outstanding, server: int, leader: int | None) -> None:
        """Ask the one that was named, else anyone after a rest; also where servers send each other's clients around."""
        session = outstanding.session
        if leader is not None and leader != server:
            session.server = leader
            if outstanding.followed < self.servers:
                outstanding.followed += 1
                self._again(outstanding, outstanding.attempts)
                return
        else:
            self._go_elsewhere(session, server)
        outstanding.followed = 0
        longest = self.workload.retry_delay
        rest = longest // 2 + session.way.below(longest - longest // 2)
        time = min(self.kernel.now + rest, outstanding.deadline)
        self.kernel.call_at(time, self._again, outstanding, outstanding.attempts)

    def _go_elsewhere(self, session: Session, server: int) -> None:
        """Choose another server than the one that was of no help, unless another was found meanwhile."""
        if session.server == server and self.servers > 1:
            other = session.way.below(self.servers - 1)
            session.server = other + (other >= server)

    def _overdue(self, outstanding: Outstanding, attempt: int) -> None:
        """An attempt has no answer: whether it was carried out, nobody knows."""
        server = outstanding.server
        if server is not None and outstanding.attempts == attempt and outstanding.waits:
            outstanding.maybe = True
            outstanding.followed = 0
            self._go_elsewhere(outstanding.session, server)
            self._again(outstanding, attempt)

    def _again(self, outstanding: Outstanding, attempt: int) -> None:
        """Try once more, or give up at the deadline; nothing where it was answered or tried again since."""
        if outstanding.attempts != attempt or not outstanding.waits:
            return
        if self.kernel.now >= outstanding.deadline:
            self._complete(outstanding, "unknown" if outstanding.maybe else "fail", None, None)
        else:
            self._ask(outstanding)

    # The end of an operation.

    def _complete(self, outstanding: Outstanding, outcome: str, value: Any, server: int | None) -> None:
        session, action = outstanding.session, outstanding.action
        del session.outstanding[outstanding.request.sequence]
        fields = {
            "outcome": outcome,
            "value": value,
            "server": server,
            "attempts": outstanding.attempts,
            "latency": self.kernel.now - outstanding.began,
        }
        if action is not None:
            self.simulation.record("administered", change=action.words, **fields)
            return
        # Whoever asked still waits where nobody knows: it is never heard of again, and another takes its place.
        session.processes.append(self._new_process() if outcome == "unknown" else outstanding.process)
        if self.learns and outcome == "ok":
            self.workload.learn(session.seen, outstanding.request.operation, value)
        client = outstanding.request.client
        self.simulation.record("completed", process=outstanding.process, client=client, **fields)
        if self.workload.rate is None:
            self._next(session)

    def _next(self, session: Session) -> None:
        if self.workload.think:
            self.kernel.call_after(self.workload.think, self._invoke, session)
        else:
            self._invoke(session)
