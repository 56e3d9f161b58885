"""Reports to files: whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.report.blocks import Report

Format = Literal["html", "markdown", "latex"]
ENDINGS: Final[dict[Format, str]] = {"html": ".html", "markdown": ".md", "latex": ".tex"}


def write_report(report: Report, file: Path, form: Format, version: str) -> Path:
    """Write a report, and return its path; of Markdown its pictures are in a folder beside it.

    Raises InputError where the place cannot be written to.
    """
    if file.is_dir():
        raise InputError(f"{file}: cannot be written: it is a folder; name a file in it")
    try:
        _write(_text(report, file, form, version).encode("utf-8"), file)
    except OSError as error:
        raise InputError(
            f"{file}: cannot be written: {error.strerror or error}; name a file in an existing folder that is yours"
        ) from error
    return file


def _text(report: Report, file: Path, form: Format, version: str) -> str:
    if form == "html":
        from analysis.report.html import html

        return html(report, version)
    if form == "latex":
        from analysis.report.latex import latex

        return latex(report, version)
    from analysis.report.markdown import markdown

    folder = file.with_name(f"{file.stem}-figures")
    for figure in report.figures():
        folder.mkdir(exist_ok=True)
        _write(figure.picture.data, folder / f"{figure.name}.{figure.picture.kind}")
    return markdown(report, folder.name)


def _write(content: bytes, file: Path) -> None:
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(file)
    finally:
        with suppress(OSError):
            temporary.unlink()
