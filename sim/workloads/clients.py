"""Clients at work: they ask servers, follow redirects, try again, and give up; what they saw is the run's history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.randomness import Stream
from sim.units import SECOND
from sim.workloads.request import ClientRequest, Reply

if TYPE_CHECKING:
    from sim.simulation import Simulation
    from sim.workloads.administration import Action
    from sim.workloads.client_workload import ClientWorkload


class Client:
    """One session: `server` is whom it asks, `outstanding` its operations without an answer by number.

    `operations` and `way` are its streams: the k-th operation is the same however often others were tried again.
    """

    __slots__ = ("number", "operations", "outstanding", "place", "processes", "seen", "sequence", "server", "way")

    def __init__(self, number: int, place: int, operations: Stream, way: Stream) -> None:
        self.number = number
        self.place = place
        self.operations = operations
        self.way = way
        self.sequence = 0
        self.server = 0
        self.outstanding: dict[int, Attempted] = {}
        self.processes: list[int] = []
        self.seen: dict[str, Any] = {}


class Attempted:
    """An operation without an answer. `attempts` counts those made, `server` has the last of them.

    `maybe`: it may have been carried out. `action`: what an administrator wants, None for operations.
    """

    __slots__ = ("action", "attempts", "began", "client", "maybe", "process", "request", "server")

    def __init__(self, client: Client, request: Any, process: int, began: int, action: Action | None = None) -> None:
        self.client = client
        self.request = request
        self.process = process
        self.began = began
        self.action = action
        self.attempts = 0
        self.server = 0
        self.maybe = False


class Clients:
    """All clients of a run. Records: `invoked` and `completed`, of the system as a whole; `administered`.

    A process, as Jepsen calls it, has one operation outstanding at a time; one whose operation stays unknown is never
    used again.
    """

    def __init__(self, workload: ClientWorkload, simulation: Simulation) -> None:
        self.workload = workload
        self.simulation = simulation
        self.kernel = simulation.kernel
        population = simulation.topology.nodes
        servers = getattr(simulation.config, "servers", None) or population
        self.servers = population if workload.administration else min(servers, population)
        self.draw = workload.drawer()
        self.sample = workload.latency.sampler()
        self.beside = workload.placement == "beside"
        self.distance = simulation.topology.latency_ns if self.beside else None
        self.left = workload.operations if workload.operations is not None else -1
        self.processes = workload.clients
        administrators = len(workload.administration)
        self.clients = [self._new(number) for number in range(workload.clients + administrators)]
        for client in self.clients[: workload.clients]:
            client.processes.append(client.number)

    def _new(self, number: int) -> Client:
        stream = self.simulation.streams.stream
        client = Client(number, number % self.servers, stream(f"client/{number}"), stream(f"client/{number}/way"))
        client.server = client.place if self.beside else client.way.below(self.servers)
        return client

    def begin(self) -> None:
        """Have them ask from their time on."""
        workload, call_at = self.workload, self.kernel.call_at
        self.simulation.network.clients = self.answer
        if workload.rate is None:
            for client in self.clients[: workload.clients]:
                call_at(workload.at, self._invoke, client)
        else:
            self._await_arrival(workload.at)
        for place, action in enumerate(workload.administration):
            call_at(action.at, self._administer, self.clients[workload.clients + place], action)

    # When they ask.

    def _await_arrival(self, after: int) -> None:
        workload = self.workload
        assert workload.rate is not None
        gap = SECOND / workload.rate
        if workload.arrivals == "poisson":
            gap = self.simulation.streams.stream("workload").exponential(gap)
        time = after + round(gap)
        if workload.until is None or time < workload.until:
            self.kernel.call_at(time, self._arrival, time)

    def _arrival(self, time: int) -> None:
        number = self.simulation.streams.stream("workload").below(self.workload.clients)
        if self._invoke(self.clients[number]):
            self._await_arrival(time)

    def _invoke(self, client: Client) -> bool:
        """Have a client ask for its next operation; False where nothing new is asked any more."""
        now, until = self.kernel.now, self.workload.until
        if not self.left or (until is not None and now >= until):
            return False
        self.left -= 1
        sequence = client.sequence = client.sequence + 1
        operation = self.draw(client.operations, client.seen, f"{client.number}.{sequence}")
        if client.processes:
            process = client.processes.pop()
        else:
            process, self.processes = self.processes, self.processes + 1
        oldest = next(iter(client.outstanding), sequence)
        attempted = Attempted(client, ClientRequest(client.number, sequence, oldest, operation), process, now)
        client.outstanding[sequence] = attempted
        function = operation.function
        value = (operation.expected, operation.value) if function in ("cas", "transfer") else operation.value
        self.simulation.record(
            "invoked",
            process=process,
            client=client.number,
            function=function,
            key=operation.key,
            value=None if function == "balances" else value,
        )
        self._ask(attempted)
        return True

    def _administer(self, client: Client, action: Action) -> None:
        attempted = Attempted(client, action.request(client.number), -1, self.kernel.now, action)
        client.outstanding[1] = attempted
        self._ask(attempted)

    # An attempt, on its way there and back.

    def _delay(self, client: Client, server: int) -> int:
        delay = self.sample(client.way)
        if self.distance is not None and client.place != server:
            delay += self.distance(client.place, server)
        return delay

    def _ask(self, attempted: Attempted) -> None:
        client = attempted.client
        attempted.attempts += 1
        attempted.server = server = client.server
        now = self.kernel.now
        self.kernel.call_at(now + self._delay(client, server), self._arrive, attempted, server)
        self.kernel.call_at(now + self.workload.retry_after, self._overdue, attempted, attempted.attempts)

    def _arrive(self, attempted: Attempted, server: int) -> None:
        if not self._separated(attempted.client, server):
            self.simulation.request(server, attempted.request)

    def _separated(self, client: Client, server: int) -> bool:
        network = self.simulation.network
        return (
            self.beside and bool(network.separations) and client.place != server and network.cuts(client.place, server)
        )

    def answer(self, server: int, reply: Reply) -> None:
        """A server answers one of the clients."""
        client = self.clients[reply.client]
        if not self._separated(client, server):
            self.kernel.call_at(self.kernel.now + self._delay(client, server), self._hear, client, server, reply)

    def _hear(self, client: Client, server: int, reply: Reply) -> None:
        attempted = client.outstanding.get(reply.sequence)
        if attempted is None:
            return
        outcome = reply.outcome
        if outcome == "ok":
            client.server = server
            self._complete(attempted, "ok", reply.value, server)
        elif outcome == "session-expired":
            self._complete(attempted, "unknown", None, server)
        elif server == attempted.server:
            attempted.maybe = attempted.maybe or outcome == "timed-out"
            self._turned_away(attempted, reply.leader)

    def _turned_away(self, attempted: Attempted, leader: int | None) -> None:
        """Ask the one that was named, else anyone after a while."""
        client = attempted.client
        if leader is not None and leader != attempted.server:
            client.server = leader
            self._again(attempted, attempted.attempts)
            return
        self._go_elsewhere(client, attempted.server)
        delay = self.workload.retry_delay
        wait = delay // 2 + client.way.below(delay - delay // 2)
        self.kernel.call_at(self.kernel.now + wait, self._again, attempted, attempted.attempts)

    def _go_elsewhere(self, client: Client, server: int) -> None:
        """Choose another server than the one that was of no help, unless another was found meanwhile."""
        if client.server == server and self.servers > 1:
            other = client.way.below(self.servers - 1)
            client.server = other + (other >= server)

    def _overdue(self, attempted: Attempted, attempt: int) -> None:
        if attempted.attempts == attempt and attempted.request.sequence in attempted.client.outstanding:
            attempted.maybe = True
            self._go_elsewhere(attempted.client, attempted.server)
            self._again(attempted, attempt)

    def _again(self, attempted: Attempted, attempt: int) -> None:
        """Try once more, or give up after the time-out; nothing where it was answered or tried again since."""
        if attempted.attempts != attempt or attempted.request.sequence not in attempted.client.outstanding:
            return
        if self.kernel.now - attempted.began >= self.workload.timeout:
            self._complete(attempted, "unknown" if attempted.maybe else "fail", None, None)
        else:
            self._ask(attempted)

    # The end of an operation.

    def _complete(self, attempted: Attempted, outcome: str, value: Any, server: int | None) -> None:
        client, now = attempted.client, self.kernel.now
        del client.outstanding[attempted.request.sequence]
        if attempted.action is not None:
            self.simulation.record(
                "administered", change=attempted.action.words, outcome=outcome, attempts=attempted.attempts
            )
            return
        if outcome == "unknown":
            client.processes.append(self.processes)
            self.processes += 1
        else:
            client.processes.append(attempted.process)
        operation = attempted.request.operation
        if outcome == "ok" and operation.key:
            if operation.function == "get":
                client.seen[operation.key] = value
            elif operation.function == "put" or value is True:
                client.seen[operation.key] = operation.value
        self.simulation.record(
            "completed",
            process=attempted.process,
            client=client.number,
            outcome=outcome,
            value=value,
            server=server,
            attempts=attempted.attempts,
            latency=now - attempted.began,
        )
        if self.workload.rate is None:
            self._next(client, now)

    def _next(self, client: Client, now: int) -> None:
        if self.workload.think:
            self.kernel.call_at(now + self.workload.think, self._invoke, client)
        else:
            self._invoke(client)
