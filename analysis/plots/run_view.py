"""A run as plots see it, whether it lies in a folder or has just been simulated."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.node_life import is_state
from analysis.run_writer import EVENTS
from sim.records import OUTCOMES, Record
from topologies.errors import InputError
from topologies.topology import Topology

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.run_folder import RunFolder
    from analysis.samples_file import Sample
    from sim.convergence import Convergence
    from sim.protocol import Protocol
    from sim.simulation import Simulation

MessageEnds = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.bool_]"]
"""Sources and destinations of messages, and which of them were delivered."""
_WITH_MESSAGES: Final = ("messages", "all")


@dataclass(frozen=True)
class RunView:
    """What plots need of a run.

    `scenario` is plain data that tells runs of different scenarios apart, without the seed; `end` is in nanoseconds;
    `topology` builds the topology; `records` gives the records of some kinds, in order; `ends` where messages came
    from and went; `convergence` says which records mean progress; `samples` gives what was sampled over time.
    """

    name: str
    scenario: Mapping[str, Any]
    seed: int
    nodes: int
    end: int
    detail: str
    convergence: Convergence | None
    topology: Callable[[], Topology]
    records: Callable[[Collection[str]], Iterable[Record]]
    ends: Callable[[], Iterator[MessageEnds]]
    payloads: tuple[str, ...] = ()
    samples: Callable[[], Iterable[Sample]] = tuple

    def states(self, kinds: Collection[str]) -> Iterator[Record]:
        """Yield the state records of these kinds, in order; raises InputError where the run kept none at all."""
        if self.detail == "summary":
            raise InputError(
                f"{self.name}: the run kept no records (detail summary), which this plot needs; "
                "run it again with --detail states, messages or all"
            )
        return (record for record in self.records(kinds) if not is_message(record))

    def messages(self, plot: str) -> Iterator[Record]:
        """Yield a record for what became of each message; raises InputError where the run kept none."""
        self._need_messages(plot)
        return (record for record in self.records(OUTCOMES) if is_message(record))

    def message_ends(self, plot: str) -> Iterator[MessageEnds]:
        """Yield the sources and destinations of all messages in large pieces, and which of them were delivered."""
        self._need_messages(plot)
        return self.ends()

    def _need_messages(self, plot: str) -> None:
        if self.detail not in _WITH_MESSAGES:
            raise InputError(
                f"{self.name}: the run kept no messages (detail {self.detail}), which the plot {plot} needs; "
                "run it again with --detail messages"
            )


def is_message(record: Record) -> bool:
    """Whether a record tells what became of a message; a node's crash and a message's may have the same kind."""
    return record.kind in OUTCOMES and not is_state(record)


def view_of_folder(run: RunFolder) -> RunView:
    """Return the view of a run on disk."""
    manifest = run.manifest
    scenario = {name: value for name, value in manifest.scenario.items() if name not in ("seed", "detail")}
    protocol = _protocol_of(scenario.get("protocol", {}))
    return RunView(
        name=str(scenario.get("name", run.path.name)),
        scenario=scenario,
        seed=manifest.seed,
        nodes=manifest.topology.nodes,
        end=manifest.ended,
        detail=manifest.detail,
        convergence=_convergence_of(protocol, scenario.get("protocol", {})),
        topology=run.topology,
        records=run.records,
        ends=lambda: _ends_in_file(run),
        payloads=_payloads_of(protocol),
        samples=run.samples,
    )


def view_of_simulation(simulation: Simulation, records: Sequence[Record], name: str = "simulation") -> RunView:
    """Return the view of a simulation that has run; `records` are those of its `keep_records`."""

    def of_kinds(kinds: Collection[str]) -> Iterator[Record]:
        return (record for record in records if record.kind in kinds)

    topology = simulation.topology
    scenario = {"name": name, "topology": {"kind": topology.kind, "nodes": topology.nodes}}
    return RunView(
        name=name,
        scenario=scenario,
        seed=simulation.seed,
        nodes=topology.nodes,
        end=simulation.now,
        detail=simulation.recorder.detail,
        convergence=simulation.protocol.converges(simulation.config),
        topology=lambda: topology,
        records=of_kinds,
        ends=lambda: iter([_ends_of(records)]),
        payloads=_payloads_of(simulation.protocol),
    )


def _ends_of(records: Iterable[Record]) -> MessageEnds:
    rows = [
        (record.fields["source"], record.fields["destination"], record.kind == "delivered")
        for record in records
        if is_message(record)
    ]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return columns[:, 0], columns[:, 1], columns[:, 2].astype(bool)


def _ends_in_file(run: RunFolder) -> Iterator[MessageEnds]:
    """Read columns instead of records, in which a million messages would take ten seconds."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    columns = ["kind", "source", "destination", "message", "sent_at", "size"]
    with pq.ParquetFile(run.path / EVENTS) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns).drop_null()
            table = table.filter(pc.is_in(table["kind"].cast(pa.string()), value_set=pa.array(OUTCOMES)))
            delivered = pc.equal(table["kind"].cast(pa.string()), "delivered")
            yield table["source"].to_numpy(), table["destination"].to_numpy(), delivered.to_numpy()


def _protocol_of(config: Mapping[str, Any]) -> type[Protocol] | None:
    """Return the class of a protocol: a built-in one, or one of the user's if its module is loaded."""
    from sim.protocols.registry import PROTOCOLS

    kind = str(config.get("kind"))
    if kind in PROTOCOLS:
        return PROTOCOLS[kind].protocol
    module, _, name = kind.partition(":")
    return getattr(sys.modules.get(module), name, None) if name else None


def _loaded(name: str, base: type[Any], noun: str) -> type[Any]:
    """Return a class that is named `module:Class`, of a module that is loaded."""
    module, _, inside = name.partition(":")
    found = getattr(sys.modules.get(module), inside, None)
    if not (isinstance(found, type) and issubclass(found, base)):
        raise InputError(f"found {name!r}, which is not loaded; name its module with --plugin to have {noun}")
    return found


def _convergence_of(protocol: type[Protocol] | None, config: Mapping[str, Any]) -> Convergence | None:
    if protocol is None:
        return None
    try:
        options = protocol.Config.model_validate_json(json.dumps(config), context={"load_class": _loaded})
    except ValueError:  # of another version, or with a part of the user's own that is not loaded
        return protocol.convergence
    return protocol.converges(options)


def _payloads_of(protocol: type[Protocol] | None) -> tuple[str, ...]:
    return tuple(payload.__name__ for payload in getattr(protocol, "payloads", None) or ())
