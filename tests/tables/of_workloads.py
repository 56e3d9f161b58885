"""Tables of workloads and of what clients ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pydantic import BaseModel

from tests.tables.form import cells_of, fields_of, grid, kinds_of, models_of


def _clients() -> dict[str, type[BaseModel]]:
    """The kinds of workloads whose clients wait for answers."""
    from sim.workloads.client_workload import ClientWorkload

    return {name: model for name, model in models_of("workloads") if issubclass(model, ClientWorkload)}


def _operations() -> str:
    """What each kind of clients asks: the fields that it has beside those of all."""
    from sim.workloads.client_workload import ClientWorkload

    common = {f"`{name}`" for name in ClientWorkload.model_fields}
    rows = ([f"`{kind}`", *cells] for kind, model in _clients().items() for cells in cells_of(model))
    return grid(("kind", "field", "type", "default", "meaning"), (row for row in rows if row[1] not in common))


def _clients_part(name: str) -> str:
    from sim.workloads.administration import Action
    from sim.workloads.client_workload import ClientWorkload
    from sim.workloads.popularity import Uniform, Zipf
    from sim.workloads.register import Writes

    if name == "popularity":
        return kinds_of((model.model_fields["kind"].default, model) for model in (Uniform, Zipf))
    return fields_of({"clients": ClientWorkload, "writes": Writes, "administration": Action}[name])


TABLES_OF_WORKLOADS: Final[dict[str, Callable[[], str]]] = {
    "workloads": lambda: kinds_of(pair for pair in models_of("workloads") if pair[0] not in _clients()),
    "clients": lambda: _clients_part("clients"),
    "operations": _operations,
    "writes": lambda: _clients_part("writes"),
    "popularity": lambda: _clients_part("popularity"),
    "administration": lambda: _clients_part("administration"),
}
