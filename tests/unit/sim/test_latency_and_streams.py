"""Random streams and latency models: right distributions, exact bounds, and clear errors."""

from math import log
from statistics import fmean, median, stdev

import numpy
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from sim.network.latency import Latency, ParetoLatency
from sim.randomness import MULTIPLIER, Stream, Streams

DRAWS = 20_000
FALSE_ALARM = 1e-6

LATENCY = TypeAdapter(Latency)


def stream(name: str = "test") -> Stream:
    return Streams(2026).stream(name)


@pytest.mark.parametrize(
    ("draw", "distribution"),
    [
        (lambda s: s.random(), stats.uniform()),
        (lambda s: s.uniform(2, 5), stats.uniform(2, 3)),
        (lambda s: s.exponential(3.0), stats.expon(scale=3.0)),
        (lambda s: s.normal(1.0, 2.0), stats.norm(1.0, 2.0)),
        (lambda s: s.lognormal(5.0, 0.4), stats.lognorm(0.4, scale=5.0)),
        (lambda s: s.pareto(2.0, 1.5), stats.pareto(1.5, scale=2.0)),
    ],
)
def test_continuous_draws_follow_their_distribution(draw, distribution) -> None:
    """Kolmogorov-Smirnov on 20,000 draws, at a false-alarm rate of one in a million."""
    source = stream()
    assert stats.kstest([draw(source) for _ in range(DRAWS)], distribution.cdf).pvalue > FALSE_ALARM


@pytest.mark.parametrize(
    ("draw", "probabilities"),
    [
        (lambda s: s.below(7), [1 / 7] * 7),
        (lambda s: "abcde".index(s.choice("abcde")), [1 / 5] * 5),
        (lambda s: min(s.geometric(0.3), 6) - 1, [0.3 * 0.7**n for n in range(5)] + [0.7**5]),
        (lambda s: int(s.bernoulli(0.2)), [0.8, 0.2]),
        (lambda s: s.bits(3), [1 / 8] * 8),
    ],
)
def test_discrete_draws_have_their_probabilities(draw, probabilities) -> None:
    """Chi-square on 20,000 draws, at a false-alarm rate of one in a million."""
    source = stream()
    counts = numpy.bincount([draw(source) for _ in range(DRAWS)], minlength=len(probabilities))
    assert stats.chisquare(counts, numpy.array(probabilities) * DRAWS).pvalue > FALSE_ALARM


def test_samples_are_distinct_and_every_order_is_as_likely() -> None:
    """All six ordered pairs of three items come equally often; a sample of all items is a permutation."""
    source = stream()
    counts: dict[tuple, int] = {}
    for _ in range(6_000):
        pair = tuple(source.sample("abc", 2))
        counts[pair] = counts.get(pair, 0) + 1
    assert len(counts) == 6
    assert stats.chisquare(list(counts.values())).pvalue > FALSE_ALARM
    assert sorted(source.sample(range(50), 50)) == list(range(50))


def test_shuffling_makes_every_permutation_as_likely() -> None:
    """All 24 orders of four items come equally often."""
    source = stream()
    counts: dict[tuple, int] = {}
    for _ in range(24_000):
        items = [0, 1, 2, 3]
        source.shuffle(items)
        counts[tuple(items)] = counts.get(tuple(items), 0) + 1
    assert len(counts) == 24
    assert stats.chisquare(list(counts.values())).pvalue > FALSE_ALARM


def test_neighbouring_streams_do_not_correlate() -> None:
    """First draws over 5,000 numbered streams are uniform; paired streams show no correlation."""
    firsts = [Streams(1).stream(f"gossip/{number}").random() for number in range(5_000)]
    assert stats.kstest(firsts, "uniform").pvalue > FALSE_ALARM
    left, right = stream("gossip/1"), stream("gossip/2")
    pairs = [(left.random(), right.random()) for _ in range(DRAWS)]
    assert stats.pearsonr(*zip(*pairs, strict=True)).pvalue > FALSE_ALARM


def test_the_generator_is_the_one_that_it_says() -> None:
    """The state follows x → x · 0xDA942042E4DD58B5 mod 2**128, and the highest 53 bits are given out."""
    source = Stream(12345)
    state = source.state
    for _ in range(100):
        value = source.random()
        state = state * MULTIPLIER % 2**128
        assert value == (state >> 75) / 2**53
    assert state % 2 == 1


def latencies(options, draws: int = DRAWS) -> list[int]:
    sampler, source = LATENCY.validate_python(options).sampler(), stream()
    return [sampler(source) for _ in range(draws)]


@pytest.mark.parametrize(
    ("options", "distribution"),
    [
        ({"kind": "uniform", "low": "1us", "high": "3us"}, stats.uniform(1_000, 2_001)),
        ({"kind": "exponential", "mean": "2ms", "minimum": "1ms"}, stats.expon(1e6, 2e6)),
        ({"kind": "lognormal", "median": "5ms", "sigma": 0.4}, stats.lognorm(0.4, scale=5e6)),
        ({"kind": "pareto", "minimum": "1ms", "shape": 2.5}, stats.pareto(2.5, scale=1e6)),
        ({"kind": "weibull", "scale": "3ms", "shape": 0.6}, stats.weibull_min(0.6, scale=3e6)),
    ],
)
def test_latency_models_follow_their_distribution(options, distribution) -> None:
    """Kolmogorov-Smirnov on 20,000 delays, spread within their nanosecond, at one false alarm in a million."""
    inside = stream("inside")
    values = [value + inside.random() for value in latencies(options)]
    assert stats.kstest(values, distribution.cdf).pvalue > FALSE_ALARM
    model = LATENCY.validate_python(options)
    assert abs(fmean(values) - model.mean_ns) < 5 * stdev(values) / DRAWS**0.5 + 1


def test_constant_and_empirical_latencies_give_what_they_were_given() -> None:
    """A constant takes no draw; samples come with their weights and nothing else comes."""
    assert set(latencies("3ms", 10)) == {3_000_000}
    assert set(latencies({"kind": "empirical", "samples": ["1ms", "4ms"]})) == {1_000_000, 4_000_000}
    weighted = latencies({"kind": "empirical", "samples": ["1ms", "4ms"], "weights": [1.0, 3.0]})
    share = weighted.count(4_000_000) / DRAWS
    assert abs(share - 0.75) < 5 * (0.75 * 0.25 / DRAWS) ** 0.5


def test_the_lognormal_median_is_its_median() -> None:
    """Half of the delays are below the median, and the logarithm has the stated deviation."""
    values = latencies({"kind": "lognormal", "median": "5ms", "sigma": 0.4})
    assert abs(log(median(values) / 5e6)) < 5 * 0.4 * 1.2533 / DRAWS**0.5
    assert abs(stdev(map(log, values)) - 0.4) < 5 * 0.4 / (2 * DRAWS) ** 0.5


def test_a_heavy_tail_is_cut_where_the_model_says() -> None:
    """Pareto delays of infinite mean stay below their maximum."""
    values = latencies({"kind": "pareto", "minimum": "1ms", "shape": 0.5, "maximum": "1s"})
    assert max(values) == 1_000_000_000
    assert ParetoLatency(minimum="1ms", shape=0.5).mean_ns == float("inf")


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "uniform", "low": "3ms", "high": "1ms"},
        {"kind": "exponential", "mean": "-1ms"},
        {"kind": "exponential", "mean": "0s"},
        {"kind": "lognormal", "median": "1ms", "sigma": -0.1},
        {"kind": "lognormal", "median": "1ms", "sigma": float("nan")},
        {"kind": "pareto", "minimum": "1ms", "shape": 0},
        {"kind": "weibull", "scale": "1ms", "shape": 0},
        {"kind": "empirical", "samples": []},
        {"kind": "empirical", "samples": ["1ms"], "weights": [1.0, 2.0]},
        {"kind": "gaussian", "mean": "1ms"},
        "5 parsecs",
        None,
    ],
)
def test_impossible_latencies_are_refused(options) -> None:
    """Bounds the wrong way round, no samples, unknown kinds and units: each is a validation error."""
    with pytest.raises(ValidationError):
        LATENCY.validate_python(options)
