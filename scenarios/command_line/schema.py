"""`murmur schema`: the JSON Schema of scenario and study files, for editors."""

from __future__ import annotations

import click


@click.command()
@click.argument("of", required=False, default="scenario", type=click.Choice(("scenario", "study")), metavar="[OF]")
def schema(of: str) -> None:
    """Print the JSON Schema of files, for editors that complete and check.

    OF is scenario, which it is unless given, or study.
    """
    import json

    from scenarios.json_schema import json_schema
    from scenarios.schema import Scenario
    from scenarios.study.schema import StudyFile

    described = json_schema(StudyFile if of == "study" else Scenario)
    click.echo(json.dumps(described, indent=2, ensure_ascii=False))
