"""Which time series of its runs a study keeps, to draw curves over time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema

from scenarios.execution.task import Curves
from scenarios.names import unknown_name
from scenarios.schema import FromList
from scenarios.study.fields import OPTIONS
from topologies.errors import InputError


def _a_series(text: str) -> str:
    from analysis.client_samples import CLIENT_SERIES
    from analysis.core_samples import CORE_SERIES
    from analysis.probes import MEMORY_SERIES, SERIES, SWARM_SERIES

    known = [*SERIES, *CLIENT_SERIES, *SWARM_SERIES, *MEMORY_SERIES, *CORE_SERIES]
    if text not in known:
        raise InputError(unknown_name(text, known))
    return text


SeriesName = Annotated[str, AfterValidator(_a_series), WithJsonSchema({"type": "string", "examples": ["progress"]})]


class Series(BaseModel):
    """Time series of each run, on one grid of times for all cells."""

    model_config = OPTIONS
    metrics: Annotated[tuple[SeriesName, ...], FromList, Field(min_length=1)] = Field(
        description="which time series, by the names that samples of a run have"
    )
    points: int = Field(
        default=50, ge=2, le=1000, description="equal steps into which the longest duration of a cell is cut"
    )

    def curves(self, durations: Iterable[int]) -> Curves:
        """Return what rows keep, where cells last so many nanoseconds."""
        return Curves(self.metrics, max(1, max(durations) // self.points), self.points)
