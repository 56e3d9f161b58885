"""Reads a run folder, and tells what is wrong with one that cannot be trusted."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from analysis.canonical import file_checksum
from analysis.events_file import read_events
from analysis.manifest import FORMAT, Manifest, content_checksum, deciding_versions, murmur_version
from analysis.run_writer import EVENTS, MANIFEST, REPLACED, RUN_FILES, SAMPLES, SUMMARY, TIMING, TOPOLOGY, UNFINISHED
from analysis.samples_file import Sample, read_samples
from analysis.topology_file import read_topology
from sim.randomness import Streams
from sim.records import Record
from sim.units import format_duration
from topologies.errors import InputError
from topologies.topology import Topology

if TYPE_CHECKING:
    from analysis.run_frames import RunFrames


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run on disk. `notices` say what a reader should know of it, such as that another version made it."""

    path: Path
    manifest: Manifest
    notices: tuple[str, ...] = ()

    def __repr__(self) -> str:
        about = self.manifest
        ended = f"ended at {format_duration(about.ended)} ({about.ended_by})"
        return f"<RunFolder {self.path}: {about.scenario.get('name')} with seed {about.seed}, {ended}>"

    def records(self, kinds: Collection[str] | None = None) -> Iterator[Record]:
        """Yield the records in order, with little in memory at a time; only of `kinds`, or of one kind, where given."""
        return read_events(self.path / EVENTS, {kinds} if isinstance(kinds, str) else kinds)

    def samples(self) -> list[Sample]:
        """Return the time series of the run."""
        return read_samples(self.path / SAMPLES)

    def frames(self) -> RunFrames:
        """Return records, messages and samples as pandas frames, as those of the run itself."""
        from analysis.run_frames import RunFrames

        return RunFrames(self, self.samples(), self.manifest.detail)

    def topology(self) -> Topology:
        """Return the topology of the run, from nothing but its folder where a graph file was copied into it.

        Raises InputError where it is not the one of the run.
        """
        from topologies.registry import build

        about = self.manifest.topology
        if TOPOLOGY in self.manifest.files:
            stored = read_topology(self.path / TOPOLOGY)
            topology = replace(stored, kind=about.kind, source_digest=about.source_digest)
        else:
            topology = build(self.manifest.scenario["topology"], Streams(self.manifest.seed).seed("topology"))
        if topology.digest() != about.digest:
            raise InputError(
                f"{self.path}: the topology cannot be built again as it was; {TOPOLOGY} or a graph file was changed, "
                "or networkx draws another graph in this version: run the scenario again"
            )
        return topology

    @property
    def summary(self) -> dict[str, Any]:
        """What the run came to, as `murmur run --json` printed it."""
        return _plain_json(self.path / SUMMARY)

    @property
    def timing(self) -> dict[str, Any] | None:
        """What the run took by the machine's clock, where it was kept; no checksum covers it."""
        path = self.path / TIMING
        return _plain_json(path) if path.exists() else None


def open_run(path: str | Path, *, verify: bool = True) -> RunFolder:
    """Return the run in a folder, or in the folder that a file called `latest` names.

    With `verify` the checksum of each data file is compared. Raises InputError where there is no run, where it is
    unfinished, where a file is damaged or missing, and where the manifest was edited.
    """
    folder = _folder_of(Path(path))
    data = _manifest_data(folder)
    if isinstance(data.get("format"), int) and data["format"] > FORMAT:
        raise InputError(
            f"{folder} was written by Murmur {data.get('murmur')}, which lays out run folders in a newer way "
            f"(format {data['format']}, known here up to {FORMAT}); use that version or a later one"
        )
    manifest = _checked_manifest(folder, data)
    if verify:
        verify_files(folder, manifest)
    return RunFolder(folder, manifest, _notices(manifest))


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Compare the checksum of each data file of a run; raises InputError that names the first that is damaged."""
    for name, checksum in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise InputError(f"{folder} is damaged: {name} is missing; run the scenario again")
        if file_checksum(path) != checksum:
            raise InputError(
                f"{folder} is damaged: {name} is not as it was written (its checksum differs); "
                "restore it, or run the scenario again"
            )


def _folder_of(path: Path) -> Path:
    if path.is_file() and path.name == MANIFEST:
        return path.parent
    if path.is_file() and path.name == "latest":
        return path.parent / path.read_text(encoding="utf-8").strip()
    if path.is_dir():
        return path
    if path.exists():
        raise InputError(f"{path} is a file; expected a run folder")
    raise InputError(_missing(path))


def _missing(path: Path) -> str:
    if path.is_symlink():
        return f"{path} leads to {path.readlink()}, which is not there any more; give another run folder"
    if path.with_name(path.name + REPLACED).is_dir():
        return f"{path} is not there, but the run it held is in {path.name + REPLACED}: rename that"
    unfinished = path.with_name(path.name + UNFINISHED)
    if unfinished.is_dir():
        return f"{path} is not there: its run is unfinished ({unfinished}); let it end, or run the scenario again"
    return f"{path} is not there; expected a run folder, as murmur run writes them"


def _manifest_data(folder: Path) -> dict[str, Any]:
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(_without_manifest(folder)) from None
    except ValueError:
        raise InputError(f"{folder} is damaged: {MANIFEST} is not JSON; run the scenario again") from None
    except OSError as error:
        raise InputError(f"cannot read {folder / MANIFEST}: {error.strerror}") from None
    if not isinstance(data, dict) or "checksum" not in data:
        raise InputError(f"{folder} is no run folder: its {MANIFEST} is not one that Murmur wrote")
    return data


def _without_manifest(folder: Path) -> str:
    """Return what a folder is that holds no run by itself, and where in it runs are."""
    names = {path.name for path in folder.iterdir()}
    if "kept" in names:
        return f"{folder} is the folder of a hunt, not of a run; those that it kept are in {folder / 'kept'}"
    if "cells" in names:
        return f"{folder} is the folder of a study, not of a run; the scenarios that it ran are in {folder / 'cells'}"
    if {"index.json", "parts"} <= names:
        return f"{folder} is the folder of a study or hunt that has not ended, or kept no run; expected that of a run"
    if "shrunk.yaml" in names:
        return f"{folder} is what murmur shrink left; its run is {folder / 'run'}"
    if names & RUN_FILES or folder.name.endswith(UNFINISHED):
        return f"{folder} is an unfinished run: it has no {MANIFEST}; run the scenario again"
    return f"{folder} is no run folder: it has no {MANIFEST}"


def _checked_manifest(folder: Path, data: dict[str, Any]) -> Manifest:
    if content_checksum(data) != data["checksum"]:
        raise InputError(
            f"{folder / MANIFEST} was edited: its content does not match its checksum; "
            "restore it, or change the scenario and run that"
        )
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        field = ".".join(map(str, error.errors()[0]["loc"]))
        raise InputError(f"{folder} is damaged: {MANIFEST} has no valid {field}; run the scenario again") from None


def _notices(manifest: Manifest) -> tuple[str, ...]:
    """What differs between the versions that made the run and those that read it."""
    made = {"murmur": manifest.murmur} | manifest.versions
    here = {"murmur": murmur_version()} | deciding_versions()
    return tuple(
        f"made with {name} {made.get(name, 'unknown')}; this is {name} {version}: a replay may differ"
        for name, version in here.items()
        if made.get(name) != version
    )


def _plain_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path.parent} is damaged: {path.name} is missing; run the scenario again") from None
    except ValueError:
        raise InputError(f"{path.parent} is damaged: {path.name} is not JSON; run the scenario again") from None
    assert isinstance(data, dict)
    return data
