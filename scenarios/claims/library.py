"""Tables of claims by name: those that come with Murmur, and files of one's own."""

from __future__ import annotations

from typing import Final

from scenarios.built_in import BuiltIn
from scenarios.document import Document
from topologies.errors import InputError


def _a_table(document: Document, path: str) -> None:
    """Refuse a scenario or a study, with the command that runs it."""
    keys = document.data.keys()
    if "claims" not in keys and {"topology", "protocol"} <= keys:
        raise InputError(f"{path} is a scenario, not a table of claims; `murmur run {path}` runs it")
    if "claims" not in keys and {"scenario", "cases", "sweep"} & keys:
        raise InputError(f"{path} is a study, not a table of claims; `murmur study {path}` runs it")


TABLES: Final = BuiltIn("table of claims", ("claims",), "murmur claims", _a_table)

names = TABLES.names
read = TABLES.read
text_of = TABLES.text_of
