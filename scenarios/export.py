"""Writes runs that are on disk in the forms of other people's tools."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Final

from scenarios.names import unknown_name
from scenarios.replay import folder_of
from scenarios.run import Run
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Form:
    """A form to export to: the name of its file in the run's folder, what it is, and what yields it in pieces."""

    file: str
    description: str
    pieces: Callable[[RunFolder], Iterator[str]]


def _jepsen(run: RunFolder) -> Iterator[str]:
    from analysis.history.jepsen import EXPORTED, jepsen_lines
    from analysis.history.operations import KINDS
    from analysis.node_life import is_state

    if not any(record.kind in KINDS for record in run.records(KINDS)):
        raise InputError(f"{run.path} has no operations of clients; expected a workload with clients, such as register")
    for line in jepsen_lines(record for record in run.records(EXPORTED) if is_state(record)):
        yield line + "\n"


def _csv(run: RunFolder) -> Iterator[str]:
    from analysis.frames import records

    yield records(run).to_csv(index=False, lineterminator="\n")


FORMS: Final[dict[str, Form]] = {
    "jepsen": Form("history.edn", "what clients and faults did, as EDN, one map a line", _jepsen),
    "csv": Form("records.csv", "the state records, one row each, a column for each field", _csv),
}
"""Every form by its name."""


def export(run: Run | str | Path, format: str, out: str | Path | None = None) -> Path:  # noqa: A002  as plot has it
    """Write a run in another form, whole or not at all, and return the path of the file.

    Parameters: `run`, a run folder, or what `run` gave with a folder; `format`, one of `FORMS`; `out`, the file, by
    default `history.edn` or `records.csv` in the run's folder. Raises InputError where the run does not hold what the
    form needs, or the place cannot be written to.
    """
    from analysis.run_folder import open_run

    if format not in FORMS:
        raise InputError(unknown_name(format, FORMS))
    folder = open_run(folder_of(run))
    if folder.manifest.detail == "summary":
        raise InputError(f"{folder.path} kept no records to export; run it again with --detail states")
    path = folder.path / FORMS[format].file if out is None else Path(out)
    written: Path | None = None
    try:
        with NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}-", encoding="utf-8", newline="", delete=False
        ) as file:
            written = Path(file.name)
            file.writelines(FORMS[format].pieces(folder))
        written.chmod(0o666 & ~_umask())
        return written.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}; choose another place with --out") from None
    finally:
        if written is not None:
            written.unlink(missing_ok=True)


def _umask() -> int:
    """Rights that this process withholds from new files, which temporary ones do not follow."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
