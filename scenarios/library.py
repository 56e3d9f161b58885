"""Scenarios by name: those that come with Murmur, and files of one's own."""

from collections.abc import Collection, Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from scenarios.document import Document
from scenarios.names import did_you_mean
from scenarios.overrides import apply_overrides
from scenarios.schema import Scenario, scenario_of
from scenarios.yaml_loader import load_bytes, load_file
from sim.units import shown
from topologies.errors import InputError

_SUFFIXES = (".yaml", ".yml")


def names() -> list[str]:
    """Return the names of the built-in scenarios, in alphabetical order."""
    return sorted(_built_in())


def load(name_or_path: str | Path, overrides: Iterable[str] = (), allowed_plugins: Collection[str] = ()) -> Scenario:
    """Return a scenario: a built-in one by its name, or a file's.

    `overrides` are flags such as `topology.nodes=64`; `allowed_plugins` are the modules whose protocols it may run.
    Raises InputError with one line for each mistake.
    """
    return scenario_of(apply_overrides(read(name_or_path), overrides), allowed_plugins)


def read(name_or_path: str | Path) -> Document:
    """Return what a scenario's file says, not yet checked; raises InputError where there is no such file.

    Text with a slash or with the suffix .yaml or .yml is a path; any other is a built-in's name, or else a file's.
    """
    text, built_in = str(name_or_path), _built_in()
    looks_like_a_path = isinstance(name_or_path, Path) or "/" in text or "\\" in text or text.endswith(_SUFFIXES)
    if not looks_like_a_path and text in built_in:
        return load_bytes(built_in[text].read_bytes(), f"{text}.yaml")
    if looks_like_a_path or is_file(text):
        return _no_study(load_file(Path(text)), text)
    from scenarios.study import library as studies

    if text in studies.names():
        raise InputError(f"{text} is a study, not a scenario; `murmur study {text}` runs it")
    remedy = did_you_mean(text, built_in) or "; `murmur list scenarios` names them"
    raise InputError(f"found no built-in scenario and no file called {shown(text)}{remedy}")


def text_of(name: str) -> str:
    """Return the text of a built-in scenario, as a start for one's own."""
    built_in = _built_in()
    if name not in built_in:
        raise InputError(f"found no built-in scenario called {shown(name)}{did_you_mean(name, built_in)}")
    return built_in[name].read_text(encoding="utf-8")


def _no_study(document: Document, path: str) -> Document:
    if "scenario" in document.data and not {"topology", "protocol"} & document.data.keys():
        raise InputError(f"{path} is a study, not a scenario; `murmur study {path}` runs it")
    return document


def is_file(text: str) -> bool:
    """Whether there is a file of this name."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _built_in() -> dict[str, Traversable]:
    library = resources.files("scenarios") / "library"
    folders = [folder for folder in (library, library / "faults", library / "uses") if folder.is_dir()]
    files = [file for folder in folders for file in folder.iterdir() if file.name.endswith(".yaml")]
    return {file.name.removesuffix(".yaml"): file for file in files}
