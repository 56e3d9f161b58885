"""`murmur show`: one thing that has a name: the file of a scenario or study, or the fields of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scenarios.catalog import Entry


@click.command()
@click.argument("name")
def show(name: str) -> None:
    """Show the file of a built-in scenario or study, or what the topology, protocol, fault, ... NAME is and takes.

    The name of a sort, such as faults, shows a line for each of it.
    """
    from scenarios.catalog import SORTS, entries, find

    if name in SORTS:
        from scenarios.command_line.tables import print_names

        print_names(name, [(entry.name, entry.description) for entry in entries(name)])
        return
    for entry in find(name):
        if entry.sort in ("scenario", "study"):
            click.echo(_text_of(entry), nl=False)
            continue
        click.echo(f"{entry.name} ({entry.sort}): {entry.description}")
        if entry.config is not None:
            from scenarios.catalog import fields
            from scenarios.command_line.tables import field_table, output

            output().print(field_table(list(fields(entry.config))))


def _text_of(entry: Entry) -> str:
    """Return the file of a built-in scenario or study."""
    if entry.sort == "study":
        from scenarios.study import library as studies

        return studies.text_of(entry.name)
    from scenarios.library import text_of

    return text_of(entry.name)
