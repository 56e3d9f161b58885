"""Tables of what a scenario, a study and a table of claims may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from pydantic import BaseModel

from tests.tables.form import descriptions, fields_of, kinds_of, models_of


def _latencies() -> Iterator[tuple[str, type[BaseModel]]]:
    from sim.network.latency import LatencyModel

    return ((model.model_fields["kind"].default, model) for model in LatencyModel.__subclasses__())


def _network(name: str) -> str:
    from sim.network import config

    if name == "loss":
        losses = (config.IndependentLoss, config.BurstLoss)
        return kinds_of((model.model_fields["kind"].default, model) for model in losses)
    return fields_of({"network": config.NetworkConfig, "reordering": config.Reordering}[name])


def _scenario(name: str) -> str:
    from scenarios import schema

    models = {
        "scenario": schema.Scenario,
        "clocks": schema.Clocks,
        "samples": schema.Samples,
        "limits": schema.Limits,
    }
    return fields_of(models[name])


def _study(name: str) -> str:
    from scenarios.study.sampled_design import Range, SampledDesign
    from scenarios.study.schema import Case, StudyFile
    from scenarios.study.series import Series
    from scenarios.study.stop import Stop

    models: dict[str, type[BaseModel]] = {"study": StudyFile, "case": Case, "design": SampledDesign, "range": Range}
    models |= {"stop": Stop, "series": Series}
    return fields_of(models[name])


def _claims(name: str) -> str:
    from typing import get_args

    from scenarios.claims.bound import Claimed
    from scenarios.claims.measure import Came, Compared, Growth, Holds, Value
    from scenarios.claims.schema import Claim, ClaimsFile, Setup, Side

    if name == "measures":
        models = (Value, Came, Holds, Compared, Growth)
        kinds = ["` or `".join(map(str, get_args(model.model_fields["kind"].annotation))) for model in models]
        return kinds_of(zip(kinds, models, strict=True))
    return fields_of({"table": ClaimsFile, "claim": Claim, "setup": Setup, "side": Side, "claimed": Claimed}[name])


TABLES_OF_SCENARIOS: Final[dict[str, Callable[[], str]]] = {
    "scenario": lambda: _scenario("scenario"),
    "clocks": lambda: _scenario("clocks"),
    "samples": lambda: _scenario("samples"),
    "limits": lambda: _scenario("limits"),
    "network": lambda: _network("network"),
    "latency": lambda: kinds_of(_latencies()),
    "loss": lambda: _network("loss"),
    "reordering": lambda: _network("reordering"),
    "topologies": lambda: descriptions("topologies"),
    "topology fields": lambda: kinds_of(models_of("topologies")),
    "checks": lambda: descriptions("checks"),
    "study": lambda: _study("study"),
    "case": lambda: _study("case"),
    "design": lambda: _study("design"),
    "range": lambda: _study("range"),
    "stop": lambda: _study("stop"),
    "kept series": lambda: _study("series"),
    "table of claims": lambda: _claims("table"),
    "claim": lambda: _claims("claim"),
    "setup": lambda: _claims("setup"),
    "side": lambda: _claims("side"),
    "measures": lambda: _claims("measures"),
    "claimed": lambda: _claims("claimed"),
}
