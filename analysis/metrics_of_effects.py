"""Metrics of what actors do: how long effects take them, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.metric import Metric

if TYPE_CHECKING:
    from analysis.measurements import Measurements


def _timed(run: Measurements) -> bool:
    return bool(run.effects.times)


METRICS_OF_EFFECTS: Final = (
    Metric(
        "effect_time_p50",
        "ns",
        "time that an effect takes the actor that uses it, by effect; of `delivery` until it was received, of `start` "
        "until a spawned actor began: median",
        _timed,
        lambda run: run.effects.quantiles(0.5),
    ),
    Metric("effect_time_p99", "ns", "the same, 99th percentile", _timed, lambda run: run.effects.quantiles(0.99)),
    Metric("effect_time_max", "ns", "the same, longest", _timed, lambda run: run.effects.quantiles(1.0)),
    Metric(
        "effects_per_second",
        "effects/s",
        "how often each effect came about in a second, from the beginning of the run to the last",
        _timed,
        lambda run: run.effects.rates(),
    ),
)
