"""`murmur schema`: the JSON Schema of scenario files, for editors."""

from __future__ import annotations

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors that complete and check."""
    import json

    from scenarios.json_schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
