"""What a run came to, as far as an explanation compares it, and by how much two runs differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, isnan, nan
from typing import TYPE_CHECKING, Any, Final

from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.execution.row import Row
    from scenarios.run import Run

CONFIDENCE: Final = 0.95
QUANTITIES: Final = ("converged_at", "messages", "delivered_share", "shortfall")
"""What is compared: time (ns; infinite where it did not come), a number, and two shares."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run: when it converged (ns, infinite for never), messages sent, the share of them, copies included, that was
    delivered, the share of what convergence asks for that was missing at the end, and the verdicts by check.

    Quantities that have no meaning for the protocol are not a number. `metrics`: what else is compared, by name; a time
    that may never come is infinite where it did not.
    """

    converged_at: float
    messages: float
    delivered_share: float
    shortfall: float
    verdicts: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)

    def quantity(self, name: str) -> float:
        """Return what is compared, by its name."""
        return self.metrics[name] if name in self.metrics else float(getattr(self, name))


def outcome_of(row: Row, converges: bool, metrics: Sequence[str] = ()) -> Outcome:
    """Return what a row says of its run and of metrics; `converges`: whether the protocol says what progress is."""
    sent = float(row["metric.messages"] or 0)
    copies = float(row.get("metric.duplicated") or 0)
    delivered = float(row.get("metric.delivered") or 0)
    converged_at, shortfall = row.get("metric.converged_at"), row.get("metric.shortfall")
    return Outcome(
        converged_at=nan if not converges else inf if converged_at is None else float(converged_at),
        messages=sent,
        delivered_share=delivered / (sent + copies) if sent + copies else nan,
        shortfall=nan if shortfall is None else float(shortfall),
        verdicts={name.removeprefix("check."): str(value) for name, value in row.items() if name.startswith("check.")},
        metrics={name: _metric(row, name) for name in metrics if name not in QUANTITIES},
    )


def _metric(row: Row, name: str) -> float:
    from analysis.metrics import known_metric

    metric, value = known_metric(name), row.get(f"metric.{name}")
    if value is not None:
        return float(value)
    if metric.may_never_come:
        return inf
    return 0.0 if "." in name and metric.unit != "ns" else nan


def demand_numbers(run: Run, metrics: Sequence[str]) -> None:
    """Raise InputError unless these are metrics of a run, each a number or one entry of a mapping."""
    from analysis.metrics import known_metric

    for name in metrics:
        metric, key = known_metric(name).name, name.partition(".")[2]
        if metric not in run.metrics:
            has = "`murmur run` prints those that it has"
            raise InputError(f"{run.scenario.name} has no metric {metric}, which means nothing to its protocol; {has}")
        value = run.metrics[metric]
        if isinstance(value, dict) and not key:
            raise InputError(
                f"the metric {metric} is a mapping; ask for one entry, such as {metric}.{next(iter(value), 'KEY')}"
            )
        if isinstance(value, str) or (key and not isinstance(value, dict) and value is not None):
            raise InputError(f"the metric {name} is no number that could be compared; ask for another")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A median over seeds with the bounds of its interval; of a single run its value, without bounds.

    `runs`: how many values there were. Infinite values are of runs that did not converge, and count as later than all
    others. The interval is the one between order statistics that belongs to the sign test (Conover, "Practical
    Nonparametric Statistics", 1999, section 3.2), at a confidence of at least 95 %; below six values there is none.
    """

    median: float
    low: float | None
    high: float | None
    runs: int

    @property
    def plain(self) -> dict[str, Any]:
        """The estimate as plain data: None for what is not known or infinite."""
        return {"median": _finite(self.median), "low": _finite(self.low), "high": _finite(self.high), "runs": self.runs}


def estimate(values: Sequence[float]) -> Estimate:
    """Return the median of values, those that are no numbers left out."""
    known = [value for value in values if not isnan(value)]
    if len(known) < 2:
        return Estimate(known[0] if known else nan, None, None, len(known))
    import numpy as np
    from scipy.stats import quantile_test

    ordered = np.sort(np.array(known))
    interval = quantile_test(ordered, q=0.0, p=0.5).confidence_interval(CONFIDENCE)
    low, high = float(interval.low), float(interval.high)
    if isnan(low) or isnan(high):
        return Estimate(_median(ordered), None, None, len(known))
    return Estimate(_median(ordered), low, high, len(known))


def _median(ordered: Any) -> float:
    """Return the median; of two values in the middle of which one is infinite, the other one."""
    low, high = float(ordered[(len(ordered) - 1) // 2]), float(ordered[len(ordered) // 2])
    return (low + high) / 2 if abs(low) < inf and abs(high) < inf else min(low, high, key=abs)


def difference(with_it: float, without: float) -> float:
    """Return how much more it is with a fault; not a number where neither run has converged."""
    return nan if with_it == without == inf else with_it - without


def _finite(value: float | None) -> float | None:
    return value if value is not None and abs(value) < inf else None
