"""When the runs of a cell are enough: a rule that looks at the interval of one metric as runs come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from analysis.repeated_looks import Statistic, confidence_of_each, looks_of
from scenarios.problems import Problem
from scenarios.study.fields import MOST_SEEDS, OPTIONS, MetricName
from sim.units import Probability, shown
from topologies.errors import InputError


def _narrow(share: float) -> float:
    if not 0 < share < 1:
        raise InputError(f"found {shown(share)}; expected more than 0 and less than 100 %, such as 5%")
    return share


class Stop(BaseModel):
    """Until when each cell is run: its interval narrow enough, with a floor and a cap."""

    model_config = OPTIONS
    metric: MetricName = Field(description="the metric whose interval counts")
    statistic: Statistic = Field(default="median", description="the statistic of it")
    half_width: Annotated[Probability, AfterValidator(_narrow)] = Field(
        description="how wide half the interval may be, as a share of the value"
    )
    at_least: int = Field(default=20, ge=2, le=MOST_SEEDS, description="fewest seeds of a cell")
    at_most: int = Field(default=1000, ge=2, le=MOST_SEEDS, description="most seeds of a cell")
    look_every: int | None = Field(
        default=None, ge=1, description="seeds between two looks; without it, each is half as many seeds later"
    )

    correction: Literal["all-looks", "none"] = Field(
        default="all-looks", description="whether the interval allows for all looks, or is that of one look alone"
    )

    @property
    def looks(self) -> tuple[int, ...]:
        """The numbers of seeds at which is looked."""
        return looks_of(self.at_least, self.at_most, self.look_every)

    @property
    def confidence(self) -> float:
        """The confidence of the interval at each look: with the correction all of them together have 95 %."""
        return confidence_of_each(len(self.looks) if self.correction == "all-looks" else 1)


def mistakes_of(stop: Stop) -> Iterator[Problem]:
    """Yield what is wrong with a rule beyond its single fields."""
    if stop.at_most < stop.at_least:
        yield Problem(("stop", "at_most"), f"found {stop.at_most}; expected at least at_least, {stop.at_least}")
