"""Tables of the memory of nodes, and of what actors do with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from tests.tables.form import fields_of, models_of


def _memory(name: str) -> str:
    from sim.hardware.memory import config

    models = {
        "memory": config.MemoryConfig,
        "eviction": config.Eviction,
        "collection": config.Collection,
        "compression": config.Compression,
    }
    return fields_of(models[name])


def _capabilities() -> str:
    from sim.runtime.passing import CapabilityConfig

    return fields_of(CapabilityConfig)


TABLES_OF_MEMORY: Final[dict[str, Callable[[], str]]] = {
    **{name: partial(_memory, name) for name in ("memory", "eviction", "collection", "compression")},
    "capabilities": _capabilities,
    "actor-load": lambda: fields_of(dict(models_of("protocols"))["actor-load"]),
    "cache": lambda: fields_of(dict(models_of("protocols"))["cache"]),
}
