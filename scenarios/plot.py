"""Draws runs that are on disk."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Literal

from scenarios.names import unknown_name
from scenarios.plugins import load_protocol
from scenarios.replay import folder_of
from scenarios.run import Run
from topologies.errors import InputError

Format = Literal["png", "svg"]


def plot(
    runs: Run | str | Path | Iterable[Run | str | Path],
    kind: str | None = None,
    out: str | Path | None = None,
    *,
    format: Format = "png",  # noqa: A002  the name that matplotlib gives it too
    plugins: Collection[str] = (),
) -> Path:
    """Draw one or several runs, and return the path of the picture.

    Parameters: `runs`, run folders, or what `run` gave with a folder; `kind`, one that `murmur list plots` names, its
    first one by default; `out`, the file, by default KIND.png in the run's folder, or beside it where there are
    several; `plugins`, modules of the protocols of one's own that ran. Raises InputError where the runs do not hold
    what the plot needs.
    """
    from analysis.plots.registry import PLOTS
    from analysis.plots.save import save
    from analysis.run_folder import open_run

    chosen = next(iter(PLOTS)) if kind is None else kind
    if chosen not in PLOTS:
        raise InputError(unknown_name(chosen, PLOTS))
    paths = [folder_of(each) for each in ([runs] if isinstance(runs, Run | str | Path) else runs)]
    folders = [open_run(path) for path in paths]
    for folder in folders:
        kind_of_protocol = str(folder.manifest.scenario["protocol"]["kind"])
        if kind_of_protocol.partition(":")[0] in plugins:
            load_protocol(kind_of_protocol, plugins)
    figure = PLOTS[chosen].draw(folders)
    if out is None:
        first = paths[0].resolve()
        out = (first if len(paths) == 1 else first.parent) / f"{chosen}.{format}"
    return save(figure, out)
