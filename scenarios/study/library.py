"""Studies by name: those that come with Murmur, and files of one's own."""

from __future__ import annotations

from typing import Final

from scenarios.built_in import BuiltIn
from scenarios.document import Document
from scenarios.library import names as scenario_names
from topologies.errors import InputError


def _no_scenario(document: Document, path: str) -> None:
    if {"topology", "protocol"} <= document.data.keys() and not {"scenario", "cases", "sweep"} & document.data.keys():
        raise InputError(f"{path} is a scenario, not a study; `murmur run {path}` runs it")


def _no_name_of_a_scenario(name: str) -> None:
    if name in scenario_names():
        raise InputError(f"{name} is a scenario, not a study; `murmur run {name}` runs it")


STUDIES: Final = BuiltIn("study", ("studies",), "murmur list studies", _no_scenario, _no_name_of_a_scenario)

names = STUDIES.names
read = STUDIES.read
text_of = STUDIES.text_of
