"""`murmur schema`: the JSON Schema of the files of scenarios, studies and claims, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pydantic import BaseModel


@click.command()
@click.argument(
    "of", required=False, default="scenario", type=click.Choice(("scenario", "study", "claims")), metavar="[OF]"
)
def schema(of: str) -> None:
    """Print the JSON Schema of files, for editors that complete and check.

    OF is scenario, which it is unless given, study, or claims.
    """
    import json

    from scenarios.claims.schema import ClaimsFile
    from scenarios.json_schema import json_schema
    from scenarios.schema import Scenario
    from scenarios.study.schema import StudyFile

    models: dict[str, type[BaseModel]] = {"scenario": Scenario, "study": StudyFile, "claims": ClaimsFile}
    described = json_schema(models[of])
    click.echo(json.dumps(described, indent=2, ensure_ascii=False))
