"""`murmur doctor`: the installation's health."""

from __future__ import annotations

import click


@click.command()
def doctor() -> int:
    """Look at this installation: versions, built-in scenarios, determinism.

    Ends with 0 when all is well, and with 1 when something is not.
    """
    from scenarios.doctor import examine

    well = True
    for finding in examine():
        click.echo(f"{'ok  ' if finding.well else 'BAD '} {finding.subject}: {finding.found}")
        well = well and finding.well
    return 0 if well else 1
