"""Everything that has a name: scenarios, studies, claims, topologies, protocols, workloads, faults, metrics, ..."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pydantic import BaseModel

from scenarios.names import did_you_mean
from sim.units import shown
from topologies.errors import InputError


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing with a name: of what sort it is, what it does in a line, and the model of its fields, if any."""

    sort: str
    name: str
    description: str
    config: type[BaseModel] | None = None


def entries(sort: str) -> list[Entry]:
    """Return what there is of a sort, such as `topologies`, in the order in which it is declared."""
    return list(SORTS[sort]())


def find(name: str) -> list[Entry]:
    """Return everything of that name, or of `SORT/NAME` what is of that sort; raises InputError for nothing.

    Where nothing is called so as a whole, the last part of a name is enough, such as mailbox of runtime.mailbox.
    """
    sort, slash, inside = name.partition("/")
    name, sorts = (inside, [sort]) if slash and sort in SORTS else (name, list(SORTS))
    everything = [entry for sort in sorts for entry in entries(sort)]
    found = [entry for entry in everything if entry.name == name]
    found = found or [entry for entry in everything if entry.name.rpartition(".")[2] == name]
    if not found:
        near = did_you_mean(name, [entry.name for entry in everything])
        raise InputError(f"found nothing called {shown(name)}{near or '; `murmur list` names everything'}")
    return found


def fields(config: type[BaseModel]) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, type, default and meaning of each field of a model, as a scenario file writes them."""
    from scenarios.json_schema import json_schema

    schema = json_schema(config)
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        if name != "kind":
            default = "required" if name in required else _plain(field.get("default"))
            yield name, _type(field, schema.get("$defs", {})), default, field.get("description", "")


def _type(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Return the type in a JSON Schema in a few words."""
    if "$ref" in field:
        return _type(definitions[field["$ref"].rsplit("/", 1)[-1]], definitions)
    if choices := field.get("enum"):
        return " or ".join(map(_plain, choices))
    if "const" in field:
        return _plain(field["const"])
    branches = field.get("anyOf") or field.get("oneOf")
    if branches:
        types = dict.fromkeys(_type(branch, definitions) for branch in branches)
        return " or ".join(each for each in types if each != "null")
    if examples := field.get("examples"):
        return f"such as {_plain(examples[0])}"
    if field.get("type") == "object" and "kind" in field.get("properties", {}):
        return f"{{kind: {_type(field['properties']['kind'], definitions)}}}"
    if field.get("type") == "object" and field.get("properties"):
        return "{" + ", ".join(field["properties"]) + "}"
    name = str(field.get("type", "any"))
    return {"array": "list", "object": "mapping"}.get(name, name)


def _plain(value: Any) -> str:
    """Return a value as a scenario file writes it, in one line."""
    import yaml

    if value is None:
        return "none"
    return yaml.safe_dump(value, default_flow_style=True, width=10_000).removesuffix("...\n").strip()


@cache  # reading a hundred files takes longer than all else together
def _scenarios() -> tuple[Entry, ...]:
    from scenarios.library import names, read

    return tuple(Entry("scenario", name, str(read(name).data.get("description", "")).strip()) for name in names())


@cache
def _studies() -> tuple[Entry, ...]:
    from scenarios.study.library import names, read

    return tuple(Entry("study", name, str(read(name).data.get("description", "")).strip()) for name in names())


@cache
def _claims() -> tuple[Entry, ...]:
    from scenarios.claims.library import names, read

    return tuple(Entry("claims", name, str(read(name).data.get("description", "")).strip()) for name in names())


def _topologies() -> Iterator[Entry]:
    from topologies.registry import TOPOLOGIES

    return (Entry("topology", name, kind.description, kind.config) for name, kind in TOPOLOGIES.items())


def _protocols() -> Iterator[Entry]:
    from sim.protocols.registry import PROTOCOLS

    return (Entry("protocol", name, kind.description, kind.config) for name, kind in PROTOCOLS.items())


def _workloads() -> Iterator[Entry]:
    from sim.workloads.registry import WORKLOADS

    return (Entry("workload", name, kind.description, kind.config) for name, kind in WORKLOADS.items())


def _strategies() -> Iterator[Entry]:
    from sim.protocols.attractor.strategies.registry import STRATEGIES

    return (Entry("strategy", name, _first_sentence(model), model) for name, model in STRATEGIES.items())


def _duties() -> Iterator[Entry]:
    from sim.protocols.attractor.duties.registry import DUTIES

    return (Entry("duty", name, _first_sentence(model), model) for name, model in DUTIES.items())


def _schedulers() -> Iterator[Entry]:
    from sim.hardware.schedulers.registry import SCHEDULERS

    return (Entry("scheduler", name, kind.description, kind.config) for name, kind in SCHEDULERS.items())


def _first_sentence(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").partition("\n")[0].partition("; ")[0].rstrip(".")


def _faults() -> Iterator[Entry]:
    from faults.registry import FAULTS

    return (
        Entry("fault", name, f"{kind.config.layer}: {kind.description}", kind.config) for name, kind in FAULTS.items()
    )


def _blocks() -> Iterator[Entry]:
    from faults.liveness import Liveness
    from faults.network.links import FORMS
    from faults.random_plan import RandomPlan
    from faults.target import NodeChoice
    from faults.when import SCHEDULES
    from scenarios import schema
    from sim.hardware.config import Costs, HardwareConfig
    from sim.hardware.memory.config import Collection, Compression, Eviction, MemoryConfig
    from sim.hardware.priorities import Priorities
    from sim.hardware.scaling import ScalingConfig
    from sim.hardware.shared.costs import SharedCosts
    from sim.hardware.transfer import Transfer
    from sim.network.config import NetworkConfig
    from sim.runtime.config import (
        MailboxConfig,
        RestartDelay,
        RuntimeConfig,
        RuntimeCosts,
        SupervisionConfig,
        TransportConfig,
    )
    from sim.runtime.passing import CapabilityConfig

    blocks: list[tuple[str, str, type[BaseModel]]] = [
        ("scenario", "the fields of a scenario file", schema.Scenario),
        ("network", "what the links do to messages", NetworkConfig),
        ("hardware", "the cores of nodes", HardwareConfig),
        ("costs", "how much work nodes have with what they handle", Costs),
        ("hardware.scaling", "cores slow down while there is little to do", ScalingConfig),
        ("hardware.transfer", "what it costs that a task moves to another core", Transfer),
        ("hardware.priorities", "how urgent what nodes handle is", Priorities),
        ("hardware.shared", "what threads pay to use what they share", SharedCosts),
        ("hardware.memory", "the pool that agents of a node take memory from", MemoryConfig),
        ("hardware.memory.eviction", "what makes room in the memory of a node", Eviction),
        ("hardware.memory.collection", "garbage collection of the memory of a node", Collection),
        ("hardware.memory.compression", "compression of what the memory of a node holds", Compression),
        ("runtime", "the actors of a node, in the options of protocols that are made of them", RuntimeConfig),
        ("runtime.mailbox", "how much a mailbox of an actor holds, and what becomes of more", MailboxConfig),
        ("runtime.costs", "how much work each effect of an actor is", RuntimeCosts),
        ("runtime.supervision", "which actors are started again when one ends, and how often", SupervisionConfig),
        ("runtime.supervision.delay", "how long actors wait until they are started again", RestartDelay),
        ("runtime.transport", "how messages go to actors on other nodes", TransportConfig),
        ("runtime.capabilities", "what is found out about what actors may do with what they send", CapabilityConfig),
        ("clocks", "how far local clocks are apart", schema.Clocks),
        ("samples", "time series to take", schema.Samples),
        ("limits", "where a run that does not end is cut off", schema.Limits),
        ("liveness", "a last phase in which a core is healed for good and must converge", Liveness),
        ("random", "a plan of faults that the seed draws", RandomPlan),
        ("target", "a choice of nodes, for a fault's target", NodeChoice),
    ]
    blocks += [(f"links.{name}", "links of a fault of the network", form) for name, form in FORMS.items()]
    blocks += [(f"when.{name}", "a schedule, for a fault's when", model) for name, model in SCHEDULES.items()]
    return (Entry("block", name, description, config) for name, description, config in blocks)


def spelled_out(entry: Entry) -> str:
    """Return what a metric is where a list says that it is the same as one above, which is told too."""
    if entry.sort != "metric" or not entry.description.startswith("the same"):
        return entry.description
    above = None
    for other in _metrics():
        if other.name == entry.name:
            break
        above = above if other.description.startswith("the same") else other
    return entry.description if above is None else f"{entry.description}; {above.name} is {above.description}"


def _metrics() -> Iterator[Entry]:
    from analysis.metrics import METRICS

    return (Entry("metric", name, f"{metric.description} ({metric.unit})") for name, metric in METRICS.items())


def _checks() -> Iterator[Entry]:
    from analysis.checks import CHECKS

    return (Entry("check", name, f"{kind.sort}: {kind.description}") for name, kind in CHECKS.items())


def _plots() -> Iterator[Entry]:
    from analysis.plots.registry import PLOTS
    from analysis.plots.study_plots import STUDY_PLOTS

    yield from (Entry("plot", name, kind.description) for name, kind in PLOTS.items())
    yield from (Entry("plot", name, kind.description) for name, kind in STUDY_PLOTS.items() if name not in PLOTS)


def _formats() -> Iterator[Entry]:
    from scenarios.export import FORMS

    return (Entry("format", name, form.description) for name, form in FORMS.items())


SORTS: Final[dict[str, Callable[[], Iterable[Entry]]]] = {
    "scenarios": _scenarios,
    "studies": _studies,
    "claims": _claims,
    "topologies": _topologies,
    "protocols": _protocols,
    "workloads": _workloads,
    "strategies": _strategies,
    "duties": _duties,
    "schedulers": _schedulers,
    "faults": _faults,
    "metrics": _metrics,
    "checks": _checks,
    "plots": _plots,
    "formats": _formats,
    "blocks": _blocks,
}
"""The sorts of named things, in the order in which people meet them."""
