"""Writes runs and studies that are on disk in the forms of other people's tools."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Final

from analysis.plots.time_window import window_between
from scenarios.names import unknown_name
from scenarios.replay import folder_of
from scenarios.run import Run
from scenarios.study.result import Study
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.run_folder import RunFolder


Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Form:
    """A form to export to: the name of its file in the run's folder, what it is, and what yields it in pieces.

    `windowed`: a part of the run can be chosen, of which the pieces then are. `without_messages` says what is missing
    where the run kept no messages.
    """

    file: str
    description: str
    pieces: Callable[[RunFolder, Window], Iterator[str]]
    windowed: bool = False
    without_messages: str = ""


def _jepsen(run: RunFolder, _: Window) -> Iterator[str]:
    from analysis.history.jepsen import EXPORTED, jepsen_lines
    from analysis.history.operations import KINDS
    from analysis.node_life import is_state

    if not any(record.kind in KINDS for record in run.records(KINDS)):
        raise InputError(f"{run.path} has no operations of clients; expected a workload with clients, such as register")
    for line in jepsen_lines(record for record in run.records(EXPORTED) if is_state(record)):
        yield line + "\n"


def _csv(run: RunFolder, _: Window) -> Iterator[str]:
    from analysis.frames import records

    yield records(run).to_csv(index=False, lineterminator="\n")


def _perfetto(run: RunFolder, window: Window) -> Iterator[str]:
    from analysis.exports.perfetto import trace_pieces

    return trace_pieces(run, window)


def _shiviz(run: RunFolder, window: Window) -> Iterator[str]:
    from analysis.exports.shiviz import shiviz_pieces

    return shiviz_pieces(run, window)


def _graphml(run: RunFolder, _: Window) -> Iterator[str]:
    from analysis.exports.graphml import graphml_pieces
    from analysis.plots.run_view import view_of_folder

    return graphml_pieces(run, view_of_folder(run).convergence)


FORMS: Final[dict[str, Form]] = {
    "perfetto": Form(
        "trace.json",
        "a trace for Perfetto: nodes, cores, messages as arrows, counters, faults; with --between a part of it",
        _perfetto,
        windowed=True,
        without_messages="the trace has no messages",
    ),
    "shiviz": Form(
        "shiviz.log",
        "a log with vector clocks for ShiViz, of a small run or of a part of one",
        _shiviz,
        windowed=True,
    ),
    "graphml": Form(
        "topology.graphml",
        "the topology, with what came of the run on nodes and links",
        _graphml,
        without_messages="no messages are counted on nodes and links",
    ),
    "jepsen": Form("history.edn", "what clients and faults did, as EDN, one map a line", _jepsen),
    "csv": Form("records.csv", "the state records of a run, or the runs of a study, one row each", _csv),
}
"""Every form by its name."""
OF_STUDIES: Final = "results.csv"
"""The file of a study's runs."""


def export(
    run: Run | Study | str | Path,
    format: str,  # noqa: A002  as plot has it
    out: str | Path | None = None,
    *,
    between: str | None = None,
    notice: Callable[[str], None] | None = None,
) -> Path:
    """Write a run in another form, whole or not at all, and return the path of the file.

    Parameters: `run`, a run folder, or what `run` gave with a folder, or a study or its folder, which has the form csv;
    `format`, one of `FORMS`; `out`, the file, by default one in the folder that is named as `FORMS` says; `between`,
    two moments such as `1s,1.2s`, the whole run by default; `notice` is told what cannot be shown of a run.
    Raises InputError where the run does not hold what the form needs, or the place cannot be written to.
    """
    from analysis.run_folder import open_run
    from scenarios.study.result import is_study

    if format not in FORMS:
        raise InputError(unknown_name(format, FORMS))
    form = FORMS[format]
    if between is not None and not form.windowed:
        windowed = " and ".join(name for name, each in FORMS.items() if each.windowed)
        raise InputError(f"found --between with the form {format}; it chooses a part of {windowed} alone")
    if isinstance(run, Study) or (not isinstance(run, Run) and is_study(Path(run))):
        return _export_study(run, format, out)
    folder = open_run(folder_of(run))
    if folder.manifest.detail == "summary":
        raise InputError(f"{folder.path} kept no records to export; run it again with --detail states")
    if form.without_messages and notice is not None and folder.manifest.detail == "states":
        notice(f"{folder.path} kept no messages: {form.without_messages}; run it again with --detail messages")
    pieces = form.pieces(folder, window_between(str(folder.path), folder.manifest.ended, between))
    return _write(folder.path / form.file if out is None else Path(out), pieces)


def _export_study(study: Study | str | Path, form: str, out: str | Path | None) -> Path:
    """Write the runs of a study, a row each, with every metric that any of them has."""
    from scenarios.study.result import open_study

    study = study if isinstance(study, Study) else open_study(study)
    if form != "csv":
        raise InputError(f"the study {study.name} can be exported as csv alone; {form} is a form of a run")
    if out is None and study.folder is None:
        raise InputError(f"the study {study.name} was not kept on disk; say where its file shall be by out")
    path = (study.folder or Path()) / OF_STUDIES if out is None else Path(out)
    frame = study.frame()
    for column in frame.columns[frame.columns.str.startswith("series.")]:
        frame[column] = frame[column].map(lambda values: values if values is None else str(list(map(float, values))))
    return _write(path, iter([frame.to_csv(index=False, lineterminator="\n")]))


def _write(path: Path, pieces: Iterator[str]) -> Path:
    written: Path | None = None
    if path.is_dir():
        raise InputError(f"cannot write {path}: it is a folder; name a file in it")
    try:
        with NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}-", encoding="utf-8", newline="", delete=False
        ) as file:
            written = Path(file.name)
            file.writelines(pieces)
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
