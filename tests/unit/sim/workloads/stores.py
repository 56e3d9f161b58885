"""A small system that answers clients, for tests of the clients themselves."""

from typing import Any, Literal

from sim.protocol import Protocol, ProtocolConfig
from sim.records import Record
from sim.simulation import Simulation
from sim.state_machines.registry import STATE_MACHINES
from sim.workloads.client_workload import ClientWorkload
from sim.workloads.request import ChangeRequest, ClientRequest, Reply
from topologies.registry import build

MILLISECOND = 1_000_000
SECOND = 1_000 * MILLISECOND


class Store(Protocol):
    """One server, `leader`, has the state in its memory, and carries out each operation once; others send clients on.

    It turns away the first `refusals` requests, and answers the k-th of all requests after the k-th of `delays`, the
    rest at once, `replies` times; where it `writes`, it does so before.
    """

    class Config(ProtocolConfig):
        """Options of the store. `hints`: whom a server names that redirects, one for each server; None: nobody."""

        kind: Literal["store"] = "store"
        state_machine: Literal["key-value", "bank"] = "key-value"
        leader: int = 0
        hints: tuple[int | None, ...] | None = None
        delays: tuple[int, ...] = ()
        replies: int = 1
        refusals: int = 0
        refusal: str = "refused"
        writes: bool = False

    config: Config

    def on_start(self) -> None:
        self.machine = STATE_MACHINES[self.config.state_machine]()
        self.results: dict[tuple[int, int], Any] = {}
        self.requests = 0

    def on_timer(self, name: tuple[int, int, Reply]) -> None:
        self.node.reply(name[2].client, name[2])

    def on_request(self, request: Any) -> None:
        number, self.requests = self.requests, self.requests + 1
        if self.config.writes:
            self.node.storage["requests"] = self.requests
        oldest = request.oldest if isinstance(request, ClientRequest) else 0
        change = list(request.add) if isinstance(request, ChangeRequest) else []
        self.node.record("asked", client=request.client, sequence=request.sequence, oldest=oldest, add=change)
        reply = self.answer(request, number)
        delay = self.config.delays[number] if number < len(self.config.delays) else 0
        for copy in range(self.config.replies):
            if delay or copy:
                self.node.set_timer((number, copy, reply), delay + copy)
            else:
                self.node.reply(request.client, reply)

    def answer(self, request: Any, number: int) -> Reply:
        """What the server says to its request of that number."""
        place, config = (request.client, request.sequence), self.config
        if self.node.id != config.leader:
            leader = config.leader if config.hints is None else config.hints[self.node.id]
            return Reply(*place, "redirect", None, leader)
        if number < config.refusals:
            return Reply(*place, config.refusal)
        if isinstance(request, ClientRequest) and place not in self.results:
            self.results[place] = self.machine.apply(request.operation)
        return Reply(*place, "ok", self.results.get(place))


class Run:
    """A run of a mesh of stores under a workload: its records."""

    def __init__(
        self,
        workload: ClientWorkload,
        *,
        topology: dict[str, Any] | None = None,
        until: int = SECOND,
        seed: int = 0,
        faults: tuple[Any, ...] = (),
        protocol: type[Protocol] = Store,
        **options: Any,
    ) -> None:
        options.setdefault("state_machine", workload.state_machine)
        self.simulation = Simulation(
            build(topology or {"kind": "mesh", "nodes": 3}),
            protocol,
            protocol.Config(**options),
            workload=[workload],
            faults=faults,
            seed=seed,
        )
        self.rows: list[Record] = self.simulation.keep_records()
        self.simulation.run(until)

    def of(self, kind: str) -> list[Record]:
        """The records of a kind."""
        return [row for row in self.rows if row.kind == kind]

    def column(self, kind: str, field: str) -> list[Any]:
        """One field of each record of a kind."""
        return [row.fields[field] for row in self.of(kind)]
