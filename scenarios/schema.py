"""A scenario: what is simulated, where, for how long, what breaks, and what is checked."""

import re
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from faults.budget import Budget
from faults.fault import Fault
from faults.liveness import Liveness
from faults.random_plan import RandomPlan
from scenarios.blocks import Block
from scenarios.cross_checks import contradictions
from scenarios.document import Document
from scenarios.plugins import load_class
from scenarios.problems import BlockError, problems_of, report
from scenarios.seed import Seed
from sim.hardware.config import HardwareConfig
from sim.kernel import TieBreak
from sim.network.config import NetworkConfig
from sim.network.latency import Latency
from sim.protocol import ProtocolConfig
from sim.records import Detail
from sim.units import Duration, PositiveDuration, as_written, format_duration, shown
from topologies.config import TopologyConfig
from topologies.errors import InputError

_OPTIONS: Final = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


def _topologies() -> Mapping[str, type[BaseModel]]:
    from topologies.registry import TOPOLOGIES

    return {name: kind.config for name, kind in TOPOLOGIES.items()}


def _protocols() -> Mapping[str, type[BaseModel]]:
    from sim.protocols.registry import PROTOCOLS

    return {name: kind.config for name, kind in PROTOCOLS.items()}


def _workloads() -> Mapping[str, type[BaseModel]]:
    from sim.workloads.registry import WORKLOADS

    return {name: kind.config for name, kind in WORKLOADS.items()}


def _faults() -> Mapping[str, type[BaseModel]]:
    from faults.registry import FAULTS

    return {name: kind.config for name, kind in FAULTS.items()}


def _random_plans() -> Mapping[str, type[BaseModel]]:
    return {"random": RandomPlan}


def _list_or_plan(value: Any) -> str:
    """Return whether faults are a list or a plan to draw, as a tag that no field is called."""
    return "#list" if isinstance(value, list | tuple) else "#plan"


def _tuple_of_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _tuple_of_one_or_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


_OneOrSeveral = HardwareConfig | list[HardwareConfig]

FromList = BeforeValidator(_tuple_of_list)
"""Lets a list of a file fill a field that holds a tuple."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def _a_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        expected = "a name of at most 100 letters, digits, '.', '_' and '-', such as gossip-ring"
        raise InputError(f"found {shown(text)}; expected {expected}")
    return text


Name = Annotated[str, AfterValidator(_a_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})]


class Clocks(BaseModel):
    """How far the nodes' clocks are apart: each node's is drawn uniformly between plus and minus these bounds."""

    model_config = _OPTIONS
    offset: Duration = Field(default=0, description="largest offset from true time at the start")
    drift_ppm: float = Field(default=0.0, ge=0, le=100_000, description="largest drift in parts per million")


class Samples(BaseModel):
    """Time series taken while the run goes on."""

    model_config = _OPTIONS
    every: PositiveDuration = Field(description="simulated time between samples")


class Limits(BaseModel):
    """Where a run that does not end by itself is cut off."""

    model_config = _OPTIONS
    events: int = Field(default=1_000_000_000, ge=1, le=2**63 - 1, description="most events that a run may take")


class Scenario(BaseModel):
    """One experiment, complete: with the seed and the version of Murmur it determines its run to the bit."""

    model_config = _OPTIONS
    name: Name = Field(description="name of the scenario: letters, digits, '.', '_' and '-'")
    description: str = Field(default="", max_length=10_000, description="what it shows, for people")
    duration: PositiveDuration = Field(description="simulated time after which the run ends, such as 30s")
    seed: Seed = Field(default=0, description="root of all chance: an integer, or the hash of a commit")
    topology: Annotated[TopologyConfig, Block("a topology", _topologies)] = Field(description="who is linked to whom")
    network: NetworkConfig = Field(default=NetworkConfig(), description="what the links do to messages")
    clocks: Clocks | None = Field(default=None, description="local clocks that differ; perfect ones when left out")
    handling: Latency | None = Field(
        default=None,
        description="time that a node's one core takes for each message, timer and request; no cores when left out",
    )
    hardware: Annotated[
        tuple[HardwareConfig, ...], BeforeValidator(_tuple_of_one_or_list, json_schema_input_type=_OneOrSeveral)
    ] = Field(default=(), description="the cores of the nodes: one description, or a list of them for different nodes")
    protocol: Annotated[ProtocolConfig, Block("a protocol", _protocols, plugins=True)] = Field(
        description="what every node runs; package.module:Class for one of your own"
    )
    workload: Annotated[BaseModel, Block("a workload", _workloads)] | None = Field(
        default=None, description="what is asked of the nodes from outside"
    )
    faults: Annotated[
        Annotated[tuple[Annotated[Fault, Block("a fault", _faults)], ...], FromList, Tag("#list")]
        | Annotated[RandomPlan, Block("a list of faults, or a plan", _random_plans), Tag("#plan")],
        Discriminator(_list_or_plan),
    ] = Field(default=(), description="what breaks, and when: a list of faults, or a plan that the seed draws")
    budget: Budget = Field(default="unbounded", description="how many nodes may be down or lying at once")
    liveness: Liveness | None = Field(
        default=None, description="a last phase in which a core of nodes is healed for good and must converge"
    )
    checks: Annotated[tuple[Name, ...], FromList] = Field(default=(), description="what must hold, by name")
    stop_when: Literal["converged", "quiescent"] | None = Field(
        default=None,
        description="end before the duration: when the protocol is done, or when nothing is left to happen",
    )
    samples: Samples | None = Field(default=None, description="time series to take")
    tie_break: TieBreak = Field(
        default="fifo", description="order of events at the same instant: as they were made, or drawn by the seed"
    )
    detail: Detail = Field(default="states", description="which records are written to disk")
    limits: Limits = Field(default=Limits(), description="where a run that does not end is cut off")
    _graph_folder: Path | None = PrivateAttr(default=None)
    _fault_folders: dict[int, Path | None] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: Any) -> None:
        """Keep where files are looked for, apart from the fields: it is not what the experiment is."""
        from topologies.graph_file import FileConfig

        if isinstance(self.topology, FileConfig):
            self._graph_folder = (context or {}).get("graph_folder")
        folder_of = (context or {}).get("folder_of", lambda path: None)
        for index, fault in enumerate(self.fault_list):
            if fault.reads_a_file:
                field = ("trace",) if fault.when is None else ("when", "trace")
                self._fault_folders[index] = folder_of(("faults", index, *field))

    def __repr__(self) -> str:
        """One line for people; `canonical` has all of it."""
        nodes, graph = self.topology.node_count, getattr(self.topology, "kind", "")
        where = f"on {nodes} node{'' if nodes == 1 else 's'} ({graph})" if nodes is not None else f"on a {graph}"
        faults = f"{len(self.fault_list)} fault{'' if len(self.fault_list) == 1 else 's'}"
        parts = (
            format_duration(self.duration),
            f"seed {self.seed}",
            faults if isinstance(self.faults, tuple) else f"faults drawn: {self.faults.kind}",
            f"checks {', '.join(self.checks)}" if self.checks else "no checks",
        )
        return f"<Scenario {self.name}: {self.protocol.kind} {where}, {'; '.join(parts)}>"

    def __str__(self) -> str:
        return repr(self)

    @property
    def fault_list(self) -> tuple[Fault, ...]:
        """The faults that are written out; none where a plan is still to be drawn."""
        return self.faults if isinstance(self.faults, tuple) else ()

    @property
    def has_cores(self) -> bool:
        """Whether handling takes time, on some nodes at least."""
        return self.handling is not None or bool(self.hardware)

    @property
    def graph_folder(self) -> Path | None:
        """The folder that a graph file's relative path counts from; None: the current folder."""
        return self._graph_folder

    @property
    def fault_folders(self) -> Mapping[int, Path | None]:
        """The folders that the relative paths of faults that read files count from, by the place of the fault."""
        return self._fault_folders

    def forget_fault_folders(self) -> None:
        """Take in that the files of the faults were read."""
        self._fault_folders = {}

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        problems = contradictions(self)
        if problems:
            raise BlockError(problems)
        return self

    def canonical(self) -> dict[str, Any]:
        """Return the scenario as plain data with every default filled in, which `scenario_of` reads as an equal one."""
        return self.model_dump(mode="json")


def scenario_of(
    data: Mapping[str, Any] | Document, allowed_plugins: Collection[str] = (), name: str = "scenario"
) -> Scenario:
    """Return the scenario in plain data or in a document that was read from a file.

    `allowed_plugins` are the modules of which a `protocol` may name a class; `name` is what messages call plain data.
    A graph file's relative path counts from the folder of the document, or from the current folder where it was set by
    a flag or comes from plain data. Raises InputError with one line for each mistake.
    """
    document = data if isinstance(data, Document) else Document(name, dict(data))
    written = as_written(document.data)
    context = {
        "allowed_plugins": tuple(allowed_plugins),
        "load_class": partial(load_class, allowed_plugins=tuple(allowed_plugins)),
        "graph_folder": document.folder_of(("topology", "path")),
        "folder_of": document.folder_of,
    }
    try:
        return Scenario.model_validate(written, context=context)
    except ValidationError as error:
        raise report(problems_of(error, Scenario, written), document) from None
