"""Studies by name: those that come with Murmur, and files of one's own."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from scenarios.document import Document
from scenarios.library import is_file
from scenarios.library import names as scenario_names
from scenarios.names import did_you_mean
from scenarios.yaml_loader import load_bytes, load_file
from sim.units import shown
from topologies.errors import InputError

_SUFFIXES = (".yaml", ".yml")


def names() -> list[str]:
    """Return the names of the built-in studies, in alphabetical order."""
    return sorted(_built_in())


def read(name_or_path: str | Path) -> Document:
    """Return what a study's file says, not yet checked; raises InputError where there is no such file.

    Text with a slash or with the suffix .yaml or .yml is a path; any other is a built-in's name, or else a file's.
    """
    text, built_in = str(name_or_path), _built_in()
    looks_like_a_path = isinstance(name_or_path, Path) or "/" in text or "\\" in text or text.endswith(_SUFFIXES)
    if not looks_like_a_path and text in built_in:
        return load_bytes(built_in[text].read_bytes(), f"{text}.yaml")
    if looks_like_a_path or is_file(text):
        return _no_scenario(load_file(Path(text)), text)
    if text in scenario_names():
        raise InputError(f"{text} is a scenario, not a study; `murmur run {text}` runs it")
    remedy = did_you_mean(text, built_in) or "; `murmur list studies` names them"
    raise InputError(f"found no built-in study and no file called {shown(text)}{remedy}")


def _no_scenario(document: Document, path: str) -> Document:
    if {"topology", "protocol"} <= document.data.keys() and not {"scenario", "cases", "sweep"} & document.data.keys():
        raise InputError(f"{path} is a scenario, not a study; `murmur run {path}` runs it")
    return document


def text_of(name: str) -> str:
    """Return the text of a built-in study, as a start for one's own."""
    built_in = _built_in()
    if name not in built_in:
        raise InputError(f"found no built-in study called {shown(name)}{did_you_mean(name, built_in)}")
    return built_in[name].read_text(encoding="utf-8")


def _built_in() -> dict[str, Traversable]:
    folder = resources.files("scenarios") / "library" / "studies"
    return {file.name.removesuffix(".yaml"): file for file in folder.iterdir() if file.name.endswith(".yaml")}
