"""Writes a run folder. It grows under a name of its own beside its place, and takes its place whole, at the end.

While a run goes on, its folder is called `NAME.unfinished`. Once all of its files are on disk it is renamed to NAME. A
complete run that stood there is moved aside first and deleted last, so that no failure of the new run can harm it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from analysis.canonical import file_checksum, readable_json
from analysis.events_file import EventsWriter
from analysis.manifest import Manifest
from analysis.samples_file import Sample, write_samples
from analysis.topology_file import write_topology
from sim.records import Record
from topologies.errors import InputError
from topologies.topology import Topology

MANIFEST: Final = "manifest.json"
EVENTS: Final = "events.parquet"
SAMPLES: Final = "samples.parquet"
SUMMARY: Final = "summary.json"
TIMING: Final = "timing.json"
TOPOLOGY: Final = "topology-links.json"
"""Only in runs whose topology came from a file."""
DATA_FILES: Final = (EVENTS, SAMPLES, SUMMARY)
"""Files that equal runs have byte for byte; timing.json alone tells of the machine, and has no checksum."""
RUN_FILES: Final = frozenset((MANIFEST, *DATA_FILES, TIMING, TOPOLOGY))
UNFINISHED: Final = ".unfinished"
REPLACED: Final = ".replaced"


class RunWriter:
    """A run folder in the making: hand it records and samples while the run goes on, then `finish`.

    `target` is the folder that the run will be in; `topology` is to be set where the scenario alone does not tell it.
    As a context manager it deletes what was written when the run fails. Raises InputError where something other than a
    run is at `target`, or where nothing can be written.
    """

    def __init__(self, target: Path) -> None:
        self.target = Path(os.path.realpath(target))
        _refuse_what_is_no_run(self.target)
        self._made = [folder for folder in self.target.parents if not folder.exists()]
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self.folder = _new_folder(self.target, UNFINISHED)
        except OSError as error:
            raise InputError(f"cannot write a run to {target}: {error.strerror}; give another folder") from None
        self.events = EventsWriter(self.folder / EVENTS)
        self.samples: list[Sample] = []
        self.topology: Topology | None = None
        self._open = True

    def write(self, records: list[Record]) -> None:
        """Take the next records of the run, in order: the recorder's sink."""
        self.events.write(records)

    def finish(self, manifest: Manifest, summary: Mapping[str, Any], timing: Mapping[str, Any] | None = None) -> Path:
        """Complete the run folder and put it in its place; gives the folder.

        `summary` is the same for equal runs. What a run took by the machine's clock goes to `timing`.
        """
        assert self._open
        self.events.close()
        write_samples(self.folder / SAMPLES, self.samples)
        (self.folder / SUMMARY).write_text(readable_json(summary), encoding="utf-8")
        if timing is not None:
            (self.folder / TIMING).write_text(readable_json(timing), encoding="utf-8")
        if self.topology is not None:
            write_topology(self.folder / TOPOLOGY, self.topology)
        data_files = DATA_FILES if self.topology is None else (*DATA_FILES, TOPOLOGY)
        files = {name: file_checksum(self.folder / name) for name in data_files}
        for name in sorted(path.name for path in self.folder.iterdir()):
            _to_disk(self.folder / name)
        self._write_manifest(manifest.model_copy(update={"files": files}))
        self._open = False
        _take_place(self.folder, self.target)
        return self.target

    def _write_manifest(self, manifest: Manifest) -> None:
        temporary = self.folder / f"{MANIFEST}.part"
        temporary.write_text(readable_json(manifest.plain()), encoding="utf-8")
        _to_disk(temporary)
        temporary.replace(self.folder / MANIFEST)
        _to_disk(self.folder)

    def discard(self) -> None:
        """Delete what was written of a run that will not be finished, and the folders made for it."""
        if self._open:
            self._open = False
            self.events.abandon()
            shutil.rmtree(self.folder)
            for folder in self._made:
                with suppress(OSError):  # others have put something there meanwhile
                    folder.rmdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.discard()


def point_latest(run: Path) -> None:
    """Have `latest`, beside a run folder, lead to it: a symbolic link, or a text file with its name."""
    latest = run.parent / "latest"
    if latest.is_dir() and not latest.is_symlink():
        raise InputError(f"{latest} is a folder, but should be a link to the latest run; move it away")
    temporary = run.parent / f".latest.{os.getpid()}"
    with suppress(FileNotFoundError):
        temporary.unlink()
    try:
        temporary.symlink_to(run.name, target_is_directory=True)
    except (OSError, NotImplementedError):
        temporary.write_text(run.name + "\n", encoding="utf-8")
    temporary.replace(latest)


def _refuse_what_is_no_run(target: Path) -> None:
    if target.is_dir():
        found = sorted(path.name for path in target.iterdir())
        if found and not RUN_FILES.intersection(found):
            raise InputError(f"{target} holds no run but {found[0]}; give a new folder, or one with a run to replace")
    elif target.exists():
        raise InputError(f"{target} is a file; give the name of a folder for the run")


def _new_folder(beside: Path, ending: str) -> Path:
    for number in count(1):
        folder = beside.with_name(beside.name + ending + (f"-{number}" if number > 1 else ""))
        with suppress(FileExistsError):
            folder.mkdir()
            return folder
    raise AssertionError("count does not end")


def _take_place(folder: Path, target: Path) -> None:
    """Rename a complete folder to its place; what a user put beside the files of an earlier run is kept."""
    earlier = None
    if target.exists():
        earlier = _new_folder(target, REPLACED)
        target.rename(earlier)
    folder.rename(target)
    _to_disk(target.parent)
    if earlier is not None:
        delete_run(earlier)


def delete_run(folder: Path) -> None:
    """Delete a run, and its folder unless a user put something of his own beside its files."""
    for name in (MANIFEST, *sorted(RUN_FILES - {MANIFEST})):
        (folder / name).unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def _to_disk(path: Path) -> None:
    """Have the system put a file, or the names in a folder, on disk, so that they outlive a power cut."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
