"""Explaining a run: each fault's cost is the difference to the run without it, and nothing else differs."""

from __future__ import annotations

import json
from itertools import combinations
from math import inf, isnan, nan
from pathlib import Path
from typing import Any

import pytest

import murmur
from scenarios.explain.cost_bars import cost_bars
from scenarios.explain.counterfactual import left_out, without
from scenarios.explain.explanation import compare
from scenarios.explain.outcome import Outcome, difference, estimate
from scenarios.schema import scenario_of
from topologies.errors import InputError

STORE: dict[str, Any] = {
    "name": "store",
    "duration": "20s",
    "seed": 5,
    "topology": {"kind": "mesh", "nodes": 8},
    "network": {"latency": {"kind": "exponential", "mean": "20ms"}, "loss": "2%"},
    "protocol": {"kind": "gossip", "spread": "anti-entropy", "exchange": "push-pull", "period": "400ms"},
    "workload": {"kind": "updates", "rate": "4/s", "keys": 10, "until": "6s"},
    "faults": [
        {"kind": "crash", "target": {"random": 2}, "at": "2s", "restart_after": "3s"},
        {"kind": "loss", "name": "storm", "probability": 0.6, "at": "5s", "heal_after": "4s"},
        {"kind": "partition", "name": "split", "groups": {"halves": True}, "at": "5s", "heal_after": "5s"},
    ],
    "stop_when": "converged",
    "checks": ["messages-balance", "partition-cut"],
}


def run_without(*places: int) -> murmur.Run:
    """A run of the store with some of its faults left out by hand."""
    kept = [fault for place, fault in enumerate(STORE["faults"]) if place not in places]
    return murmur.run({**STORE, "faults": kept})


def numbers(run: murmur.Run) -> tuple[float, float, float]:
    """What is compared of a run."""
    metrics: dict[str, Any] = run.metrics
    sent = metrics["messages"] + metrics["duplicated"]
    return metrics["converged_at"], metrics["messages"], metrics["delivered"] / sent


@pytest.fixture(scope="module")
def explained() -> murmur.Explanation:
    """The explanation of the store's run."""
    return murmur.explain(STORE)


def test_each_cost_is_the_difference_to_the_run_without_the_fault(explained: murmur.Explanation) -> None:
    """For each fault, each pair, and all of them, the numbers are those of runs from which it was taken by hand."""
    whole = numbers(run_without())
    rows = [*explained.single, *explained.pairs, explained.unbroken]
    places = [(0,), (1,), (2,), *combinations(range(3), 2), (0, 1, 2)]
    costs = []
    for row, left in zip(rows, places, strict=True):
        found = numbers(run_without(*left))
        names = ("converged_at", "messages", "delivered_share")
        assert tuple(row.found[name].median for name in names) == found
        cost = tuple(row.cost[name].median for name in names)
        assert cost == pytest.approx(tuple(one - other for one, other in zip(whole, found, strict=True)))
        costs.append(cost)
    assert [row.faults for row in rows[:3]] == [("crash@2s",), ("storm",), ("split",)]
    assert len({cost[1] for cost in costs}) == len(costs), "the faults of this store all matter"
    assert (explained.runs, explained.seeds) == (8, (5,))


def test_what_a_pair_costs_beyond_its_sum(explained: murmur.Explanation) -> None:
    """The interaction is what both cost less what each costs by itself."""
    for pair, (one, other) in zip(explained.pairs, combinations(explained.single, 2), strict=True):
        for name, value in pair.cost.items():
            alone = one.cost[name].median + other.cost[name].median
            assert pair.beyond[name].median == pytest.approx(value.median - alone)
    assert any(pair.beyond["converged_at"].median for pair in explained.pairs)


def test_verdicts_that_change_are_told(explained: murmur.Explanation) -> None:
    """Without the partition no message is cut by one, and that check says something else; the others stay."""
    assert explained.verdicts == {("messages-balance", "holds"): 1, ("partition-cut", "holds"): 1}
    changed = {row.faults: row.changed for row in explained.single}
    assert changed["split",] == {("partition-cut", "holds", "unknown"): 1}
    assert changed["storm",] == {}


def test_a_fault_that_did_nothing_cost_nothing() -> None:
    """A fault that never fires, one that is off and one whose links carry nothing change no number of the run."""
    idle = [
        {"kind": "crash", "name": "late", "target": 0, "when": {"after": "disk-lost"}},
        {"kind": "loss", "name": "off", "at": "1s"},
        {"kind": "loss", "name": "unmet", "probability": 0.5, "messages": ["Refusal"], "at": "1s"},
    ]
    explanation = murmur.explain({**STORE, "faults": [*STORE["faults"], *idle]}, pairs=False)
    assert explanation.pairs == ()
    for row in explanation.single[3:]:
        assert {value.median for value in row.cost.values()} == {0.0}, row.faults
        assert row.changed == {}
    assert [tally["strikes"] for tally in explanation.faults[3:]] == [0, 0, 1]


def test_a_heal_goes_with_what_it_heals() -> None:
    """A plan with a heal of nothing would be refused: a partition takes its heal with it, not the other way round."""
    faults = [
        {"kind": "partition", "name": "split", "groups": {"halves": True}, "at": "2s"},
        {"kind": "heal", "name": "split", "at": "4s"},
        {"kind": "crash", "name": "reboot", "target": 1, "at": "3s", "restart_after": "2s"},
    ]
    scenario = scenario_of({**STORE, "faults": faults})
    assert [fault["kind"] for fault in without(scenario, frozenset((0,)), ())["faults"]] == ["crash"]
    assert [fault["kind"] for fault in without(scenario, frozenset((1,)), ())["faults"]] == ["partition", "crash"]
    explanation = murmur.explain(scenario)
    assert explanation.runs == 6, "none, each, split and reboot, heal and reboot; the rest is the same as one of these"
    assert [pair.faults for pair in explanation.pairs] == [("split", "reboot"), ("split#2", "reboot")]
    assert explanation.single[1].cost["converged_at"].median == -inf, "never, without the heal"


def test_a_plan_of_the_seed_is_explained_as_its_run_is(tmp_path: Path) -> None:
    """A scenario whose plan is drawn, its run, and the folder of its run have the same explanation."""
    scenario = {**STORE, "faults": {"kind": "random", "fewest": 3, "most": 3}}
    run = murmur.run(scenario, tmp_path / "run")
    summaries = [murmur.explain(source).summary for source in (scenario, run, tmp_path / "run")]
    assert summaries[0] == summaries[1] == summaries[2]
    assert [fault["id"] for fault in summaries[0]["faults"]] == [fault["id"] for fault in run.faults]


def test_seeds_give_medians_of_paired_differences() -> None:
    """A cost is the median of the differences seed by seed; the seeds are derived from the run's own."""
    explanation = murmur.explain(STORE, seeds=6, pairs=False)
    assert len(set(explanation.seeds)) == 6
    assert STORE["seed"] not in explanation.seeds
    assert explanation.runs == 5 * 6
    differences = []
    for seed in explanation.seeds:
        whole, other = (murmur.run({**STORE, "seed": seed, "faults": faults}) for faults in (STORE["faults"], []))
        differences.append(numbers(whole)[0] - numbers(other)[0])
    cost = explanation.unbroken.cost["converged_at"]
    assert cost.median == pytest.approx(sum(sorted(differences)[2:4]) / 2)
    assert (cost.low, cost.high, cost.runs) == (min(differences), max(differences), 6)
    assert cost_bars(explanation).facts.endswith("; median of 6 seeds, 95 % interval")


def test_a_plot_speaks_of_intervals_only_where_there_are_some(explained: murmur.Explanation) -> None:
    """Below six seeds there is none, and its words say so."""
    few = murmur.explain(STORE, seeds=2, pairs=False)
    assert cost_bars(few).facts.endswith("; median of 2 seeds")
    assert cost_bars(explained).facts.endswith(f"; one run, seed {STORE['seed']}")


def test_the_summary_is_json(explained: murmur.Explanation) -> None:
    """The summary is plain data without numbers that JSON does not have, and has a row for each fault and pair."""
    summary = json.loads(json.dumps(explained.summary, allow_nan=False))
    assert [row["left_out"] for row in summary["without_one"]] == [["crash@2s"], ["storm"], ["split"]]
    assert len(summary["without_pair"]) == 3
    assert summary["without_all"]["left_out"] == ["crash@2s", "storm", "split"]
    assert summary["without_one"][2]["verdicts_changed"] == [
        {"check": "partition-cut", "with": "holds", "without": "unknown", "runs": 1}
    ]


def test_a_protocol_without_convergence_is_compared_by_its_messages() -> None:
    """Where nothing says what convergence is, time is no number, and messages are compared all the same."""
    scenario = {**STORE, "protocol": {"kind": "tests.unit.scenarios.plain_protocol:Plain"}, "workload": None}
    scenario |= {"stop_when": None, "checks": [], "duration": "10s"}
    explanation = murmur.explain(scenario, plugins=["tests.unit.scenarios.plain_protocol"])
    assert isnan(explanation.whole["converged_at"].median)
    assert explanation.single[0].cost["messages"].median < 0


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({"faults": []}, {}, "store has no faults to explain"),
        ({}, {"seeds": 0}, "found 0 seeds; expected at least 1"),
        ({}, {"workers": 0}, "found 0 workers; expected at least 1"),
        ({}, {"seeds": 50_000}, r"found 8 plans under 50,000 seeds; expected at most 100,000 runs"),
    ],
)
def test_what_cannot_be_explained_is_said(changes: dict[str, Any], options: dict[str, Any], message: str) -> None:
    """A run without faults and numbers out of range are refused with what was found and what to do."""
    with pytest.raises(InputError, match=message):
        murmur.explain({**STORE, **changes}, **options)


def test_a_run_that_is_not_the_same_again_is_refused(tmp_path: Path) -> None:
    """Where the folder's digest is another than that of the run made again, an explanation would be of another run."""
    murmur.run(STORE, tmp_path / "run")
    manifest = tmp_path / "run" / "manifest.json"
    data = json.loads(manifest.read_text(encoding="utf-8"))
    data["digest"] = "0" * len(data["digest"])
    manifest.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError):
        murmur.explain(tmp_path / "run")


@pytest.mark.parametrize(
    ("faults", "pairs", "plans"),
    [
        (1, True, [(), (0,)]),
        (2, False, [(), (0,), (1,), (0, 1)]),
        (3, False, [(), (0,), (1,), (2,), (0, 1, 2)]),
        (3, True, [(), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]),
    ],
)
def test_plans_leave_out_each_fault_each_pair_and_all(faults: int, pairs: bool, plans: list[tuple[int, ...]]) -> None:
    """None, each one, each pair where wanted, all; no plan twice."""
    assert left_out(faults, pairs) == tuple(map(frozenset, plans))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0], (3.0, None, None, 1)),
        ([1.0, 2.0, 4.0], (2.0, None, None, 3)),
        (range(6), (2.5, 0.0, 5.0, 6)),
        (range(20), (9.5, 5.0, 14.0, 20)),
        ([1.0, nan, 3.0], (2.0, None, None, 2)),
        ([1.0, 2.0, 3.0, inf, inf, inf], (3.0, 1.0, inf, 6)),
        ([inf] * 7, (inf, inf, inf, 7)),
    ],
)
def test_estimates_are_medians_with_the_interval_of_the_sign_test(values: Any, expected: tuple[Any, ...]) -> None:
    """The interval is between order statistics: all of six values, the 6th to the 15th of twenty."""
    found = estimate([float(value) for value in values])
    assert (found.median, found.low, found.high, found.runs) == expected


def test_runs_that_never_converged_count_as_later_than_all() -> None:
    """A run that converges only without a fault has an infinite cost; where neither does, nothing is known."""
    assert (difference(inf, 5.0), difference(5.0, inf), difference(7.0, 5.0)) == (inf, -inf, 2.0)
    assert isnan(difference(inf, inf))


def test_runs_that_failed_are_counted_and_left_out() -> None:
    """A seed whose run without a fault ended in an error is in no difference, and is counted."""
    one, other = Outcome(10.0, 100, 1.0, 0.0, {"c": "holds"}), Outcome(4.0, 90, 1.0, 0.0, {"c": "violated"})
    row = compare({frozenset(): [one, one], frozenset((0,)): [None, other]}, frozenset((0,)), ["crash"])
    assert (row.cost["converged_at"].median, row.cost["messages"].median, row.failed) == (6.0, 10.0, 1)
    assert row.changed == {("c", "holds", "violated"): 1}


SWARM: dict[str, Any] = {
    "name": "swarm",
    "duration": "1s",
    "topology": {"kind": "mesh", "nodes": 6},
    "protocol": {"kind": "attractor", "period": "200ms"},
    "faults": [{"kind": "disrupt", "target": "all", "at": "700ms"}],
}


def test_metrics_that_are_asked_for_are_compared_too() -> None:
    """Their costs are differences of what the runs say; a time of which a run has none has no cost."""
    names = ["coherence_mean", "convergence_losses", "messages", "swarm_recovery_max"]
    explanation = murmur.explain(SWARM, metrics=names)
    (row,) = explanation.single
    broken, whole = murmur.run(SWARM).metrics, murmur.run({**SWARM, "faults": []}).metrics
    for name in ("coherence_mean", "convergence_losses"):
        cost = broken[name] - whole[name]  # type: ignore[operator]
        assert (row.cost[name].median, row.found[name].median) == (cost, whole[name])
        assert cost != 0
    assert isnan(row.cost["swarm_recovery_max"].median)
    assert list(explanation.metrics) == names
    json.dumps(explanation.summary)


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("coherense", "did you mean coherence?"),
        ("final_size", "swarm has no metric final_size"),
        ("swarm_recovery_by_fault", "ask for one entry, such as swarm_recovery_by_fault[.]"),
        ("coherence.x", "coherence.x is no number that could be compared"),
    ],
)
def test_metrics_that_cannot_be_compared_are_refused(metric: str, told: str) -> None:
    """By what is wrong with them, before anything else is run."""
    with pytest.raises(InputError, match=told):
        murmur.explain(SWARM, metrics=[metric])
