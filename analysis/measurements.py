"""All that is measured of one run, live or from disk: the sources of the named metrics."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Self

from analysis.actors_run import ActorsRun
from analysis.availability import Availability
from analysis.beliefs import Beliefs
from analysis.client_operations import ClientOperations
from analysis.clock_skew import ClockSkew
from analysis.convergence import Tracker, tracker_of
from analysis.divergence import Divergence
from analysis.effect_times import EffectTimes
from analysis.elections import Elections
from analysis.gathers import Gathers
from analysis.load import PARTS, SECOND, Load
from analysis.manifest import RunBalance, balance_of
from analysis.memory_use import MemoryUse
from analysis.node_life import is_state
from analysis.progress import ConvergenceResult
from analysis.receipts import Receipts
from analysis.recovery import Recovery
from analysis.runtime.lease_use import LeaseUse
from analysis.runtime.shard_use import ShardUse
from analysis.shared_state import SharedStateRun
from analysis.swarm.spacing import SPREAD_OUT, Spacing
from analysis.swarm.strikes import Strikes
from analysis.task_times import TaskTimes
from analysis.trading import Trading
from analysis.traffic import Traffic
from analysis.variance_by_cycle import VarianceByCycle
from analysis.verdict import Subject, subject_of
from analysis.worker_pool import WorkerPoolRun
from sim.convergence import Coherence, Convergence, Coverage, Spread
from sim.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.run_folder import RunFolder
    from sim.simulation import Simulation
    from topologies.topology import Topology


class Measurements:
    """Collectors of one run, each there where it has a meaning for the protocol.

    `subject` is what `subject_of` gives, or the declared convergence of the protocol where that is all. `period` is the
    length of the protocol's cycle in nanoseconds, where it has one; `message_size` in bytes is that of messages that do
    not state one. `end` (ns), `balance` and `sent` (messages sent by each node, None: not known) are set when the run
    has ended. `topology` gives that of the run, where it is known.
    """

    def __init__(
        self,
        subject: Convergence | Subject | None,
        population: int,
        *,
        period: int | None = None,
        message_size: int = 0,
    ) -> None:
        if not isinstance(subject, Subject):
            subject = Subject(subject, population)
        declared = subject.declared
        self.population = population
        self.traffic = Traffic(population, [], message_size)
        self.tracker: Tracker | None = None
        self.receipts: Receipts | None = None
        self.beliefs: Beliefs | None = None
        self.variance: VarianceByCycle | None = None
        self.convergence: ConvergenceResult | None = None
        self.end = 0
        self.balance: RunBalance | None = None
        self.sent: list[int] | None = None
        self.topology: Callable[[], Topology] | None = None
        if declared is not None:
            self.tracker = tracker_of(declared, population)
            self.beliefs = Beliefs(self.tracker)
        if isinstance(declared, Coverage):
            self.receipts = Receipts(declared, population)
        self.strikes = Strikes() if isinstance(declared, Coherence) else None
        if isinstance(declared, Spread) and period:
            self.variance = VarianceByCycle(declared, population, period)
        self.spacing: Spacing | None = None
        if isinstance(declared, Coherence) and declared.target < SPREAD_OUT:
            self.spacing = Spacing(declared, population)
        self.clocks = ClockSkew()
        cycle = declared.period if isinstance(declared, Coherence) else period or SECOND
        self.load = Load(max(1, cycle // PARTS))
        self.shared_state = SharedStateRun()
        self.memory = MemoryUse()
        self.effects = EffectTimes()
        self.tasks = TaskTimes()
        self.actors = ActorsRun()
        self.worker_pool = WorkerPoolRun()
        self.gathers = Gathers()
        self.trading = Trading()
        serves = subject.state_machine is not None
        self.clients = ClientOperations() if serves else None
        self.availability = Availability() if serves else None
        self.recovery = Recovery() if serves else None
        self.elections = Elections(population) if subject.elects else None
        self.leases = LeaseUse() if subject.records >= {"leased", "used"} else None
        self.shards = ShardUse() if "sharded" in subject.records else None
        self.divergence = Divergence(population) if subject.consensus else None

    @property
    def observers(self) -> list[tuple[Iterable[str], Callable[[Record], None]]]:
        """Who wants which kinds of state records, in the order in which they must be told."""
        present = (
            self.tracker,
            self.receipts,
            self.beliefs,
            self.variance,
            self.spacing,
            self.clocks,
            self.clients,
            self.availability,
            self.recovery,
            self.elections,
            self.divergence,
            self.leases,
            self.shards,
            self.strikes,
            self.load,
            self.shared_state,
            self.memory,
            self.effects,
            self.tasks,
            self.worker_pool,
            self.actors,
            self.gathers,
            self.trading,
        )
        return [(sorted(one.kinds), one.observe) for one in present if one is not None]

    @classmethod
    def attach(cls, simulation: Simulation) -> Self:
        """Measure a simulation while it runs; call `ended` afterwards.

        Bytes are counted where rows about messages are kept. Set the sink of the recorder before.
        """
        recorder = simulation.recorder
        measurements = cls(
            subject_of(simulation.protocol, simulation.config, simulation.topology.nodes, simulation.hardware_records),
            simulation.topology.nodes,
            period=getattr(simulation.config, "period", None),
            message_size=simulation.network.config.message_size,
        )
        measurements.topology = lambda: simulation.topology
        for kinds, observer in measurements.observers:
            recorder.observe(kinds, observer)
        measurements.traffic.kind_names = recorder.kind_names
        recorder.observe_outcomes(measurements.traffic.observe_lane)
        if recorder.keeps_messages:
            measurements._count_bytes(simulation)
        return measurements

    def _count_bytes(self, simulation: Simulation) -> None:
        sink = simulation.recorder.sink

        def count(rows: list[Record]) -> None:
            self.traffic.count_bytes(rows)
            if sink is not None:
                sink(rows)

        simulation.recorder.sink = count

    def ended(self, simulation: Simulation) -> Self:
        """Take what the simulation itself counts, at its end."""
        self.sent = simulation.sent()
        return self._finish(simulation.now, balance_of(simulation.balance()))

    @classmethod
    def of_run(
        cls,
        run: RunFolder,
        subject: Convergence | Subject | None,
        *,
        period: int | None = None,
        message_size: int = 0,
    ) -> Self:
        """Measure a run on disk by its records; what its level of detail did not keep stays unknown."""
        manifest = run.manifest
        measurements = cls(subject, manifest.topology.nodes, period=period, message_size=message_size)
        measurements.topology = cache(run.topology)
        if manifest.detail == "all":
            measurements.sent = [0] * manifest.topology.nodes
        told: dict[str, list[Callable[[Record], None]]] = {}
        for kinds, observer in measurements.observers:
            for kind in kinds:
                told.setdefault(kind, []).append(observer)
        for record in run.records():
            if not is_state(record):
                measurements._row(record)
                continue
            for observer in told.get(record.kind, ()):
                observer(record)
        return measurements._finish(manifest.ended, manifest.balance)

    def _row(self, record: Record) -> None:
        if record.kind == "sent" and self.sent is not None and record.node is not None:
            self.sent[record.node] += 1
        self.traffic.observe_row(record)

    def _finish(self, end: int, balance: RunBalance) -> Self:
        self.end, self.balance = end, balance
        self.traffic.finish()
        if self.tracker is not None:
            self.tracker.advance(end)
            self.convergence = self.tracker.finish()
        timed = (
            self.beliefs,
            self.variance,
            self.spacing,
            self.clients,
            self.availability,
            self.elections,
            self.load,
            self.tasks,
        )
        for collector in timed:
            if collector is not None:
                collector.finish(end)
        return self
