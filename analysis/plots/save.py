"""Figures to files: the same bytes for the same figure with the same libraries, and never half a file."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    Progress = Callable[[int, int], None]

FORMATS: Final = ("png", "svg")
MOVING_FORMATS: Final = ("gif", "mp4")
METADATA: Final[dict[str, dict[str, str | None]]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
}
"""None leaves out what would differ from one day, or one release of the library, to the next."""


def save(figure: Figure, path: str | Path, progress: Progress | None = None) -> Path:
    """Write a figure to a `.png` (300 dots per inch) or `.svg` file, whole or not at all, and return its path.

    A figure that moves can be written to a `.gif` or `.mp4` file too; `progress` is told how many of its frames are
    done. Raises InputError where the name ends otherwise or the place cannot be written to.
    """
    path = Path(path)
    kind = path.suffix.removeprefix(".").lower()
    if kind in MOVING_FORMATS and not hasattr(figure, "frames"):
        raise InputError(
            f"{path}: found the ending {path.suffix!r}, which is for the plot animation; give .png or .svg"
        )
    if kind not in (*FORMATS, *MOVING_FORMATS):
        raise InputError(f"{path}: found the ending {path.suffix!r}; expected a file that ends in .png or .svg")
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.stem}-", suffix=f".{kind}", delete=False) as file:
            written = Path(file.name)
            try:
                _write(figure, file, kind, progress or (lambda done, of: None))
                file.flush()
                written.chmod(0o666 & ~_umask())
                written.replace(path)
            except BaseException:
                written.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written: {error.strerror or error}; name a file in an existing folder that is yours"
        ) from error
    return path


def _write(figure: Any, file: Any, kind: str, progress: Progress) -> None:
    from analysis.plots.save_film import write_gif, write_mp4
    from analysis.plots.theme import theme

    if kind == "gif":
        write_gif(figure, file, progress)
    elif kind == "mp4":
        write_mp4(figure, file.name, progress)
    else:
        with theme():
            figure.savefig(file, format=kind, metadata=METADATA[kind])


def _umask() -> int:
    """Return the permissions that new files of this process lack; it can be read only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
