"""Tables of the documentation that come from the program itself, so that they cannot grow old.

A comment `<!-- table: NAME -->` on a line of its own stands above each; run as a program, this writes them all again.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from analysis.metric import Metric
from analysis.metrics_of_clients import METRICS_OF_CLIENTS
from analysis.metrics_of_consensus import METRICS_OF_CONSENSUS
from analysis.metrics_of_load import METRICS_OF_LOAD
from analysis.metrics_of_swarms import METRICS_OF_SWARMS
from faults.registry import LAYERS

_TABLE: Final = re.compile(r"(<!-- table: (.+?) -->\n)(?:\|.*\n)*")
_QUANTITIES: Final = {
    "such as 150ms": "duration",
    "such as 0.001": "probability",
    "such as 100/s": "rate",
    "such as 512B": "size",
    "such as 10Mbit/s": "bandwidth",
    "array": "list",
    "object": "mapping",
}
COMPARED: Final = ("coordinator", "primary-backup")
"""Protocols that have their options on the page of the comparison."""
SWARMS: Final = ("attractor", "kuramoto")
"""Protocols that have their options on the page of swarms."""
POPULATION: Final = ("natural frequencies", "first phases", "goal", "preferences", "energy", "detector")
"""Blocks of their options."""
OF_PHASES: Final = ("phase-coordinator", "phase-raft")
"""Protocols that agree on a phase without a swarm, with their options on the page of uses."""
LONGEST_CELL: Final = 60
"""Characters of a type or default in a table; longer ones are blocks that have a table of their own."""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _grid(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    return _row(heads) + _row("---" for _ in heads) + "".join(map(_row, rows))


def _type(text: str) -> str:
    parts = re.sub(r"\{.*?\}", "{}", text).split(" or ")
    words = " or ".join(dict.fromkeys(_QUANTITIES.get(part, part) for part in parts))
    if "{" not in words:
        return words
    plain = [part for part in words.split(" or ") if "{" not in part]
    return " or ".join([*plain, "block"])


def _default(text: str, kind: str) -> str:
    """Return a default as a file writes it; what a file leaves out, or what has a table of its own, in words."""
    if text == "required":
        return text
    if text == "''":
        return "empty"
    if text == "none" and "none" not in kind.split(" or "):
        return "left out"
    return "see below" if len(text) > LONGEST_CELL else f"`{text.strip(chr(39))}`"


def _cells(model: type[BaseModel]) -> Iterator[list[str]]:
    from scenarios.catalog import fields

    for name, kind, default, meaning in fields(model):
        yield [f"`{name}`", _type(kind), _default(default, kind), meaning]


def _fields(model: type[BaseModel]) -> str:
    return _grid(("field", "type", "default", "meaning"), _cells(model))


def _kinds(models: Iterable[tuple[str, type[BaseModel]]]) -> str:
    rows = ([f"`{kind}`", *cells] for kind, model in models for cells in _cells(model))
    return _grid(("kind", "field", "type", "default", "meaning"), rows)


def _models_of(sort: str) -> Iterator[tuple[str, type[BaseModel]]]:
    from scenarios.catalog import entries

    for entry in entries(sort):
        assert entry.config is not None
        yield entry.name, entry.config


def _descriptions(sort: str) -> str:
    from scenarios.catalog import entries

    return _grid(("name", "what it is"), ([f"`{entry.name}`", entry.description] for entry in entries(sort)))


def _latencies() -> Iterator[tuple[str, type[BaseModel]]]:
    from sim.network.latency import LatencyModel

    return ((model.model_fields["kind"].default, model) for model in LatencyModel.__subclasses__())


def _network(name: str) -> str:
    from sim.network import config

    if name == "loss":
        losses = (config.IndependentLoss, config.BurstLoss)
        return _kinds((model.model_fields["kind"].default, model) for model in losses)
    return _fields({"network": config.NetworkConfig, "reordering": config.Reordering}[name])


def _scenario(name: str) -> str:
    from scenarios import schema

    models = {
        "scenario": schema.Scenario,
        "clocks": schema.Clocks,
        "samples": schema.Samples,
        "limits": schema.Limits,
    }
    return _fields(models[name])


def _study(name: str) -> str:
    from scenarios.study.schema import Case, StudyFile

    return _fields({"study": StudyFile, "case": Case}[name])


def _claims(name: str) -> str:
    from typing import get_args

    from scenarios.claims.bound import Claimed
    from scenarios.claims.measure import Came, Compared, Growth, Holds, Value
    from scenarios.claims.schema import Claim, ClaimsFile, Setup, Side

    if name == "measures":
        models = (Value, Came, Holds, Compared, Growth)
        kinds = ["` or `".join(map(str, get_args(model.model_fields["kind"].annotation))) for model in models]
        return _kinds(zip(kinds, models, strict=True))
    return _fields({"table": ClaimsFile, "claim": Claim, "setup": Setup, "side": Side, "claimed": Claimed}[name])


def _groups() -> str:
    from faults.partition.groups import WAYS

    return _fields_of_several(WAYS.values())


def _fault_kinds() -> str:
    from faults.registry import FAULTS

    rows = ([kind.config.layer, f"`{name}`", kind.description] for name, kind in FAULTS.items())
    return _grid(("layer", "kind", "what it does"), rows)


def _common_fault_fields() -> str:
    from faults.fault import LastingFault

    return _fields(LastingFault)


def _faults_of(layer: str) -> str:
    """The fields that the faults of a layer have beside those of all faults, a kind without any in one row."""
    from faults.fault import LastingFault
    from faults.registry import FAULTS

    rows: list[list[str]] = []
    for name, kind in FAULTS.items():
        if kind.config.layer != layer:
            continue
        own = [cells for cells in _cells(kind.config) if cells[0].strip("`") not in LastingFault.model_fields]
        rows += [[f"`{name}`", *cells] for cells in own] or [[f"`{name}`", "", "", "", "no fields of its own"]]
    return _grid(("kind", "field", "type", "default", "meaning"), rows)


def _fault_part(name: str) -> str:
    from faults.liveness import Liveness
    from faults.network.links import FORMS
    from faults.random_plan import RandomPlan
    from faults.schedule import Outage
    from faults.target import NodeChoice
    from faults.when import SCHEDULES

    models: dict[str, tuple[type[BaseModel], ...]] = {
        "targets": (NodeChoice,),
        "links": tuple(FORMS.values()),
        "liveness": (Liveness,),
        "random plan": (RandomPlan,),
        "outage": (Outage,),
    }
    if name == "schedules":
        rows = ([f"`{kind}`", *cells] for kind, model in SCHEDULES.items() for cells in _cells(model))
        return _grid(("schedule", "field", "type", "default", "meaning"), rows)
    return _fields_of_several(models[name])


def _fields_of_several(models: Iterable[type[BaseModel]]) -> str:
    return _grid(("field", "type", "default", "meaning"), (cells for model in models for cells in _cells(model)))


def _metrics() -> str:
    from analysis.metrics import METRICS

    elsewhere = {
        each.name for each in (*METRICS_OF_CLIENTS, *METRICS_OF_CONSENSUS, *METRICS_OF_SWARMS, *METRICS_OF_LOAD)
    }
    return _these_metrics(each for each in METRICS.values() if each.name not in elsewhere)


def _these_metrics(metrics: Iterable[Metric]) -> str:
    rows = ([f"`{each.name}`", each.unit, each.description] for each in metrics)
    return _grid(("metric", "unit", "meaning"), rows)


def _series() -> str:
    from analysis.client_samples import CLIENT_SERIES
    from analysis.probes import NODE_SERIES, SERIES, SWARM_SERIES

    named = [(name, "", text) for name, text in (SERIES | CLIENT_SERIES | SWARM_SERIES).items()]
    named += [(name, "each, at the end", text) for name, text in NODE_SERIES.items()]
    return _grid(("metric", "node", "value"), ([f"`{name}`", node, text] for name, node, text in named))


def _protocol(name: str) -> str:
    return _fields(dict(_models_of("protocols"))[name])


def _compared_protocols() -> str:
    return _kinds(pair for pair in _models_of("protocols") if pair[0] in COMPARED)


def _other_protocols() -> str:
    elsewhere = ("gossip", "raft", "timetable", *COMPARED, *SWARMS, *OF_PHASES)
    return _kinds(pair for pair in _models_of("protocols") if pair[0] not in elsewhere)


def _strategies() -> str:
    from sim.protocols.attractor.strategies.registry import STRATEGIES

    return _kinds(STRATEGIES.items())


def _learning() -> str:
    from sim.protocols.attractor.integrated.config import Learning

    return _fields(Learning)


def _population(name: str) -> str:
    from sim.energy import Energy
    from sim.protocols.attractor import population

    models = {"energy": Energy, "natural frequencies": population.Frequencies, "first phases": population.InitialPhases}
    models |= {"goal": population.Goal, "preferences": population.Preferences, "detector": population.Detector}
    return _fields(models[name])


def _phase_agreement() -> str:
    """The options of protocols that agree on a phase, but for those of Raft."""
    of_raft = {f"`{name}`" for name in dict(_models_of("protocols"))["raft"].model_fields}
    rows = (
        [f"`{kind}`", *cells] for kind, model in _models_of("protocols") if kind in OF_PHASES for cells in _cells(model)
    )
    kept = (row for row in rows if row[0] != "`phase-raft`" or row[1] not in of_raft)
    return _grid(("kind", "field", "type", "default", "meaning"), kept)


def _duties() -> str:
    from sim.protocols.attractor.duties.registry import DUTIES

    return _kinds(DUTIES.items())


def _clients() -> dict[str, type[BaseModel]]:
    """The kinds of workloads whose clients wait for answers."""
    from sim.workloads.client_workload import ClientWorkload

    return {name: model for name, model in _models_of("workloads") if issubclass(model, ClientWorkload)}


def _operations() -> str:
    """What each kind of clients asks: the fields that it has beside those of all."""
    from sim.workloads.client_workload import ClientWorkload

    common = {f"`{name}`" for name in ClientWorkload.model_fields}
    rows = ([f"`{kind}`", *cells] for kind, model in _clients().items() for cells in _cells(model))
    return _grid(("kind", "field", "type", "default", "meaning"), (row for row in rows if row[1] not in common))


def _clients_part(name: str) -> str:
    from sim.workloads.administration import Action
    from sim.workloads.client_workload import ClientWorkload
    from sim.workloads.popularity import Uniform, Zipf
    from sim.workloads.register import Writes

    if name == "popularity":
        return _kinds((model.model_fields["kind"].default, model) for model in (Uniform, Zipf))
    return _fields({"clients": ClientWorkload, "writes": Writes, "administration": Action}[name])


def _columns(name: str) -> str:
    from analysis.events_file import events_schema
    from analysis.samples_file import samples_schema

    columns: Any = {"events": events_schema, "samples": samples_schema}[name]()
    rows = ([f"`{field.name}`", str(field.type), "yes" if field.nullable else "no"] for field in columns)
    return _grid(("column", "type", "may be empty"), ([a, re.sub(r"dictionary.*", "string", b), c] for a, b, c in rows))


TABLES: Final[dict[str, Callable[[], str]]] = {
    "scenario": lambda: _scenario("scenario"),
    "clocks": lambda: _scenario("clocks"),
    "samples": lambda: _scenario("samples"),
    "limits": lambda: _scenario("limits"),
    "network": lambda: _network("network"),
    "latency": lambda: _kinds(_latencies()),
    "loss": lambda: _network("loss"),
    "reordering": lambda: _network("reordering"),
    "topologies": lambda: _descriptions("topologies"),
    "checks": lambda: _descriptions("checks"),
    "topology fields": lambda: _kinds(_models_of("topologies")),
    "workloads": lambda: _kinds(pair for pair in _models_of("workloads") if pair[0] not in _clients()),
    "clients": lambda: _clients_part("clients"),
    "operations": _operations,
    "writes": lambda: _clients_part("writes"),
    "popularity": lambda: _clients_part("popularity"),
    "administration": lambda: _clients_part("administration"),
    "fault kinds": _fault_kinds,
    "fault fields": _common_fault_fields,
    "targets": lambda: _fault_part("targets"),
    "links": lambda: _fault_part("links"),
    "schedules": lambda: _fault_part("schedules"),
    "outage": lambda: _fault_part("outage"),
    "liveness": lambda: _fault_part("liveness"),
    "random plan": lambda: _fault_part("random plan"),
    **{f"faults of {layer}": partial(_faults_of, layer) for layer in LAYERS},
    "groups": _groups,
    "study": lambda: _study("study"),
    "case": lambda: _study("case"),
    "table of claims": lambda: _claims("table"),
    "claim": lambda: _claims("claim"),
    "setup": lambda: _claims("setup"),
    "side": lambda: _claims("side"),
    "measures": lambda: _claims("measures"),
    "claimed": lambda: _claims("claimed"),
    "gossip": lambda: _protocol("gossip"),
    "raft": lambda: _protocol("raft"),
    "timetable": lambda: _protocol("timetable"),
    "duties": _duties,
    "phase agreement": _phase_agreement,
    "compared protocols": _compared_protocols,
    "other protocols": _other_protocols,
    "attractor": lambda: _protocol("attractor"),
    "kuramoto": lambda: _protocol("kuramoto"),
    "learning": _learning,
    "strategies": _strategies,
    **{name: partial(_population, name) for name in POPULATION},
    "metrics": _metrics,
    "metrics of clients": lambda: _these_metrics(METRICS_OF_CLIENTS),
    "metrics of swarms": lambda: _these_metrics(METRICS_OF_SWARMS),
    "metrics of load": lambda: _these_metrics(METRICS_OF_LOAD),
    "metrics of consensus": lambda: _these_metrics(METRICS_OF_CONSENSUS),
    "events columns": lambda: _columns("events"),
    "series": _series,
    "samples columns": lambda: _columns("samples"),
}
"""What each table holds, by the name in its comment."""


def with_tables(text: str) -> str:
    """Return the text of a page with its tables as the program has them now."""
    return _TABLE.sub(lambda match: match[1] + TABLES[match[2]](), text)


def tables_in(text: str) -> list[str]:
    """Return the names of the tables of a page."""
    return [match[2] for match in _TABLE.finditer(text)]


def write_tables() -> None:
    """Write the tables of every page again, as the program has them now."""
    for page in sorted((Path(__file__).resolve().parents[1] / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        if tables_in(text):
            page.write_text(with_tables(text), encoding="utf-8")
            print(page.name)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    write_tables()
