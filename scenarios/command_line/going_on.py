"""Folders of executions that can be interrupted and gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import click


def new_folder(out: str | None, usual: str, resume: bool) -> Path:
    """Return the folder that is asked for, or the first that is free of USUAL, USUAL-2, ...; to resume, the last."""
    if out is not None:
        return Path(out)
    first = before = Path(usual)
    folders = (first if number == 1 else first.with_name(f"{first.name}-{number}") for number in count(1))
    for folder in folders:
        if not folder.exists():
            return before if resume else folder
        before = folder
    raise AssertionError("count does not end")


@contextmanager
def told_how_to_go_on(command: str) -> Iterator[None]:
    """Say on standard error, where this is interrupted, by what command it goes on."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"to go on: {command}", err=True)
        raise
