"""Servers of Raft that a random schedule drives: any message, timer or crash may come next, without a simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from analysis.history.linearizability import Linearizable
from analysis.manifest import RunBalance, RunVerdict
from analysis.raft.safety import RaftSafety
from analysis.verdict import RunEnd, Subject
from sim.disk import Disk, DiskBehaviour
from sim.message import Message
from sim.network.latency import ConstantLatency
from sim.protocols.raft.config import RaftConfig
from sim.protocols.raft.raft import ELECTION, Raft
from sim.records import Record
from sim.storage import StorageError
from sim.workloads.operation import Operation
from sim.workloads.request import ChangeRequest, ClientRequest, Reply, TransferRequest
from tests.unit.sim.protocols.raft.raft_server import MILLISECOND, Bench

CLIENTS: Final = 3
ADMINISTRATORS: Final = 1_000
"""Numbers of clients from here on are administrators', each of one request."""


class Flaky(DiskBehaviour):
    """A disk on which some reads and writes fail, so that its server stops in the midst of what it does."""

    def __init__(self, random: Random, probability: float) -> None:
        self.random = random
        self.probability = probability

    def before_read(self, name: str) -> None:
        """Fail now and then."""
        if self.random.random() < self.probability:
            raise StorageError("read", name, "by chance")

    def before_write(self, name: str, deletes: bool) -> None:
        """Fail now and then."""
        if self.random.random() < self.probability and not deletes:
            raise StorageError("write", name, "by chance")


class Server(Bench):
    """A node whose messages, records and answers go to the schedule."""

    def __init__(self, number: int, schedule: Schedule) -> None:
        super().__init__(number, schedule.population)
        self.schedule = schedule
        self.is_up = True

    def send(self, destination: int, payload: Any, size: int = 0) -> None:
        """Put a message on its way."""
        if destination != self.id:
            self.schedule.under_way.append(Message(self.id, destination, payload, 0, 0, 0))

    def record(self, kind: str, **fields: Any) -> None:
        """Show a record to the judges."""
        self.schedule.record(self.id, kind, fields)

    def reply(self, client: int, reply: Reply) -> None:
        """Answer a client."""
        self.schedule.answered(reply)


@dataclass(slots=True)
class Asked:
    """An operation of a client that has no answer yet."""

    request: ClientRequest
    process: int


class Schedule:
    """A cluster with options that the seed draws, and what comes next, drawn step by step."""

    def __init__(self, seed: int, **options: Any) -> None:
        random = self.random = Random(seed)
        self.population = random.choice((1, 2, 3, 3, 4, 5, 5))
        self.config = RaftConfig(**(self._options() | options))
        self.under_way: list[Message] = []
        self.places = 0
        subject = Subject(None, self.population, "key-value", consensus=True, elects=True)
        self.safety, self.linearizable = RaftSafety(subject), Linearizable(subject)
        self.outstanding: dict[int, Asked] = {}
        self.numbers = list(range(CLIENTS))
        self.sequence = 0
        self.servers = [Server(number, self) for number in range(self.population)]
        self.rafts: list[Raft] = []
        failing = random.choice((0.0, 0.005, 0.02))
        for server in self.servers:
            self.rafts.append(Raft.on(server, self.config))  # type: ignore[arg-type]
            self.rafts[-1].on_start()
            server.storage.disk = Disk()
            server.storage.disk.add(Flaky(random, failing))
        self.steps: dict[Callable[[], None], float] = {
            self.deliver: random.choice((20, 60, 200)),
            self.double: random.choice((0, 1, 5)),
            self.lose: random.choice((0, 1, 5, 20)),
            self.let_time_pass: random.choice((2, 5, 20)),
            self.sync: random.choice((5, 20)),
            self.crash_or_restart: random.choice((0, 0.3, 1, 3)),
            self.ask: random.choice((1, 4, 10)),
            self.ask_again: random.choice((0.5, 2)),
            self.give_up: 0.1,
            self.change_members: random.choice((0, 0.2, 1, 4)),
            self.hand_over: random.choice((0, 0.2, 1)),
        }

    def _options(self) -> dict[str, Any]:
        random = self.random
        options: dict[str, Any] = {
            "batch": random.choice((1, 2, 64)),
            "pipeline": random.choice((1, 2, 8)),
            "pre_vote": random.random() < 0.3,
            "check_quorum": random.random() < 0.3,
            "membership": random.choice(("single-server", "joint")),
            "snapshot_every": random.choice((None, 1, 2, 5)),
            "snapshot_chunk": random.choice((40, 4096)),
            "reads": random.choice(("read-index", "log")),
            "session_limit": random.choice((None, None, 2)),
        }
        if random.random() < 0.6:
            options["sync"] = ConstantLatency(value=5 * MILLISECOND)
        if random.random() < 0.4:
            options["servers"] = random.randint(1, self.population)
        return options

    def run(self, steps: int) -> list[RunVerdict]:
        """Take so many steps; gives what the judges say then."""
        chosen = self.random.choices(list(self.steps), list(self.steps.values()), k=steps)
        for step in chosen:
            step()
        balance = RunBalance(sent=0, duplicated=0, outcomes={}, waiting=0, in_flight=0, sums=True)
        end = RunEnd(self.places, "duration", balance)
        return [self.safety.finish(end), self.linearizable.finish(end)]

    def record(self, node: int | None, kind: str, fields: dict[str, Any]) -> None:
        """Show a record to the judges that want it."""
        self.places += 1
        record = Record(self.places, self.places, node, kind, fields)
        for judge in (self.safety, self.linearizable):
            if kind in judge.kinds:
                judge.observe(record)

    def _do(self, number: int, act: Callable[..., None], *arguments: Any) -> None:
        """Have a server do something; it stops where its disk fails."""
        try:
            act(*arguments)
        except StorageError:
            self._stop(number)

    def _stop(self, number: int) -> None:
        server = self.servers[number]
        server.is_up = False
        server.timers.clear()
        server.storage.crash()
        self.record(number, "crashed", {})

    # The network.

    def deliver(self) -> None:
        """Some message arrives, rather one that was sent long ago."""
        if self.under_way:
            number = self._some_message()
            self._arrives(self.under_way.pop(number))

    def double(self) -> None:
        """Some message arrives, and will do so again."""
        if self.under_way:
            self._arrives(self.under_way[self._some_message()])

    def lose(self) -> None:
        """Some message is lost."""
        if self.under_way:
            self.under_way.pop(self.random.randrange(len(self.under_way)))

    def _some_message(self) -> int:
        number = len(self.under_way)
        return self.random.randrange(number if self.random.random() < 0.5 else number // 4 + 1)

    def _arrives(self, message: Message) -> None:
        if self.servers[message.destination].is_up:
            self._do(message.destination, self.rafts[message.destination].on_message, message)

    # Time and life.

    def let_time_pass(self) -> None:
        """Some timer of a server is due; clocks have nothing to do with each other."""
        server = self.random.choice(self.servers)
        if server.timers:
            self._due(server, self.random.choice(list(server.timers)))

    def sync(self) -> None:
        """A write of some server is durable."""
        server = self.random.choice(self.servers)
        if "sync" in server.timers:
            self._due(server, "sync")

    def _due(self, server: Server, name: Any) -> None:
        server.elapsed = max(server.elapsed, server.timers.pop(name))
        if name == ELECTION and self.random.random() < 0.3:
            server.elapsed += 400 * MILLISECOND
        self._do(server.id, self.rafts[server.id].on_timer, name)

    def crash_or_restart(self) -> None:
        """A server crashes, and half of the times is back at once; one that is down restarts."""
        number = self.random.randrange(self.population)
        if self.servers[number].is_up:
            self._stop(number)
            if self.random.random() < 0.5:
                return
        self.servers[number].is_up = True
        self.record(number, "restarted", {})
        self.rafts[number] = Raft.on(self.servers[number], self.config)  # type: ignore[arg-type]
        self._do(number, self.rafts[number].on_restart)

    # Clients and administrators.

    def ask(self) -> None:
        """A client that waits for nothing asks for something that no other has asked for."""
        client = self.random.randrange(CLIENTS)
        if client in self.outstanding:
            return
        self.sequence += 1
        function = self.random.choice(("get", "get", "append", "append", "put"))
        operation = Operation(function, "x", None if function == "get" else f"t{self.sequence}")
        request = ClientRequest(self.numbers[client], self.sequence, self.sequence, operation)
        self.outstanding[client] = Asked(request, self.sequence)
        fields = {"process": self.sequence, "client": client, "function": function, "key": "x"}
        self.record(None, "invoked", fields | {"value": operation.value})
        self._hand(request)

    def ask_again(self) -> None:
        """A client that waits asks some server once more."""
        asked = self.outstanding.get(self.random.randrange(CLIENTS))
        if asked is not None:
            self._hand(asked.request)

    def give_up(self) -> None:
        """A client waits no more: nobody knows what came of its operation."""
        self.outstanding.pop(self.random.randrange(CLIENTS), None)

    def _hand(self, request: Any) -> None:
        """Hand a request to a server that is up, as a rule to one that leads."""
        up = [server.id for server in self.servers if server.is_up]
        leading = [number for number in up if self.rafts[number].role == "leader"]
        asked = leading if leading and self.random.random() < 0.8 else up
        if asked:
            number = self.random.choice(asked)
            self._do(number, self.rafts[number].on_request, request)

    def answered(self, reply: Reply) -> None:
        """A server answers a client."""
        if reply.client >= ADMINISTRATORS or reply.outcome not in ("ok", "session-expired"):
            return
        for client, asked in self.outstanding.items():
            if (asked.request.client, asked.request.sequence) == (reply.client, reply.sequence):
                del self.outstanding[client]
                if reply.outcome == "session-expired":
                    self.numbers[client] = max(self.numbers) + 1
                outcome = "ok" if reply.outcome == "ok" else "unknown"
                self.record(None, "completed", {"process": asked.process, "outcome": outcome, "value": reply.value})
                return

    def change_members(self) -> None:
        """An administrator asks for one or two servers more, less or without a vote."""
        self.sequence += 1
        nodes = {self.random.randrange(self.population) for _ in range(self.random.choice((1, 1, 2)))}
        what = self.random.choice(("add", "remove", "learners"))
        self._hand(ChangeRequest(ADMINISTRATORS + self.sequence, 1, **{what: tuple(sorted(nodes))}))

    def hand_over(self) -> None:
        """An administrator asks the leader to hand over."""
        self.sequence += 1
        target = self.random.choice((None, self.random.randrange(self.population)))
        self._hand(TransferRequest(ADMINISTRATORS + self.sequence, 1, target))
