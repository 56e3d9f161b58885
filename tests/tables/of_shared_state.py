"""Tables of state that threads share: its costs, and the protocols of threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.tables.form import fields_of, models_of

THREADS: Final = ("shared-state", "worker-pool")
"""Protocols of threads, each with a table of its own."""


def _shared_costs() -> str:
    from sim.hardware.shared.costs import SharedCosts

    return fields_of(SharedCosts)


def _layout() -> str:
    from sim.hardware.shared.layout import Layout

    return fields_of(Layout)


def _protocol(name: str) -> str:
    return fields_of(dict(models_of("protocols"))[name])


TABLES_OF_SHARED_STATE: Final[dict[str, Callable[[], str]]] = {
    "shared costs": _shared_costs,
    "shared state": lambda: _protocol("shared-state"),
    "worker pool": lambda: _protocol("worker-pool"),
    "layout": _layout,
}
