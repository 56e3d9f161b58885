"""Verdicts: of a setup from its runs, of a claim from its setups, with every way to know too little."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pydantic import TypeAdapter

from analysis.estimates import Estimate
from scenarios.claims.bound import Claimed
from scenarios.claims.measure import Measure
from scenarios.claims.outcome import Outcome, outcome_of
from scenarios.claims.result import Judged
from scenarios.claims.schema import claims_file_of
from scenarios.command_line.claims_report import conclusion, markdown_of
from scenarios.document import Document
from sim.units import SECOND

MEASURES: TypeAdapter[Any] = TypeAdapter(Measure)


def runs(values: list[Any], metric: str = "converged_at", failed: int = 0, **columns: list[Any]) -> pd.DataFrame:
    """The rows of the runs of a cell: some with a value, none where it never came, and some that failed at the end."""
    error = [None] * len(values) + ["it broke"] * failed
    more = {name.replace("__", "."): [*of, *[None] * failed] for name, of in columns.items()}
    frame = {
        "replicate": range(len(error)),
        "error": error,
        metric: pd.Series([*values, *[None] * failed], dtype=float),
    }
    return pd.DataFrame({**frame, **more})


def outcome(measure: dict[str, Any], claimed: dict[str, Any], *cells: pd.DataFrame, roles: Any = None) -> Outcome:
    """What a setup comes to."""
    of = MEASURES.validate_python(measure)
    named = dict(zip(roles or ("measured", "against"), cells, strict=False))
    return outcome_of("here", "study", of, Claimed(**claimed).bounds(of.unit), named)


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ((1.0, 2.0), "holds"),
        ((0.0, 3.0), "holds"),
        ((2.5, 3.5), "undecided"),
        ((-1.0, 4.0), "undecided"),
        ((3.1, 4.0), "fails"),
        ((-2.0, -0.1), "fails"),
        ((3.1, float("inf")), "fails"),
        ((2.0, float("inf")), "undecided"),
        ((1.0, None), "undecided"),
        ((4.0, None), "fails"),
        ((None, -1.0), "fails"),
        ((None, None), "undecided"),
    ],
)
def test_an_interval_is_judged_by_where_it_lies(interval: tuple[Any, Any], verdict: str) -> None:
    """Wholly within the bounds it holds, wholly outside it fails, else it is undecided; an unknown end is far away."""
    bounds = Claimed(between=(0, 3)).bounds("messages")
    assert bounds.verdict(Estimate(1.0, *interval)) == verdict
    assert bounds.verdict(None) == "undecided"


@pytest.mark.parametrize(
    ("claimed", "unit", "bounds"),
    [
        ({"at_most": "1.5s"}, "ns", (float("-inf"), 1.5 * SECOND)),
        ({"at_least": "99.9%"}, "share", (0.999, float("inf"))),
        ({"at_most": "-90%"}, "difference", (float("-inf"), -0.9)),
        ({"about": "800ms", "tolerance": "200ms"}, "ns", (0.6 * SECOND, SECOND)),
        ({"between": (1, 2.5)}, "ratio", (1, 2.5)),
        ({"about": 0.7, "tolerance": "5%"}, "share of nodes", (0.65, 0.75)),
    ],
)
def test_bounds_are_read_with_their_units(claimed: dict[str, Any], unit: str, bounds: tuple[float, float]) -> None:
    """Durations, shares, differences and plain numbers come to base units, exactly."""
    found = Claimed(**claimed).bounds(unit)
    assert (found.low, found.high) == bounds


TIMES = [SECOND + 10_000_000 * run for run in range(40)]
MEDIAN = {"kind": "value", "metric": "converged_at"}
CAME = {"kind": "came", "metric": "converged_at"}


@pytest.mark.parametrize(
    ("measure", "claimed", "cell", "verdict", "value"),
    [
        (MEDIAN, {"at_most": "2s"}, runs(TIMES), "holds", 1.195 * SECOND),
        (MEDIAN, {"at_most": "1s"}, runs(TIMES), "fails", 1.195 * SECOND),
        (MEDIAN, {"at_most": "2s"}, runs([*TIMES, *[None] * 41]), "undecided", "never"),
        (MEDIAN, {"at_most": "2s"}, runs([*TIMES[:10], *[None] * 90]), "fails", "never"),
        (MEDIAN, {"at_least": "2s"}, runs([None] * 40), "holds", "never"),
        (MEDIAN, {"at_most": "2s"}, runs([None] * 5), "undecided", "never"),
        (MEDIAN, {"at_most": "2s"}, runs([], failed=40), "undecided", None),
        ({**MEDIAN, "statistic": "p90"}, {"at_most": "2s"}, runs(TIMES), "holds", 1.35 * SECOND),
        ({**MEDIAN, "statistic": "p99"}, {"at_most": "2s"}, runs(TIMES), "undecided", 1_390_000_000),
        (CAME, {"at_least": "80%"}, runs([*TIMES, None]), "holds", 40 / 41),
        (CAME, {"at_least": "99.9%"}, runs(TIMES), "undecided", 1.0),
        (CAME, {"at_least": "99.9%"}, runs([*TIMES, *[None] * 40]), "fails", 0.5),
        (CAME, {"at_least": "80%"}, runs([], failed=3), "undecided", None),
        ({"kind": "holds", "check": "converged"}, {"at_least": "80%"}, runs(TIMES), "undecided", None),
        (
            {"kind": "holds", "check": "converged"},
            {"at_least": "80%"},
            runs(TIMES, check__converged=["holds"] * 20 + ["unknown"] * 20),
            "fails",
            0.5,
        ),
        (
            {"kind": "value", "metric": "messages", "statistic": "mean"},
            {"between": [1, 2]},
            runs([1, 2] * 20, "messages"),
            "holds",
            1.5,
        ),
        (
            {"kind": "value", "metric": "messages", "statistic": "mean"},
            {"between": [1, 2]},
            runs([1, 2], "messages"),
            "undecided",
            1.5,
        ),
    ],
)
def test_a_setup_is_judged_by_its_runs(
    measure: dict[str, Any], claimed: dict[str, Any], cell: pd.DataFrame, verdict: str, value: Any
) -> None:
    """Medians count what never came as latest; runs that failed count nowhere; few runs tell nothing."""
    found = outcome(measure, claimed, cell, roles=("",))
    assert (found.verdict, found.plain()["value"]) == (verdict, value)
    assert found.failed == int(cell["error"].notna().sum())
    assert found.error == ("it broke" if found.failed else None)


def test_how_many_runs_would_tell_a_share_near_one_is_said() -> None:
    """Of 40 runs that all converge, over 99.9 % cannot be told; the number of such runs that would is Wilson's."""
    assert outcome(CAME, {"at_least": "99.9%"}, runs(TIMES), roles=("",)).needed == 3838
    assert outcome(CAME, {"at_most": "0.1%"}, runs([None] * 40), roles=("",)).needed == 3838
    assert outcome(CAME, {"at_least": "99.9%"}, runs([*TIMES, None]), roles=("",)).needed is None
    assert outcome(CAME, {"at_least": "99.9%"}, runs(TIMES * 96), roles=("",)).verdict == "holds"


MESSAGES = {"kind": "difference", "metric": "messages"}


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict", "value"),
    [
        ([10.0] * 20, [100.0] * 20, "holds", -0.9),
        ([90.0] * 20, [100.0] * 20, "fails", -0.1),
        ([10.0] * 20, [0.0] * 20, "undecided", None),
        ([10.0] * 3, [100.0] * 3, "undecided", -0.9),
        ([], [], "undecided", None),
    ],
)
def test_a_setup_is_compared_with_its_baseline(
    ours: list[float], theirs: list[float], verdict: str, value: float | None
) -> None:
    """A tenth of the messages is -90 %; against a baseline of 0 there is nothing to say."""
    found = outcome(MESSAGES, {"at_most": "-80%"}, runs(ours, "messages"), runs(theirs, "messages"))
    assert found.verdict == verdict
    assert found.plain()["value"] == (None if value is None else pytest.approx(value))


def test_a_seed_that_failed_on_one_side_is_left_out_on_both() -> None:
    """Runs are compared under the same seed: one that failed takes its partner along, and is counted."""
    found = outcome(
        MESSAGES, {"at_most": "-80%"}, runs([10.0] * 20, "messages"), runs([99.0] * 18, "messages", failed=2)
    )
    assert (found.runs, found.failed, found.error) == (20, 2, "it broke")
    assert found.parts == {"measured": 10.0, "against": 99.0}


def test_growth_is_judged_over_its_sizes() -> None:
    """A time that grows with the logarithm holds, one with the size fails, and one that never comes fails for good."""
    measure = {
        "kind": "growth",
        "metric": "converged_at",
        "over": "topology.nodes",
        "sizes": [8, 64, 512],
        "law": "log",
    }
    logarithmic = [runs([size * 1e9] * 10) for size in (3, 6, 9)]
    linear = [runs([size * 1e9] * 10) for size in (8, 64, 512)]
    stuck = [runs([1e9] * 10), runs([2e9] * 10), runs([None] * 10)]
    found = [outcome(measure, {"at_most": 1.2}, *cells, roles=(8, 64, 512)) for cells in (logarithmic, linear, stuck)]
    assert [each.verdict for each in found] == ["holds", "fails", "fails"]
    assert found[0].fits["log"][1] < 1e-9 < found[0].fits["power"][1]
    assert found[2].plain()["value"] == "never"
    assert not found[2].fits


def judged(*verdicts: str) -> Judged:
    """A claim with a setup for each verdict."""
    table = claims_file_of(
        Document(
            "claims",
            {
                "name": "small",
                "claims": {
                    "fast": {
                        "text": "It is fast.",
                        "source": "its authors",
                        "measure": MEDIAN,
                        "claimed": {"at_most": "2s"},
                        "scenario": "gossip-ring",
                        "setups": {f"setup {number}": {} for number in range(len(verdicts))},
                        "turns_on": "the setup",
                    }
                },
            },
        )
    )
    outcomes = [
        Outcome(f"setup {number}", "fast", each, 40, 0, 0, Estimate(1, 1, 1)) for number, each in enumerate(verdicts)
    ]
    return Judged("fast", table.claims["fast"], tuple(outcomes))


@pytest.mark.parametrize(
    ("verdicts", "verdict", "told"),
    [
        (["holds", "holds"], "holds", "holds in all setups"),
        (["fails"], "fails", "fails in all setups"),
        (["holds", "undecided"], "holds", "holds in: setup 0. Not told by 40 runs: setup 1"),
        (["undecided", "fails"], "fails", "fails in: setup 1. Not told by 40 runs: setup 0"),
        (["undecided", "undecided"], "undecided", "undecided: not told by 40 runs of each setup"),
        (
            ["holds", "fails", "undecided"],
            "depends",
            "depends. Holds in: setup 0. Fails in: setup 1. Not told by 40 runs: setup 2. It turns on the setup",
        ),
    ],
)
def test_a_claim_is_judged_by_its_setups(verdicts: list[str], verdict: str, told: str) -> None:
    """It holds or fails where all decided setups do, depends where they differ, and says on what only then."""
    claim = judged(*verdicts)
    plain = claim.plain()
    assert (claim.verdict, conclusion(plain)) == (verdict, told)
    assert bool(plain["turns_on"]) == (verdict == "depends")
    assert f"| setup 0 | 1 ns (1 to 1), 40 runs | {verdicts[0]} |" in markdown_of({"claims": [plain]})
