"""Figures to files: PNG and SVG, the same bytes for the same figure, and never half a file."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Final

from topologies.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS: Final = ("png", "svg")
_METADATA: Final[dict[str, dict[str, str | None]]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
}
"""None leaves out what would differ from one day, or one release of the library, to the next."""


def save(figure: Figure, path: str | Path) -> Path:
    """Write a figure to a `.png` (300 dots per inch) or `.svg` file, whole or not at all, and return its path.

    Raises InputError where the name ends otherwise or the place cannot be written to.
    """
    from analysis.plots.theme import theme

    path = Path(path)
    kind = path.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise InputError(f"{path}: found the ending {path.suffix!r}; expected a file that ends in .png or .svg")
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.stem}-", suffix=f".{kind}", delete=False) as file:
            written = Path(file.name)
            try:
                with theme():
                    figure.savefig(file, format=kind, metadata=_METADATA[kind])
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


def _umask() -> int:
    """Return the permissions that new files of this process lack; it can be read only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
