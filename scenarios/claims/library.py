"""Tables of claims by name: those that come with Murmur, and files of one's own."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from scenarios.document import Document
from scenarios.library import is_file
from scenarios.names import did_you_mean
from scenarios.yaml_loader import load_bytes, load_file
from sim.units import shown
from topologies.errors import InputError

_SUFFIXES = (".yaml", ".yml")


def names() -> list[str]:
    """Return the names of the built-in tables, in alphabetical order."""
    return sorted(_built_in())


def read(name_or_path: str | Path) -> Document:
    """Return what the file of a table says, not yet checked; raises InputError where there is no such file.

    Text with a slash or with the suffix .yaml or .yml is a path; any other is a built-in's name, or else a file's.
    """
    text, built_in = str(name_or_path), _built_in()
    looks_like_a_path = isinstance(name_or_path, Path) or "/" in text or "\\" in text or text.endswith(_SUFFIXES)
    if not looks_like_a_path and text in built_in:
        return load_bytes(built_in[text].read_bytes(), f"{text}.yaml")
    if looks_like_a_path or is_file(text):
        return _a_table(load_file(Path(text)), text)
    remedy = did_you_mean(text, built_in) or "; `murmur claims` names them"
    raise InputError(f"found no built-in table of claims and no file called {shown(text)}{remedy}")


def text_of(name: str) -> str:
    """Return the text of a built-in table, as a start for one's own."""
    built_in = _built_in()
    if name not in built_in:
        raise InputError(f"found no built-in table of claims called {shown(name)}{did_you_mean(name, built_in)}")
    return built_in[name].read_text(encoding="utf-8")


def _a_table(document: Document, path: str) -> Document:
    """Refuse a scenario or a study, with the command that runs it."""
    keys = document.data.keys()
    if "claims" not in keys and {"topology", "protocol"} <= keys:
        raise InputError(f"{path} is a scenario, not a table of claims; `murmur run {path}` runs it")
    if "claims" not in keys and {"scenario", "cases", "sweep"} & keys:
        raise InputError(f"{path} is a study, not a table of claims; `murmur study {path}` runs it")
    return document


def _built_in() -> dict[str, Traversable]:
    folder = resources.files("scenarios") / "library" / "claims"
    return {file.name.removesuffix(".yaml"): file for file in folder.iterdir() if file.name.endswith(".yaml")}
