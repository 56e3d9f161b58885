"""What fields of study files hold: dotted paths, words for people, names of metrics."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, WithJsonSchema

from scenarios.overrides import field_path
from sim.units import shown
from topologies.errors import InputError

MOST_SEEDS: Final = 65_536
"""Seeds of a cell, at most."""

OPTIONS: Final = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)
"""What holds of every block of a study file."""


def _a_path(text: str) -> str:
    if field_path(text) is None:
        raise InputError(f"found {shown(text)}; expected the dotted path of a field, such as topology.nodes")
    return text


def _a_metric(text: str) -> str:
    from analysis.metrics import known_metric

    known_metric(text)
    return text


def _a_word(text: str) -> str:
    if not text.strip() or len(text) > 60 or "\n" in text:
        raise InputError(f"found {shown(text)}; expected a name on one line, of 1 to 60 characters")
    return text


Path = Annotated[str, AfterValidator(_a_path), WithJsonSchema({"type": "string", "examples": ["topology.nodes"]})]
Word = Annotated[str, AfterValidator(_a_word), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 60})]
MetricName = Annotated[str, AfterValidator(_a_metric), WithJsonSchema({"type": "string", "examples": ["converged_at"]})]
