"""Tables for people, of names, fields and what a run came to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH_OF_FILES: Final = 120
"""Columns of a table that goes to a file or a pipe."""


def output(error: bool = False) -> Console:
    """Return the console of standard output, or of standard error; plain text where it is no terminal."""
    from rich.console import Console

    class BrokenPipesRaise(Console):
        """Lets the command say how it ends when its reader has gone; rich would end it with code 1."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    console = BrokenPipesRaise(stderr=error, highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        console.width = WIDTH_OF_FILES
    return console


def name_table(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    """Return names with their descriptions."""
    table = _table(title)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, description in rows:
        table.add_row(name, description)
    return table


def print_names(title: str, rows: Sequence[tuple[str, str]]) -> None:
    """Print names with their descriptions; where it is no terminal, each on one line, for tools that look for words."""
    console = output()
    if console.is_terminal:
        console.print(name_table(title, rows))
        return
    widest = max((len(name) for name, _ in rows), default=0)
    for line in (title, *(f"{name:{widest}}  {description}" for name, description in rows)):
        console.print(line, soft_wrap=True)


def field_table(rows: Iterable[tuple[str, str, str, str]]) -> Table:
    """Return the fields of a block: name, type, default, meaning."""
    table = _table("")
    for column in ("field", "type", "default", "meaning"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def pair_table(rows: Iterable[tuple[str, str]]) -> Table:
    """Return what something is called, and what it is."""
    table = _table("")
    table.show_header = False
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _table(title: str) -> Table:
    from rich.table import Table

    return Table(
        title=title or None,
        title_justify="left",
        title_style="bold underline",
        box=None,
        padding=(0, 2, 0, 0),
        show_header=not title,
    )
