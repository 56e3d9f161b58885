"""What workloads of clients have in common: how many there are, when they ask, and how long they wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.network.latency import ConstantLatency, Latency
from sim.units import Duration, PositiveDuration, Rate, format_duration
from sim.workloads.administration import Action
from sim.workloads.workload import Workload
from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.randomness import Stream
    from sim.simulation import Simulation
    from sim.workloads.operation import Operation

    Draw = Callable[[Stream, "dict[str, Any]", str], Operation]


def _tuple_of_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class ClientWorkload(Workload):
    """Base of workloads in which clients, outside the topology, ask servers for operations.

    Each client has a session: its operations are numbered, and a retry has the number of the first attempt. An
    operation without an answer in time stays unknown: it may or may not have been carried out.
    """

    records: ClassVar[tuple[str, ...]] = ("invoked", "completed", "administered")
    state_machine: ClassVar[str] = ""
    """The state machine that understands the operations."""

    clients: int = Field(default=5, ge=1, le=100_000, description="how many clients, each with a session of its own")
    rate: Annotated[Rate, Field(gt=0, le=1e9)] | None = Field(
        default=None,
        description="operations per second of all clients, whether answered or not (open loop); when left out, a "
        "client asks when it has its answer (closed loop)",
    )
    arrivals: Literal["poisson", "fixed"] = Field(
        default="poisson", description="with a rate: exponential times between operations, or equal ones"
    )
    think: Duration = Field(default=0, description="without a rate: time between an answer and the next operation")
    at: Duration = Field(default=0, description="simulated time from which on they ask")
    until: Duration | None = Field(default=None, description="simulated time from which on nothing new is asked")
    operations: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="operations after which nothing new is asked; no limit when left out"
    )
    latency: Latency = Field(
        default=ConstantLatency(value=1_000_000), description="time between a client and a server, each way"
    )
    placement: Literal["anywhere", "beside"] = Field(
        default="anywhere",
        description="anywhere: every server is in reach; beside: client i lives beside server i, and is as far from "
        "the others, and as cut off by partitions, as that one",
    )
    retry_after: PositiveDuration = Field(
        default=500_000_000, description="time without an answer after which a client asks another server"
    )
    retry_delay: PositiveDuration = Field(
        default=20_000_000, description="longest time before it asks again where it was turned away; uniform from half"
    )
    timeout: PositiveDuration = Field(
        default=5_000_000_000, description="time after which a client gives up an operation, which stays unknown"
    )
    administration: Annotated[tuple[Action, ...], BeforeValidator(_tuple_of_list)] = Field(
        default=(), description="changes of members and of the leader that are asked for meanwhile"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.until is not None and self.until <= self.at:
            found = f"found {format_duration(self.until)}, not after at, {format_duration(self.at)}"
            raise InputError(f"{found}; make it later", ("until",))
        if self.rate is not None and self.think:
            raise InputError("with a rate clients do not wait for answers; leave think or rate out", ("think",))
        return self

    def drawer(self) -> Draw:
        """A function that draws an operation from a client's stream.

        It is handed what the client last saw of each key, and a text to be written that no other operation has.
        """
        raise NotImplementedError

    @property
    def learns(self) -> bool:
        """Whether what the drawer draws depends on what the client last saw."""
        return False

    def learn(self, seen: dict[str, Any], operation: Operation, value: Any) -> None:
        """Keep what an operation that was carried out with this result shows of the keys."""

    def arm(self, simulation: Simulation) -> None:
        """Have the clients ask; raises InputError where the protocol does not serve them."""
        from sim.workloads.clients import Clients

        self._demand_state_machine(simulation)
        self._demand_nodes(simulation.topology.nodes)
        Clients(self, simulation).begin()

    def _demand_state_machine(self, simulation: Simulation) -> None:
        served = getattr(simulation.config, "state_machine", None)
        name = simulation.protocol.name()
        if served is None:
            expected = "expected a protocol with a state_machine, such as raft"
            raise InputError(f"found '{self.kind}', and {name} serves no clients; {expected}", ("kind",))
        if served != self.state_machine:
            found = f"found '{self.kind}', and {name} with the state machine {served}"
            raise InputError(f"{found}; set protocol.state_machine: {self.state_machine}", ("kind",))

    def _demand_nodes(self, population: int) -> None:
        for place, action in enumerate(self.administration):
            for node in action.nodes:
                if node >= population:
                    found = f"found node {node} in a topology of {population} nodes"
                    raise InputError(
                        f"{found}; expected a number from 0 to {population - 1}", ("administration", place)
                    )
