"""What has to be alike wherever a run is carried out, so that its row is the same there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from analysis.manifest import deciding_versions, murmur_version
from scenarios.execution.task import Setting, Task
from topologies.errors import InputError


@dataclass(frozen=True)
class Surroundings:
    """Versions, and digests of the files beside Murmur that decide rows: of plugins by module, of graphs by path.

    A digest is empty where there is no such file.
    """

    murmur: str
    versions: Mapping[str, str]
    modules: Mapping[str, str]
    graphs: Mapping[str, str]

    def demand_here(self, place: str) -> None:
        """Raise InputError where the surroundings of this process, at a place of this name, are others."""
        here = {"murmur": murmur_version(), **_versions()}
        for name, wanted in {"murmur": self.murmur, **self.versions}.items():
            if here.get(name) != wanted:
                raise InputError(
                    f"{place} has {name} {here.get(name, 'in no version')}, and here it is {wanted}; "
                    "rows would not be the same: install the same versions on all workers"
                )
        for module, digest in self.modules.items():
            if _as_imported(module) != digest:
                found = "has another version of the plugin" if _as_imported(module) else "cannot import the plugin"
                raise InputError(f"{place} {found} {module}; have the same on all workers, and start them anew")
        for path, digest in self.graphs.items():
            if _of_file(path) != digest:
                found = "has another file" if _of_file(path) else "cannot read"
                raise InputError(f"{place} {found} {path}; put the graph file where all workers read it by this path")


def surroundings_of(setting: Setting, tasks: Iterable[Task]) -> Surroundings:
    """Return what decides the rows of tasks beside their scenarios and seeds."""
    modules = {module: _as_imported(module) for module in setting.plugins}
    graphs = {path: _of_file(path) for path in dict.fromkeys(_graphs_of(setting, tasks))}
    return Surroundings(murmur_version(), _versions(), modules, graphs)


@cache
def _versions() -> Mapping[str, str]:
    return deciding_versions()


def _graphs_of(setting: Setting, tasks: Iterable[Task]) -> Iterator[str]:
    scenarios: dict[int, Mapping[str, Any]] = {id(task.scenario): task.scenario for task in tasks}
    for scenario in scenarios.values():
        topology = scenario.get("topology", {})
        if topology.get("kind") == "file":
            yield str((setting.graph_folder or Path()).absolute() / topology["path"])


@cache
def _as_imported(name: str) -> str:
    """Return the digest of the source of a module when this process first asked; empty where there is no such module.

    A module that is imported stays what it was, whatever becomes of its file.
    """
    try:
        spec = find_spec(name)
    except ImportError:
        return ""
    return "" if spec is None or spec.origin is None else _of_file(spec.origin)


def _of_file(path: str) -> str:
    try:
        return blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return ""
