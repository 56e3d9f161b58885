"""`murmur show`: one thing that has a name: the file of a scenario, study or table of claims, or fields of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from scenarios.catalog import Entry

_FILES: Final = {
    "scenario": ("scenarios", "scenarios.library"),
    "study": ("studies", "scenarios.study.library"),
    "claims": ("claims", "scenarios.claims.library"),
}
"""Sorts of things that are files: what several of them are called, and the module that reads them."""


@click.command()
@click.argument("name")
def show(name: str) -> None:
    """Show the file of a built-in scenario, study or table of claims, or what the protocol, fault, ... NAME is.

    The name of a sort, such as faults, shows a line for each of it; SORT/NAME, such as claims/gossip, only that of its
    sort. Of a name that several things have no file is shown, but how to see it.
    """
    from scenarios.catalog import SORTS, entries, find, spelled_out

    if name in SORTS:
        from scenarios.command_line.tables import print_names

        print_names(name, [(entry.name, entry.description) for entry in entries(name)])
        return
    found = find(name)
    for entry in sorted(found, key=lambda entry: entry.sort in _FILES):
        if entry.sort in _FILES and len(found) == 1:
            click.echo(_text_of(entry), nl=False)
            continue
        click.echo(f"{entry.name} ({entry.sort}): {spelled_out(entry)}")
        if entry.sort in _FILES:
            click.echo(f"  its file: murmur show {_FILES[entry.sort][0]}/{entry.name}")
        if entry.config is not None:
            from scenarios.catalog import fields
            from scenarios.command_line.tables import field_table, output

            output().print(field_table(list(fields(entry.config))))


def _text_of(entry: Entry) -> str:
    """Return the file of a built-in scenario, study or table of claims."""
    from importlib import import_module

    text: str = import_module(_FILES[entry.sort][1]).text_of(entry.name)
    return text
