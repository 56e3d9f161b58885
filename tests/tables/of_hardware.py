"""Tables of hardware: cores, what work costs on them, distances, frequency scaling, schedulers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.tables.form import fields_of, grid, kinds_of


def _hardware(name: str) -> str:
    from sim.hardware import config, cost, priorities, scaling, transfer

    if name == "cost kinds":
        return kinds_of((model.model_fields["kind"].default, model) for model in (cost.PerByte, cost.Cycles))
    models = {
        "hardware": config.HardwareConfig,
        "costs": config.Costs,
        "priorities": priorities.Priorities,
        "transfer": transfer.Transfer,
        "scaling": scaling.ScalingConfig,
    }
    return fields_of(models[name])


def _schedulers() -> str:
    from sim.hardware.schedulers.registry import SCHEDULERS

    return grid(("scheduler", "what it is"), ([f"`{name}`", kind.description] for name, kind in SCHEDULERS.items()))


def _scheduler_fields() -> str:
    from sim.hardware.schedulers.registry import SCHEDULERS

    return kinds_of((name, kind.config) for name, kind in SCHEDULERS.items())


def _stealing_costs() -> str:
    from sim.hardware.schedulers.work_stealing_config import StealingCosts

    return fields_of(StealingCosts)


TABLES_OF_HARDWARE: Final[dict[str, Callable[[], str]]] = {
    "hardware": lambda: _hardware("hardware"),
    "costs": lambda: _hardware("costs"),
    "priorities": lambda: _hardware("priorities"),
    "cost kinds": lambda: _hardware("cost kinds"),
    "transfer": lambda: _hardware("transfer"),
    "scaling": lambda: _hardware("scaling"),
    "schedulers": _schedulers,
    "scheduler fields": _scheduler_fields,
    "stealing costs": _stealing_costs,
}
