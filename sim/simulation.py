"""A simulation: a protocol on every node of a topology, over a network, under a plan of faults and a workload."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from typing import Protocol as Interface

from sim.clock import Clock
from sim.hardware.config import HardwareConfig
from sim.kernel import PRIORITY_STRIDE, Kernel, TieBreak
from sim.network.config import NetworkConfig
from sim.network.latency import LatencyModel
from sim.network.network import Network
from sim.network.separation import Separation
from sim.node import Node
from sim.node_kinds import node_class
from sim.node_life import DOWN
from sim.protocol import Collective, Protocol, ProtocolConfig
from sim.randomness import Stream, Streams, derive_seed
from sim.records import OUTCOME_BITS, OUTCOMES, Detail, Record, Recorder
from sim.twins import Twins
from sim.units import format_duration
from topologies.errors import InputError
from topologies.topology import Topology


class Plan(Interface):
    """What acts on a simulation from outside the protocols: a fault, a workload."""

    def arm(self, simulation: Simulation) -> None:
        """Schedule what is to happen, before the run starts."""


@dataclass(frozen=True, slots=True)
class ClockSpread:
    """How far local clocks are apart: offsets and drifts uniform within plus and minus these bounds.

    `offset` in nanoseconds, `drift` in parts per billion.
    """

    offset: int = 0
    drift: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """Where all that was sent has gone: `outcomes` counts by what became of them, `waiting` at paused or busy nodes."""

    sent: int
    duplicated: int
    outcomes: dict[str, int]
    waiting: int
    in_flight: int

    @property
    def sums(self) -> bool:
        """Whether every message is accounted for once."""
        return self.sent + self.duplicated == sum(self.outcomes.values()) + self.waiting + self.in_flight


class Simulation:
    """One run of a system.

    Parameters: `topology`; `protocol`, a Protocol class, and `config`, its options (made with defaults when None);
    `network`, options of the links; `seed`, the root of all chance; `workload` and `faults`, plans that are armed in
    this order; `detail`, what rows the `sink` of the recorder is handed; `clocks`, None for perfect clocks;
    `handling`, the time that a node's one core takes for each message, timer and request, None: none, and no cores;
    `hardware`, descriptions of nodes' cores, each of the nodes that it names, or one of them;
    `tie_break`; `event_limit`. Nothing happens before `run`; `conclude` ends it.

    `at_end` holds what `conclude` calls; `injector` is where faults keep what they share.
    """

    def __init__(
        self,
        topology: Topology,
        protocol: type[Protocol],
        config: ProtocolConfig | None = None,
        *,
        network: NetworkConfig | None = None,
        seed: int = 0,
        workload: Sequence[Plan] = (),
        faults: Sequence[Plan] = (),
        detail: Detail = "states",
        clocks: ClockSpread | None = None,
        handling: LatencyModel | None = None,
        hardware: HardwareConfig | Sequence[HardwareConfig] = (),
        tie_break: TieBreak = "fifo",
        event_limit: int | None = None,
    ) -> None:
        self.topology = topology
        self.protocol = protocol
        self.config = config if config is not None else protocol.Config()
        self.config.demand_nodes(topology.nodes)
        self.seed = seed
        self.streams = Streams(seed)
        self.kernel = Kernel(
            tie_break=tie_break, tie_break_stream=self.streams.stream("tie-break"), event_limit=event_limit
        )
        self.recorder = Recorder(topology.nodes, detail)
        self.network = Network(topology, network or NetworkConfig(), self.kernel, self.recorder, seed)
        self.outcome_counts = [0] * len(OUTCOMES)
        self.recorder.observe_outcomes(self._count_outcomes)
        self.kernel.between_slots = self.recorder.flush_if_full
        self.at_end: list[Callable[[], None]] = []
        self.injector: object | None = None
        self.twins: dict[int, Twins] = {}
        self._former_twins: list[Node] = []
        self._clocks = clocks
        self.handling = handling
        self.hardware = self._hardware_of_nodes(hardware)
        if protocol.collective is not None and self.has_cores:
            found = f"found cores, and {protocol.name()} moves all nodes together; expected none: leave it out"
            raise InputError(found, ("hardware" if self.hardware else "handling",))
        if self.config.needs_cores and len(self.hardware) < topology.nodes:
            raise InputError(
                f"found nodes without hardware; {protocol.name()} runs threads on every node: give it cores"
            )
        self.nodes = self._build_nodes()
        for node in self.nodes:  # before all else at time zero, whatever the tie-break
            self.kernel.push((0, next(self.kernel.keys) - PRIORITY_STRIDE, node.start, None))
        self.collective: Collective | None = None if protocol.collective is None else protocol.collective(self)
        self.workload = tuple(workload)
        for plan in (*workload, *faults):
            plan.arm(self)

    def __repr__(self) -> str:
        what = f"{self.protocol.name()} on {self.topology.nodes} nodes ({self.topology.kind})"
        return f"<Simulation of {what}, seed {self.seed}, at {format_duration(self.kernel.now)}>"

    def _build_nodes(self) -> list[Node]:
        network, name = self.network, self.protocol.stream_name()
        nodes: list[Node] = []
        for number in range(self.topology.nodes):
            random = Stream(derive_seed(self.seed, f"{name}/{number}"))
            node = self._new_node(number, random, self._clock(number), str(number))
            network.receivers.append(node.accept)
            network.forwarders.append(node.forward)
            network.admitters.append(node.admit)
            nodes.append(node)
        return nodes

    def _new_node(self, number: int, random: Stream, clock: Clock | None, name: str) -> Node:
        node = node_class(self.network)(number, self.network, self._new_protocol, random, clock)
        if self.handling is not None:
            stream = Stream(derive_seed(self.seed, f"handling/{name}"))
            node.own_processor().costs.append(partial(self.handling.sampler(), stream))
        hardware = self.hardware.get(number)
        if hardware is not None:
            costs, scheduling = (Stream(derive_seed(self.seed, f"{what}/{name}")) for what in ("costs", "scheduler"))
            node.processor = hardware.build(self.kernel, costs, scheduling, node.record)
            node.memory = hardware.build_memory(node.processor, node.record)
            node.refresh_guard()
        return node

    def _hardware_of_nodes(self, hardware: HardwareConfig | Sequence[HardwareConfig]) -> dict[int, HardwareConfig]:
        """The hardware of each node that has some; raises InputError where a node has two, or is none."""
        of_nodes: dict[int, HardwareConfig] = {}
        if isinstance(hardware, HardwareConfig):
            hardware = (hardware,)
        for place, config in enumerate(hardware):
            if not isinstance(config, HardwareConfig):
                found = f"found {type(config).__name__}; expected HardwareConfig, or a list of it"
                raise InputError(found, ("hardware",))
            try:
                config.demand_messages(self.protocol.payloads)
            except InputError as error:
                place_of = ("hardware", place) if len(hardware) > 1 else ("hardware",)
                raise InputError(error.message, (*place_of, *error.path)) from None
            for node in range(self.topology.nodes) if config.nodes is None else config.nodes:
                if node >= self.topology.nodes:
                    found = f"found node {node}; expected a node from 0 to {self.topology.nodes - 1}"
                    raise InputError(found, ("hardware", place, "nodes"))
                if node in of_nodes:
                    found = f"found node {node} for the second time; expected one description for each node"
                    raise InputError(found, ("hardware", place, "nodes"))
                of_nodes[node] = config
        return of_nodes

    @property
    def hardware_records(self) -> tuple[str, ...]:
        """The kinds of records that the hardware of this run makes."""
        return tuple(dict.fromkeys(kind for config in self.hardware.values() for kind in config.records))

    @property
    def has_cores(self) -> bool:
        """Whether handling takes time, on some nodes at least."""
        return self.handling is not None or bool(self.hardware)

    def _new_protocol(self, node: Node) -> Protocol:
        return self.protocol.on(node, self.config)

    def _clock(self, number: int) -> Clock | None:
        spread = self._clocks
        if spread is None:
            return None
        stream = self.streams.stream(f"clock/{number}")
        offset = stream.below(2 * spread.offset + 1) - spread.offset
        return Clock(offset, stream.below(2 * spread.drift + 1) - spread.drift)

    @property
    def now(self) -> int:
        """Simulated time in nanoseconds."""
        return self.kernel.now

    def run(self, until: int | Callable[[], bool] | None = None) -> Simulation:
        """Run until a time in nanoseconds, until a predicate holds, or until nothing is left; can be called again."""
        if not isinstance(until, int) or until > self.kernel.now:
            self.kernel.run(until)
        self.recorder.flush()
        return self

    def conclude(self) -> Simulation:
        """Have nodes and then plans, in order, put into the records what they came to: the run is over."""
        if self.protocol.on_end is not Protocol.on_end:
            for node in self.nodes:
                if node.life not in DOWN:
                    node.protocol.on_end()
        for node in self.nodes:
            if node.processor is not None:
                node.processor.conclude()
        for tell in self.at_end:
            tell()
        self.recorder.flush()
        return self

    def record(self, kind: str, **fields: Any) -> None:
        """Put a state record into the run that is about the system as a whole."""
        self.recorder.state(self.kernel._now, None, kind, fields)

    def keep_records(self) -> list[Record]:
        """Have the rows of the run kept in memory, as far as `detail` goes; gives the list that will hold them."""
        rows: list[Record] = []
        self.recorder.sink = rows.extend
        return rows

    # What faults and workloads do. Each tells whether it had an effect.

    def crash(self, node: int) -> bool:
        """Crash a node: memory, timers and waiting messages are lost, stable storage is kept."""
        return self.nodes[node].crash()

    def restart(self, node: int) -> bool:
        """Start a crashed node again."""
        return self.nodes[node].restart()

    def leave(self, node: int) -> bool:
        """Take a node out of the system: memory and disk are lost, and it hears nothing until it joins."""
        return self.nodes[node].leave()

    def join(self, node: int) -> bool:
        """Have a node that is absent run as a new one."""
        return self.nodes[node].join()

    def pause(self, node: int) -> bool:
        """Stop a node for a while; what reaches it waits."""
        return self.nodes[node].pause()

    def resume(self, node: int) -> bool:
        """Let a paused node go on."""
        return self.nodes[node].resume()

    def add_twin(self, node: int, second_hears: Callable[[int], bool] | None = None) -> bool:
        """Have a second node run under the identity of a node that is up, with a copy of its disk.

        `second_hears`: whose messages reach the second alone; None: both hear everyone. False when it has a twin.
        """
        first = self.nodes[node]
        if node in self.twins or first.life != "up":
            return False
        random = self.streams.stream(f"{self.protocol.stream_name()}/{node}.twin")
        second = self._new_node(node, random, first.clock, f"{node}.twin")
        self.twins[node] = Twins(self.network, first, second, second_hears)
        second.start_as_twin(dict(first.storage.medium))
        return True

    def end_twin(self, node: int) -> bool:
        """End the second node under an identity. False when there is none."""
        twins = self.twins.pop(node, None)
        if twins is None:
            return False
        twins.part()
        self._former_twins.append(twins.second)
        return True

    def request(self, node: int, request: Any) -> bool:
        """Hand a request of the workload to the protocol of a node; False when the node is not up."""
        return self.nodes[node].request(request)

    def separate(self, separation: Separation) -> None:
        """Keep the nodes that it separates from reaching each other, messages on their way included."""
        self.network.separations.append(separation)
        self._refresh()

    def reunite(self, separation: Separation) -> bool:
        """End a separation. False when it was not in force."""
        if separation not in self.network.separations:
            return False
        self.network.separations.remove(separation)
        self._refresh()
        return True

    def _refresh(self) -> None:
        self.network.refresh_links()
        for node in (*self.nodes, *(twins.second for twins in self.twins.values())):
            node.refresh_guard()

    # What the run came to.

    def _count_outcomes(self, lane: array[int]) -> None:
        import numpy as np

        outcomes = np.frombuffer(lane, dtype=np.int64)[1::2] & ((1 << OUTCOME_BITS) - 1)
        for outcome, count in enumerate(np.bincount(outcomes, minlength=len(OUTCOMES)).tolist()):
            self.outcome_counts[outcome] += count

    @property
    def _seconds(self) -> list[Node]:
        """Every node that is, or was, the second under an identity."""
        return [*(twins.second for twins in self.twins.values()), *self._former_twins]

    def sent(self) -> list[int]:
        """How many messages were sent so far in the name of each node."""
        sent = [node.sent for node in self.nodes]
        for second in self._seconds:
            sent[second.id] += second.sent
        return sent

    def waiting(self) -> int:
        """How many messages have arrived and wait: for the end of a pause, or for a core."""
        return sum(node.waiting_messages for node in (*self.nodes, *self._seconds))

    def balance(self) -> Balance:
        """Where every message sent so far has gone."""
        self.recorder.flush()
        named = {name: count for name, count in zip(OUTCOMES, self.outcome_counts, strict=True) if count}
        return Balance(
            sent=sum(self.sent()),
            duplicated=self.network.duplicated,
            outcomes=named,
            waiting=self.waiting(),
            in_flight=self.network.in_flight(),
        )

    def digest(self) -> str:
        """The digest of the run so far: equal for equal runs, whatever the level of detail."""
        return self.recorder.digest()
