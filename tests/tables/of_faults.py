"""Tables of faults, of whom they strike and when."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from pydantic import BaseModel

from faults.registry import LAYERS
from tests.tables.form import cells_of, fields_of, fields_of_several, grid


def _groups() -> str:
    from faults.partition.groups import WAYS

    return fields_of_several(WAYS.values())


def _fault_kinds() -> str:
    from faults.registry import FAULTS

    rows = ([kind.config.layer, f"`{name}`", kind.description] for name, kind in FAULTS.items())
    return grid(("layer", "kind", "what it does"), rows)


def _common_fault_fields() -> str:
    from faults.fault import LastingFault

    return fields_of(LastingFault)


def _faults_of(layer: str) -> str:
    """The fields that the faults of a layer have beside those of all faults, a kind without any in one row."""
    from faults.fault import LastingFault
    from faults.registry import FAULTS

    rows: list[list[str]] = []
    for name, kind in FAULTS.items():
        if kind.config.layer != layer:
            continue
        own = [cells for cells in cells_of(kind.config) if cells[0].strip("`") not in LastingFault.model_fields]
        rows += [[f"`{name}`", *cells] for cells in own] or [[f"`{name}`", "", "", "", "no fields of its own"]]
    return grid(("kind", "field", "type", "default", "meaning"), rows)


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
        rows = ([f"`{kind}`", *cells] for kind, model in SCHEDULES.items() for cells in cells_of(model))
        return grid(("schedule", "field", "type", "default", "meaning"), rows)
    return fields_of_several(models[name])


TABLES_OF_FAULTS: Final[dict[str, Callable[[], str]]] = {
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
}
