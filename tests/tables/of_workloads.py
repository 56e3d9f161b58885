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


def _gives_out_work() -> set[str]:
    """The kinds of workloads that are on a page of their own: work for cores."""
    from sim.workloads.task_workload import TaskWorkload

    return {name for name, model in models_of("workloads") if issubclass(model, TaskWorkload)}


def _tasks_part(name: str) -> str:
    from sim.workloads import arrivals, graph_shapes, jobs, placement, task_graph, work

    if name in ("jobs", "task-graph"):
        return fields_of({"jobs": jobs.Jobs, "task-graph": task_graph.TaskGraphWorkload}[name])
    kinds: dict[str, tuple[type[BaseModel], ...]] = {
        "arrivals": (
            arrivals.PoissonArrivals,
            arrivals.ConstantArrivals,
            arrivals.ArrivalsAtOnce,
            arrivals.ListedArrivals,
        ),
        "work": (work.HyperexponentialWork, work.ListedWork, work.EndlessWork),
        "placement": (
            placement.RandomPlacement,
            placement.RoundRobin,
            placement.LeastLoaded,
            placement.GivenPlaces,
        ),
        "shapes": (
            graph_shapes.OutTree,
            graph_shapes.Chain,
            graph_shapes.ForkJoin,
            graph_shapes.Layered,
            graph_shapes.Edges,
        ),
    }
    return kinds_of((model.model_fields["kind"].default, model) for model in kinds[name])


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
    "workloads": lambda: kinds_of(
        pair for pair in models_of("workloads") if pair[0] not in {*_clients(), *_gives_out_work()}
    ),
    "jobs": lambda: _tasks_part("jobs"),
    "task-graph": lambda: _tasks_part("task-graph"),
    "arrivals": lambda: _tasks_part("arrivals"),
    "work": lambda: _tasks_part("work"),
    "placement": lambda: _tasks_part("placement"),
    "shapes": lambda: _tasks_part("shapes"),
    "clients": lambda: _clients_part("clients"),
    "operations": _operations,
    "writes": lambda: _clients_part("writes"),
    "popularity": lambda: _clients_part("popularity"),
    "administration": lambda: _clients_part("administration"),
}
