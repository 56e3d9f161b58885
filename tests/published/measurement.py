"""Measures published results: runs scenarios for many seeds, and compares statistics of metrics with references."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any, Literal

import numpy as np
from scipy import stats

from analysis.checks import Checks
from analysis.coherence_tracker import CoherenceTracker
from analysis.convergence import Tracker, attach, tracker_of
from analysis.measurements import Measurements
from analysis.metrics import metrics_of
from scenarios.build import build, build_topology
from scenarios.execute import run_to_end
from scenarios.library import load
from scenarios.schema import Scenario
from sim.convergence import Extinction
from sim.protocols.gossip.vectorised import spread
from sim.randomness import derive_seed
from sim.simulation import Simulation

LIBRARY = Path(__file__).parents[2] / "scenarios" / "library" / "published"
FALSE_ALARMS = 1e-4
"""Chance that a quick look at one right number fails: a quantile of Student's t, times the error, widens tolerances."""

Sample = Mapping[str, float]
Samples = Mapping[str, Sequence[Sample]]
"""Metrics of each run, by the part of the row that it belongs to."""
Until = Literal["end", "course", "converged", "extinct", "vectorised"]
Statistic = Callable[[Samples], tuple[float, float]]
"""An estimate and its standard error."""


@dataclass(frozen=True)
class Part:
    """Runs of one scenario of the published library, with overrides as `--set` takes them.

    `until` is the scenario's own end; `converged`: the end of the round in which it converges, so that all messages of
    the round count; `extinct`: the end of the first round after which no node spreads a rumour; `vectorised`: as
    `converged`, computed by rounds of the whole population. `course`: the sample holds the coherence at each look of
    the tracker too. `quick` is False for what takes too long for a quick look. Parts that have the same
    `seeds_of` have the same seeds, so that their runs can be compared in pairs.
    """

    scenario: str
    overrides: tuple[str, ...] = ()
    until: Until = "end"
    quick: bool = True
    seeds_of: str | None = None


@dataclass(frozen=True)
class Quantity:
    """One number of a row: what it is, its reference and tolerance, and how it comes from the samples.

    `quick` is False for what a few seeds say nothing about, or a quick look leaves out.
    """

    name: str
    reference: float
    tolerance: float
    statistic: Statistic
    quick: bool = True


@dataclass(frozen=True)
class Row:
    """A published result: its scenarios, its numbers, and how many seeds it takes in full and in a quick look."""

    id: str
    title: str
    source: str
    parts: Mapping[str, Part]
    quantities: tuple[Quantity, ...]
    seeds: int
    quick_seeds: int = 10

    def parts_of(self, quick: bool) -> list[str]:
        """The names of the parts that are measured, in a quick look or in full."""
        return [name for name, part in self.parts.items() if part.quick or not quick]


@dataclass(frozen=True)
class Verdict:
    """A number beside its reference; `allowed` is the largest difference that passes."""

    row: str
    quantity: Quantity
    measured: float
    error: float
    allowed: float

    @property
    def holds(self) -> bool:
        """Whether the measured number is near enough; a NaN is not."""
        return abs(self.measured - self.quantity.reference) <= self.allowed

    def __str__(self) -> str:
        return (
            f"{self.row} {self.quantity.name}: measured {self.measured:.5g} ± {self.error:.2g} (s.e.), "
            f"reference {self.quantity.reference:g} ± {self.allowed:.3g}"
        )


def measure(row: Row, part: str, numbers: Sequence[int]) -> list[dict[str, float]]:
    """Run a part of a row for these replicates, whose seeds derive from the row, the part and the number."""
    chosen = row.parts[part]
    scenario = load(LIBRARY / f"{chosen.scenario}.yaml", chosen.overrides)
    named = chosen.seeds_of or part
    seeds = (derive_seed(0, f"{row.id}/{named}/{number}") >> 64 for number in numbers)
    return [_run(scenario.model_copy(update={"seed": seed}), chosen.until) for seed in seeds]


def judge(row: Row, samples: Samples, quick: bool = False) -> list[Verdict]:
    """Compare what was measured with the references; a quick look allows for the error of its few seeds too.

    One seed tells no error: where chance hardly matters, the tolerance holds for it as it is.
    """
    verdicts = []
    fewest = min(map(len, samples.values()))
    slack = float(stats.t.ppf(1 - FALSE_ALARMS / 2, fewest - 1)) if quick and fewest > 1 else 0.0
    for quantity in row.quantities:
        if quick and not quantity.quick:
            continue
        measured, error = quantity.statistic(samples)
        allowed = quantity.tolerance + slack * error
        verdicts.append(Verdict(row.id, quantity, measured, error, allowed))
    return verdicts


def _run(scenario: Scenario, until: str) -> dict[str, float]:
    if until == "vectorised":
        return _run_vectorised(scenario)
    simulation = build(scenario)
    measurements = Measurements.attach(simulation)
    checks = Checks.attach(scenario.checks, simulation)
    if until in ("end", "course"):
        run_to_end(simulation, scenario, measurements.tracker)
    else:
        spreading = attach(
            tracker_of(Extinction("informed", "removed"), simulation.topology.nodes), simulation.recorder
        )
        tracker = spreading if until == "extinct" else measurements.tracker
        _run_to_end_of_round(simulation, scenario, tracker)
    simulation.conclude()
    assert simulation.balance().sums
    violated = sum(verdict.verdict == "violated" for verdict in checks.ended(simulation, "duration"))
    sample = {"violated": violated, **dict(_numbers(metrics_of(measurements.ended(simulation))))}
    if until == "course":
        assert isinstance(measurements.tracker, CoherenceTracker)
        sample |= {f"look.{number}": value for number, value in enumerate(measurements.tracker.coherences)}
    return sample


def _run_to_end_of_round(simulation: Simulation, scenario: Scenario, tracker: Tracker) -> None:
    """Run round by round until the tracker's condition holds at the end of one."""
    period = scenario.protocol.period
    for time in range(period, scenario.duration, period):
        simulation.run(time)
        if tracker.converged:
            return


def _run_vectorised(scenario: Scenario) -> dict[str, float]:
    protocol: Any = scenario.protocol
    assert (protocol.timing, protocol.stop, protocol.fanout) == ("rounds", "none", 1)
    workload: Any = scenario.workload
    result = spread(build_topology(scenario), protocol.exchange, scenario.seed, workload.nodes)
    sent = result.transmissions / len(result.informed)
    return {"last_receipt_round": result.last, "messages_per_node_by_kind.Push": sent}


def _numbers(metrics: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """The numbers among metrics, those in mappings as `name.key`."""
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{prefix}{name}.")
        elif isinstance(value, int | float):
            yield prefix + name, float(value)


# Statistics of samples.


def column(samples: Samples, part: str, metric: str) -> np.ndarray:
    """A metric of every run of a part; 0 where a run has none of it."""
    return np.array([sample.get(metric, 0.0) for sample in samples[part]])


def mean(metric: str, part: str = "", scale: float = 1.0) -> Statistic:
    """The mean of a metric, divided by `scale`; metrics joined by `+` are added up."""

    def statistic(samples: Samples) -> tuple[float, float]:
        values = sum(column(samples, part, name) for name in metric.split("+")) / scale
        return float(np.mean(values)), float(stats.sem(values)) if values.size > 1 else 0.0

    return statistic


def deviation(metric: str, part: str = "") -> Statistic:
    """The standard deviation of a metric, its error by that of a variance."""

    def statistic(samples: Samples) -> tuple[float, float]:
        value, error = variance(metric, part)(samples)
        return sqrt(value), error / (2 * sqrt(value)) if value else 0.0

    return statistic


def mean_square(metric: str, part: str = "") -> Statistic:
    """The mean of the square of a metric."""

    def statistic(samples: Samples) -> tuple[float, float]:
        squares = column(samples, part, metric) ** 2
        return float(np.mean(squares)), float(stats.sem(squares))

    return statistic


def share_of(metric: str, value: float, part: str = "") -> Statistic:
    """The share of runs in which a metric has a value."""

    def statistic(samples: Samples) -> tuple[float, float]:
        share = float(np.mean(column(samples, part, metric) == value))
        return share, sqrt(share * (1 - share) / len(samples[part]))

    return statistic


def variance(metric: str, part: str = "", scale: float = 1.0) -> Statistic:
    """The variance of a metric divided by `scale`, its error by the bootstrap."""

    def statistic(samples: Samples) -> tuple[float, float]:
        values = column(samples, part, metric) / scale
        rng = np.random.Generator(np.random.PCG64(1))
        drawn = stats.bootstrap((values,), lambda x, axis: np.var(x, ddof=1, axis=axis), n_resamples=499, rng=rng)
        return float(np.var(values, ddof=1)), float(drawn.standard_error)

    return statistic


def middle(metric: str, part: str = "") -> Statistic:
    """The median of a metric where chance hardly matters, so that no error is reckoned with."""
    return lambda samples: (float(np.median(column(samples, part, metric))), 0.0)


def every(metric: str, reference: float, part: str = "") -> Statistic:
    """The value that is farthest from the reference: equal to it where all are."""

    def statistic(samples: Samples) -> tuple[float, float]:
        values = column(samples, part, metric)
        return float(values[np.argmax(np.abs(values - reference))]), 0.0

    return statistic


def excess(metric: str, bound: float, part: str = "", scale: float = 1.0) -> Statistic:
    """By how much the largest value is above a bound, divided by `scale`; 0 where none is."""

    def statistic(samples: Samples) -> tuple[float, float]:
        return max(0.0, float(np.max(column(samples, part, metric)) - bound)) / scale, 0.0

    return statistic


def share_above(metric: str, threshold: float, part: str = "") -> Statistic:
    """The share of runs in which a metric is above a threshold."""

    def statistic(samples: Samples) -> tuple[float, float]:
        share = float(np.mean(column(samples, part, metric) > threshold))
        return share, sqrt(share * (1 - share) / len(samples[part]))

    return statistic


def quantile(metric: str, share: float, part: str = "", scale: float = 1.0) -> Statistic:
    """A quantile of a metric divided by `scale`, its error by the bootstrap."""

    def statistic(samples: Samples) -> tuple[float, float]:
        values = column(samples, part, metric) / scale
        rng = np.random.Generator(np.random.PCG64(1))
        drawn = stats.bootstrap(
            (values,), lambda x, axis: np.quantile(x, share, axis=axis), n_resamples=499, method="percentile", rng=rng
        )
        return float(np.quantile(values, share)), float(drawn.standard_error)

    return statistic


def shifted(statistic: Statistic, offset: float, factor: float = 1.0) -> Statistic:
    """A statistic times a factor, and something added."""

    def moved(samples: Samples) -> tuple[float, float]:
        value, error = statistic(samples)
        return value * factor + offset, error * abs(factor)

    return moved


def mean_above(metric: str, threshold: float, part: str = "", scale: float = 1.0) -> Statistic:
    """The mean of a metric over the runs in which it is above a threshold."""

    def statistic(samples: Samples) -> tuple[float, float]:
        values = column(samples, part, metric)
        values = values[values > threshold] / scale
        return float(np.mean(values)), float(stats.sem(values))

    return statistic


def rumour_law(messages: str, part: str = "") -> Statistic:
    """-ln s / m of the mean residue s and the mean messages per node m: 1 where s = exp(-m)."""

    def statistic(samples: Samples) -> tuple[float, float]:
        pair = column(samples, part, "residue"), column(samples, part, messages)
        rng = np.random.Generator(np.random.PCG64(1))
        drawn = stats.bootstrap(
            pair, _law, paired=True, vectorized=False, n_resamples=499, method="percentile", rng=rng
        )
        return _law(*pair), float(drawn.standard_error)

    return statistic


def _law(residue: np.ndarray, messages: np.ndarray) -> float:
    return float(-np.log(np.mean(residue)) / np.mean(messages))


def slope(metric: str, small: str, large: str, distance: float) -> Statistic:
    """The difference of the means of two parts over a distance."""

    def statistic(samples: Samples) -> tuple[float, float]:
        (low, low_error), (high, high_error) = mean(metric, small)(samples), mean(metric, large)(samples)
        return (high - low) / distance, sqrt(low_error**2 + high_error**2) / distance

    return statistic
