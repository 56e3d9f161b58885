"""`murmur show`: one thing that has a name: a scenario's file, or the fields of a block."""

from __future__ import annotations

import click


@click.command()
@click.argument("name")
def show(name: str) -> None:
    """Show a built-in scenario's file, or what the topology, protocol, workload, fault, block ... NAME is and takes.

    The name of a sort, such as faults, shows a line for each of it.
    """
    from scenarios.catalog import SORTS, entries, find

    if name in SORTS:
        from scenarios.command_line.tables import name_table, output

        output().print(name_table(name, [(entry.name, entry.description) for entry in entries(name)]))
        return
    for entry in find(name):
        if entry.sort == "scenario":
            from scenarios.library import text_of

            click.echo(text_of(name), nl=False)
            continue
        click.echo(f"{entry.name} ({entry.sort}): {entry.description}")
        if entry.config is not None:
            from scenarios.catalog import fields
            from scenarios.command_line.tables import field_table, output

            output().print(field_table(list(fields(entry.config))))
