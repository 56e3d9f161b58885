"""Scenarios by name: those that come with Murmur, and files of one's own."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from scenarios.built_in import BuiltIn
from scenarios.document import Document
from scenarios.overrides import apply_overrides
from scenarios.schema import Scenario, scenario_of
from topologies.errors import InputError


def _no_study(document: Document, path: str) -> None:
    if "scenario" in document.data and not {"topology", "protocol"} & document.data.keys():
        raise InputError(f"{path} is a study, not a scenario; `murmur study {path}` runs it")


def _no_name_of_a_study(name: str) -> None:
    from scenarios.study import library as studies

    if name in studies.names():
        raise InputError(f"{name} is a study, not a scenario; `murmur study {name}` runs it")


SCENARIOS: Final = BuiltIn(
    "scenario", ("", "faults", "hardware", "uses"), "murmur list scenarios", _no_study, _no_name_of_a_study
)

names = SCENARIOS.names
read = SCENARIOS.read
text_of = SCENARIOS.text_of


def load(name_or_path: str | Path, overrides: Iterable[str] = (), allowed_plugins: Collection[str] = ()) -> Scenario:
    """Return a scenario: a built-in one by its name, or a file's.

    `overrides` are flags such as `topology.nodes=64`; `allowed_plugins` are the modules whose protocols it may run.
    Raises InputError with one line for each mistake.
    """
    return scenario_of(apply_overrides(read(name_or_path), overrides), allowed_plugins)
