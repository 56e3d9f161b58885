"""Tables of the options of the actor runtime."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from tests.tables.form import fields_of


def _runtime(name: str) -> str:
    from sim.protocols.pipeline.config import StageConfig
    from sim.runtime import config

    models = {
        "actor runtime": config.RuntimeConfig,
        "mailboxes": config.MailboxConfig,
        "costs of actors": config.RuntimeCosts,
        "supervision": config.SupervisionConfig,
        "delay of restarts": config.RestartDelay,
        "transport of actors": config.TransportConfig,
        "stages": StageConfig,
    }
    return fields_of(models[name])


_NAMES: Final = (
    "actor runtime",
    "mailboxes",
    "costs of actors",
    "supervision",
    "delay of restarts",
    "transport of actors",
    "stages",
)
TABLES_OF_ACTORS: Final[dict[str, Callable[[], str]]] = {name: partial(_runtime, name) for name in _NAMES}
