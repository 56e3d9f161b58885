"""What changed between two studies: caught where something did, and seldom claimed where nothing did."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from analysis.study_comparison.comparison import StudyComparison, compare_studies
from analysis.study_comparison.judgement import Judgement
from analysis.study_view import StudyView
from topologies.errors import InputError

SECOND = 1_000_000_000
Values = Mapping[str, Sequence[float | None]]


def study(
    values: Values | Mapping[Any, Values], seeds: int = 0, name: str = "study", factor: str = "size", **columns: Any
) -> StudyView:
    """Return a study of these values by metric, of one cell or of a cell for each label of a factor.

    Seeds count from `seeds`; `columns` are more columns, the same in each cell.
    """
    cells = values if isinstance(next(iter(values.values())), Mapping) else {1: values}
    frames = []
    for number, (label, metrics) in enumerate(cells.items()):
        assert isinstance(metrics, Mapping)
        frame = pd.DataFrame({metric: np.array(of, dtype=float) for metric, of in metrics.items()})
        count = np.arange(len(frame))
        more = {"cell": number, "replicate": count, "seed": count + seeds, "ended_ns": 60 * SECOND, "error": None}
        frames.append(frame.assign(**{factor: label}, **more, digest=[f"{name}-{i}" for i in count], **columns))
    metrics = tuple(dict.fromkeys(metric for of in cells.values() for metric in of))
    checks = tuple(column.removeprefix("check.") for column in columns if column.startswith("check."))
    return StudyView(name, pd.concat(frames, ignore_index=True), (factor,), metrics, checks=checks)


def row(found: StudyComparison, name: str) -> Judgement:
    """Return the only row of a name."""
    (one,) = [row for row in found.rows if row.change.name == name]
    return one


def times(count: int, seed: int = 0, factor: float = 1.0) -> list[float]:
    """Return times that differ from run to run, in nanoseconds."""
    return (np.random.default_rng(seed).lognormal(0, 0.3, count) * 5 * SECOND * factor).tolist()


def test_a_slower_protocol_is_caught_and_an_equal_one_passes() -> None:
    """Ten per cent more time is worse beyond a bound of five; the same runs are identical, which keeps any bound."""
    one, other = times(20), [1.1 * time + 1000 * i for i, time in enumerate(times(20))]
    slower = compare_studies(study({"converged_at": one}), study({"converged_at": other}), worse_by=0.05)
    assert (slower.exit_code, row(slower, "converged_at").verdict) == (1, "worse")
    change = row(slower, "converged_at").change
    assert (change.pairs, change.runs) == (20, (20, 20))
    assert change.difference is not None
    assert change.difference.relative is not None
    assert change.difference.relative.value == pytest.approx(0.1, abs=1e-3)
    back = compare_studies(study({"converged_at": other}), study({"converged_at": one}), worse_by=0.05)
    assert (back.exit_code, row(back, "converged_at").verdict, row(back, "converged_at").bound) == (0, "better", "kept")
    same = compare_studies(study({"converged_at": one}), study({"converged_at": one}), worse_by=0.0)
    assert (same.exit_code, row(same, "converged_at").verdict) == (0, "identical")
    assert same.identical == ("",)


@pytest.mark.parametrize(
    ("metric", "factor", "verdict", "code"),
    [
        ("throughput", 0.8, "worse", 1),
        ("throughput", 1.25, "better", 0),
        ("messages_per_node", 1.25, "worse", 1),
        ("elections", 1.25, "differs", 0),
        ("a-metric-of-another-version", 1.25, "differs", 0),
    ],
)
def test_what_is_worse_depends_on_the_metric(metric: str, factor: float, verdict: str, code: int) -> None:
    """Less throughput is worse and fewer messages are better; of what is neither, a difference fails nothing."""
    one = times(12)
    found = compare_studies(study({metric: one}), study({metric: [factor * each for each in one]}), worse_by=0.1)
    assert (found.exit_code, row(found, metric).verdict) == (code, verdict)


MANY = pytest.param(400, marks=pytest.mark.full)


@pytest.mark.parametrize("comparisons", [40, MANY])
def test_false_alarms_are_as_rare_as_they_say(comparisons: int) -> None:
    """Of comparisons of two metrics in two cells where nothing changed, about 5 % call anything worse or better.

    Half of them are paired and half not. Without a correction for four rows it would be up to 19 %.
    """
    random, alarms, uncorrected = np.random.default_rng(7), 0, 0
    for number in range(comparisons):
        sides = []
        for seeds in (0, 0 if number % 2 else 1_000):
            cells = {
                size: {"converged_at": random.lognormal(0, 0.4, 12), "messages": random.normal(100, 10, 12)}
                for size in (8, 16)
            }
            sides.append(study(cells, seeds))
        found = compare_studies(*sides)
        alarms += any(row.verdict in ("worse", "better") for row in found.rows)
        tests = [row.change.difference.test.p for row in found.rows if row.change.difference]
        uncorrected += min(tests) < 0.05
        assert found.exit_code == (1 if any(row.verdict == "worse" for row in found.rows) else 0)
    print(f"{alarms} false alarms of {comparisons}, {uncorrected} without a correction")
    assert alarms <= binom.ppf(0.995, comparisons, 0.05)
    assert binom.ppf(0.005, comparisons, 0.17) <= uncorrected <= binom.ppf(0.995, comparisons, 0.19)


@pytest.mark.parametrize("comparisons", [25, MANY])
def test_a_bound_is_seldom_kept_by_what_reaches_it(comparisons: int) -> None:
    """Of comparisons of what is worse by exactly the bound few pass, and of what is equal most do and none fails."""
    random = np.random.default_rng(3)
    codes = {0.1: [0, 0, 0, 0], 0.0: [0, 0, 0, 0]}
    for by, ended in codes.items():
        for _ in range(comparisons):
            common = random.lognormal(0, 0.3, 25)
            one, other = (common * random.lognormal(-0.005, 0.1, 25) for _ in range(2))
            found = compare_studies(study({"messages": one}), study({"messages": other * (1 + by)}), worse_by=0.1)
            ended[found.exit_code] += 1
    print(f"exit codes of {comparisons}, by how much worse it was: {codes}")
    assert codes[0.1][0] <= binom.ppf(0.995, comparisons, 0.04), "2.5 %, and what the bootstrap of 25 pairs adds"
    assert codes[0.0][0] >= 0.8 * comparisons
    assert codes[0.0][1] == 0


def test_too_few_runs_say_so_and_how_many_would_do() -> None:
    """An interval that reaches beyond the bound ends with 3 and tells about how many runs would decide it."""
    few = [study({"messages": times(8, seed)}, seeds=100 * seed) for seed in (1, 2)]
    found = compare_studies(*few, worse_by=0.05)
    assert (found.exit_code, row(found, "messages").verdict) == (3, "cannot tell")
    assert found.runs_needed is not None
    assert found.runs_needed > 8
    many = [study({"messages": times(4 * found.runs_needed, seed)}, seeds=10_000 * seed) for seed in (1, 2)]
    assert compare_studies(*many, worse_by=0.05).exit_code != 3
    assert compare_studies(study({"messages": [5.0]}), study({"messages": [6.0]}), worse_by=0.05).exit_code == 3


def test_runs_pair_by_seed_and_others_do_not() -> None:
    """Rows with the same seed are compared whatever their order; where few seeds match, all runs are, unpaired."""
    one = study({"messages": times(20)})
    shuffled = replace(one, frame=one.frame.sample(frac=1, random_state=1))
    assert row(compare_studies(one, shuffled), "messages").verdict == "identical"
    more = study({"messages": times(30)})
    found = row(compare_studies(one, more), "messages").change
    assert (found.pairs, found.runs) == (20, (20, 20))
    other = study({"messages": times(30, 2)}, seeds=15)
    found = row(compare_studies(one, other), "messages").change
    assert (found.pairs, found.runs) == (0, (20, 30))


@pytest.mark.parametrize("seeds", [0, 500])
def test_times_that_never_came_are_worse_than_any_that_did(seeds: int) -> None:
    """Half of the runs that do not come to it any more are caught, though those that do are faster; by seed or not."""
    one = times(24)
    other: list[float | None] = [0.9 * time if i % 2 else None for i, time in enumerate(one)]
    for before, after, verdict in ((one, other, "worse"), (other, one, "better")):
        found = row(
            compare_studies(study({"converged_at": before}), study({"converged_at": after}, seeds)), "converged_at"
        )
        assert found.verdict == verdict
        assert found.change.until == 60 * SECOND
        assert found.change.order is not None
        assert found.change.order.name == ("log-rank" if seeds else "sign")
    medians = compare_studies(study({"converged_at": one}), study({"converged_at": other}, seeds), statistic="median")
    assert json.dumps(medians.summary["rows"][0]["name"]) == '"converged_at"'


def test_a_time_that_came_on_one_side_alone_is_no_tie() -> None:
    """A recovery that never came in any run is worse than one that always did, though its time is from no beginning."""
    never, always = {"swarm_recovery_max": [None] * 12}, {"swarm_recovery_max": times(12)}
    both = {"swarm_recovery_max": [*times(1), *[None] * 11]}
    for worse in (both, never):
        found = compare_studies(study(always), study(worse))
        assert (row(found, "swarm_recovery_max").verdict, found.exit_code) == ("worse", 1)
        assert row(compare_studies(study(worse), study(always)), "swarm_recovery_max").verdict == "better"
    with pytest.raises(InputError, match="nothing to compare"):
        compare_studies(study(never), study(never))
    with pytest.raises(InputError, match="no run of either study, or of one of them, has a value of messages"):
        compare_studies(study({"messages": times(12)}), study({"messages": [None] * 12}), metrics=["messages"])


def test_a_time_that_never_comes_any_more_is_worse() -> None:
    """A study of which no run converges is compared with one of which all did, with a bound and without."""
    one, other = study({"converged_at": times(12)}), study({"converged_at": [None] * 12})
    for bound in (None, 0.05):
        found = compare_studies(one, other, worse_by=bound)
        assert (found.exit_code, row(found, "converged_at").verdict, found.not_compared) == (1, "worse", ())


@pytest.mark.parametrize("seeds", [0, 500])
def test_what_is_not_measured_any_more_keeps_no_bound(seeds: int) -> None:
    """A cell without any value of what it had before cannot be told to be no worse; nor can other seeds' runs."""
    one = study({8: {"latency_p99": times(12)}, 16: {"latency_p99": times(12)}})
    other = study({8: {"latency_p99": times(12)}, 16: {"latency_p99": [None] * 12}}, seeds)
    found = compare_studies(one, other, worse_by=5.0)
    assert [row.bound for row in found.rows] == ["kept", "not excluded"]
    assert (found.exit_code, found.rows[1].verdict) == (3, "cannot tell")
    apart = study({"latency_p99": [*times(6), *[None] * 6]}), study({"latency_p99": [*[None] * 6, *times(6)]})
    assert compare_studies(*apart, worse_by=5.0).exit_code == 3


@pytest.mark.parametrize("seeds", [0, 500])
def test_times_cut_by_a_run_that_ended_early_keep_no_bound(seeds: int) -> None:
    """Where one run ended before any time came, all times are cut there, and are alike without telling anything."""
    one = study({"converged_at": times(12)})
    other = study({"converged_at": [None, *[4 * time for time in times(11)]]}, seeds)
    early = replace(other, frame=other.frame.assign(ended_ns=[SECOND // 2, *[60 * SECOND] * 11]))
    found = compare_studies(one, early, worse_by=0.05)
    assert row(found, "converged_at").change.cut == 23
    assert (found.exit_code, row(found, "converged_at").verdict) == (3, "cannot tell")


def test_medians_of_which_neither_came_are_told_apart_by_their_ranks() -> None:
    """Where it comes in less than half of the runs on both sides, coming more often is better, and less often worse."""
    never = study({"converged_at": [None] * 20})
    sometimes = study({"converged_at": [*times(8), *[None] * 12]}, seeds=500)
    for first, second, verdict in ((never, sometimes, "better"), (sometimes, never, "worse")):
        found = row(compare_studies(first, second, statistic="median"), "converged_at")
        assert found.verdict == verdict
        assert found.change.difference is not None
        assert found.change.difference.value.value == 0.0


def test_checks_and_failures_count() -> None:
    """A check that does not hold any more, and runs that end in an error, are worse, however good the others are."""
    one = study({"messages": times(20)}, **{"check.converged": "holds"})
    broken = study({"messages": times(20)}, **{"check.converged": ["holds", "unknown"] * 10})
    found = compare_studies(one, broken, worse_by=0.05)
    assert (found.exit_code, row(found, "converged").verdict) == (1, "worse")
    assert row(compare_studies(broken, one), "converged").verdict == "better"
    errors = replace(one, frame=one.frame.assign(error=["it failed", None] * 10))
    found = compare_studies(one, errors, worse_by=0.05)
    assert (found.exit_code, row(found, "failed runs").verdict) == (1, "worse")
    assert row(found, "messages").change.runs == (10, 10)
    assert row(found, "converged").bound == "kept"
    all_failed = replace(one, frame=one.frame.assign(error="it failed"))
    found = compare_studies(one, all_failed)
    assert ([row.change.name for row in found.rows], found.exit_code) == (["failed runs"], 1)


def test_cells_belong_together_by_labels() -> None:
    """Cells with the same labels are compared, as 16 and 16.0; others are named, and so is what one alone reports."""
    one = study({8: {"messages": times(12)}, 16: {"messages": times(12)}}, name="one")
    other = study({16.0: {"messages": times(12), "lost": times(12)}, 32: {"messages": times(12)}}, name="other")
    found = compare_studies(one, other)
    assert [row.change.cell for row in found.rows] == ["16 → 16.0"]
    assert (found.only_first, found.only_second, found.not_compared) == (("8",), ("32.0",), ("lost",))
    with pytest.raises(InputError, match=r"no cell of one has the labels of one of other.*--pair '8=5'"):
        compare_studies(one, study({5: {"messages": times(9)}, 6: {"messages": times(9)}}, name="other"))


def test_cells_are_named_and_chosen() -> None:
    """Pairs and choices name cells by labels or numbers, of one study too, and only cells of either."""
    both = study({"ring": {"messages": times(12)}, "star": {"messages": times(12, 1)}}, factor="topology.kind")
    found = compare_studies(both, both, pairs={"ring": "star"})
    assert [(row.change.cell, row.change.pairs) for row in found.rows] == [("ring → star", 12)]
    assert compare_studies(both, both, pairs={"0": "1"}).rows == found.rows
    assert [row.change.cell for row in compare_studies(both, both, cells=["star"]).rows] == ["star"]
    with pytest.raises(InputError, match="found the cell 'mesh'; those of study are ring, star"):
        compare_studies(both, both, pairs={"ring": "mesh"})
    alone, other = study({"messages": times(12)}, factor="a"), study({"messages": times(12)}, factor="b")
    assert [row.change.cell for row in compare_studies(alone, other).rows] == [""]


def test_what_was_nothing_may_not_rise() -> None:
    """Of what was 0 before there is no part to be worse by: any rise beyond noise is beyond the bound."""
    one = study({"lost": [0.0] * 12})
    found = compare_studies(one, study({"lost": [5.0 + i % 3 for i in range(12)]}), worse_by=0.5)
    assert (found.exit_code, row(found, "lost").bound) == (1, "exceeded")
    assert compare_studies(one, one, worse_by=0.0).exit_code == 0
    noise = np.random.default_rng(2).normal(3, 10, 12)
    unsure = row(compare_studies(one, study({"lost": noise}), worse_by=0.5), "lost")
    assert unsure.bound == "not excluded"
    assert unsure.change.difference is not None
    value, low = unsure.change.difference.value.value, unsure.change.difference.value.low
    assert low is not None
    assert unsure.runs_needed == ceil(12 * ((value - low) / value) ** 2), "until the interval leaves 0, not 0.5"


def test_a_wrong_bound_is_refused_and_results_are_plain() -> None:
    """A bound below 0 makes no sense; the summary is plain data, and the frame has a row for each thing compared."""
    one = study({"messages": times(12), "lost": times(12, 5)})
    with pytest.raises(InputError, match="expected 0 or more"):
        compare_studies(one, one, worse_by=-0.1)
    found = compare_studies(one, study({"messages": times(12, 3), "lost": times(12, 4)}))
    assert json.loads(json.dumps(found.summary))["rows"][0]["name"] == "messages"
    frame = found.frame()
    assert list(frame["name"]) == ["messages", "lost"]
    assert {"difference.value", "relative.low", "p_adjusted", "verdict"} <= set(frame.columns)
    least = min(row.change.difference.test.p for row in found.rows if row.change.difference)
    assert min(row.adjusted for row in found.rows) == pytest.approx(min(1.0, 2 * least))
