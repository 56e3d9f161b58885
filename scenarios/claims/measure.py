"""What a claim speaks of: a number that many runs of a setup give."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, WithJsonSchema

from scenarios.names import unknown_name
from scenarios.schema import FromList
from scenarios.study.fields import MetricName, Path
from sim.units import shown
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.metric import Metric

_OPTIONS: Final = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
_QUANTILE: Final = re.compile(r"p[0-9]{1,2}(\.[0-9]{1,3})?")
LEAST_SIZES: Final = 3


def _a_check(text: str) -> str:
    from analysis.checks import CHECKS

    if text not in CHECKS:
        raise InputError(unknown_name(text, CHECKS))
    return text


def _a_statistic(text: str) -> str:
    if text not in ("median", "mean") and (not _QUANTILE.fullmatch(text) or float(text[1:]) == 0):
        raise InputError(f"found {shown(text)}; expected median, mean, or a quantile such as p99")
    return text


CheckName = Annotated[str, AfterValidator(_a_check), WithJsonSchema({"type": "string", "examples": ["converged"]})]
Statistic = Annotated[
    str,
    AfterValidator(_a_statistic),
    WithJsonSchema({"type": "string", "pattern": rf"^(median|mean|{_QUANTILE.pattern})$", "examples": ["p99"]}),
]
_STATISTIC: Final[Any] = Field(default="median", description="of the runs: median, mean, or a quantile such as p99")


class _OfMetric(BaseModel):
    model_config = _OPTIONS
    compares: ClassVar[bool] = False
    """Whether each setup has a baseline."""
    metric: MetricName = Field(description="metric of a run, or NAME.KEY of one that is a mapping")

    @property
    def unit(self) -> str:
        """Unit of what is measured."""
        return self._metric.unit

    @property
    def unit_of_parts(self) -> str:
        """Unit of the metric, of which what is measured is made."""
        return self._metric.unit

    @property
    def may_never_come(self) -> bool:
        """Whether a run without a value counts as later than all others."""
        return self._metric.may_never_come

    @property
    def _metric(self) -> Metric:
        from analysis.metrics import known_metric

        return known_metric(self.metric)


class Value(_OfMetric):
    """A metric of the runs."""

    kind: Literal["value"]
    statistic: Statistic = _STATISTIC

    def words(self) -> str:
        """Return it for people."""
        return f"{self.statistic} of {_spoken(self.metric)}"


class Came(_OfMetric):
    """The share of runs in which a metric has a value: of a time, in which it came."""

    kind: Literal["came"]

    @property
    def unit(self) -> str:
        """Unit of what is measured."""
        return "share"

    def words(self) -> str:
        """Return it for people."""
        return f"share of runs with {_spoken(self.metric)}"


class Holds(BaseModel):
    """The share of runs in which a check holds; one that is unknown does not."""

    model_config = _OPTIONS
    compares: ClassVar[bool] = False
    kind: Literal["holds"]
    check: CheckName = Field(description="a check that the scenarios run")

    @property
    def unit(self) -> str:
        """Unit of what is measured."""
        return "share"

    @property
    def unit_of_parts(self) -> str:
        """The same, for there are no parts."""
        return self.unit

    def words(self) -> str:
        """Return it for people."""
        return f"share of runs in which {self.check} holds"


class Compared(_OfMetric):
    """A metric against the same metric of a baseline: their ratio, or by which part it is more, -90% a tenth of it."""

    compares: ClassVar[bool] = True
    kind: Literal["ratio", "difference"]
    statistic: Statistic = _STATISTIC

    @property
    def unit(self) -> str:
        """Unit of what is measured."""
        return self.kind

    def words(self) -> str:
        """Return it for people."""
        return f"{self.kind} of {self.statistic} {_spoken(self.metric)}"


class Growth(_OfMetric):
    """The exponent with which a metric grows with a size: of the size, or of its logarithm."""

    kind: Literal["growth"]
    statistic: Statistic = _STATISTIC
    over: Path = Field(description="dotted path of the field that is the size, such as topology.nodes")
    sizes: Annotated[tuple[Annotated[int, Field(ge=3)], ...], FromList, Field(min_length=LEAST_SIZES)] = Field(
        description="the sizes, ascending; of each setup unless it has its own"
    )
    law: Literal["power", "log"] = Field(
        default="power", description="the exponent is b in a·N^b, or in a·(log N)^b, so that O(log N) means at most 1"
    )

    @property
    def unit(self) -> str:
        """Unit of what is measured."""
        return "exponent"

    def words(self) -> str:
        """Return it for people."""
        of = "log N" if self.law == "log" else "N"
        return f"exponent of {of} in {self.statistic} {_spoken(self.metric)}"


Measure = Annotated[Value | Came | Holds | Compared | Growth, Discriminator("kind")]


def _spoken(metric: str) -> str:
    return metric.replace("_", " ")
