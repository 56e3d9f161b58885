"""The table of ablations, small: hunts find what lacks a safeguard, shrinking leaves little, the whole holds."""

from __future__ import annotations

from typing import get_args

import pytest

import murmur
from sim.protocols.gossip.ablations import WITHOUT
from sim.protocols.gossip.config import Safeguard as GossipSafeguard
from sim.protocols.raft.config import Safeguard as RaftSafeguard
from tests.ablations import (
    ABLATIONS,
    HEADS,
    PAGE,
    PLANS,
    WHOLE,
    faults_of,
    in_words,
    measure,
    rows_in,
    table,
    with_table,
)

RUNS = 12
"""Plans of each small hunt; of the rarest ablation the tenth is found."""


@pytest.mark.parametrize("ablation", ABLATIONS["gossip-hunt"])
def test_what_lacks_a_safeguard_is_found_and_shrunk(ablation: str) -> None:
    """A small hunt finds each ablation of gossip, and at most three faults are left of it."""
    measured = measure("gossip-hunt", ablation, RUNS, workers=1)
    assert measured.as_it_should_be
    assert measured.shrunk is not None
    assert measured.shrunk.complete
    assert len(faults_of(measured.shrunk.scenario)) <= len(faults_of(measured.shrunk.before))
    assert len(measured.cells) == len(HEADS)
    assert f"| `{ablation}` | {RUNS} | {measured.hunt.first} |" in table([measured])


def test_the_whole_protocol_shows_nothing() -> None:
    """Under the same plans, and without faults, gossip with all its safeguards violates no check."""
    measured = measure("gossip-hunt", WHOLE, RUNS, workers=1)
    assert measured.as_it_should_be
    assert measured.shrunk is None
    assert all(verdicts.keys() <= {"holds", "unknown"} for verdicts in measured.hunt.verdicts.values())
    assert measured.cells[3] == "never"


def test_what_is_not_found_is_not_as_it_should_be() -> None:
    """A hunt that misses an ablation fails: here one without the checks that could see it."""
    blind = murmur.load("gossip-hunt", overrides=["checks=[messages-balance]", "liveness=null", "faults.until=16s"])
    assert not murmur.hunt(blind, 2, workers=1).findings
    measured = measure("gossip-ring", WHOLE, 1, workers=1)
    assert measured.as_it_should_be
    assert not type(measured)("gossip-ring", "tombstones", measured.hunt, measured.without_faults, None).as_it_should_be


def test_every_ablation_has_its_row() -> None:
    """The table of the page has a row for the whole and for each ablation of every scenario, measured in full."""
    rows = [row.strip("| \n").split(" | ") for row in rows_in(PAGE.read_text(encoding="utf-8"))]
    wanted = [
        [f"`{scenario}`", f"`{name}`" if name else "nothing", f"{PLANS[scenario]:,}"]
        for scenario, names in ABLATIONS.items()
        for name in (WHOLE, *names)
    ]
    assert [row[:3] for row in rows] == wanted
    assert all(len(row) == len(HEADS) for row in rows)


def test_every_safeguard_is_hunted() -> None:
    """Each protocol's ablations are those that its options name, and each is hunted in one scenario."""
    assert get_args(GossipSafeguard) == tuple(WITHOUT) == ABLATIONS["gossip-hunt"]
    hunted = [name for scenario, names in ABLATIONS.items() if scenario.startswith("raft") for name in names]
    assert sorted(get_args(RaftSafeguard)) == sorted(hunted)


def test_the_table_is_written_below_its_comment() -> None:
    """A new table takes the place of the old one, and leaves the rest of the page alone."""
    text = PAGE.read_text(encoding="utf-8")
    rows = "".join(rows_in(text))
    short = with_table(text, "| x |\n")
    assert rows_in(short) == []
    assert with_table(short, table([], rows.splitlines(keepends=True))) == text


@pytest.mark.parametrize(("found", "words"), [(0, "0 (below 95.0)"), (3, "100.0 (21.1 to 265.3)")])
def test_rates_have_their_intervals(found: int, words: str) -> None:
    """A rate is per 1,000 with its exact interval, one-sided where nothing was found."""
    from scenarios.hunting.rate import rate_of

    assert in_words(rate_of(found, 30)) == words
