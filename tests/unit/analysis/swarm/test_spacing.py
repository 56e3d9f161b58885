"""How even the gaps between agents in phase are, from records alone."""

from __future__ import annotations

from math import cos, isnan, pi

import pytest

from analysis.swarm.spacing import Spacing
from sim.convergence import Coherence
from sim.records import Record

SECOND, TURN = 10**9, 2 * pi


def measured(records: list[tuple[int, int | None, str, dict]], agents: int, end: int) -> Spacing:
    """What comes of records (time in seconds, node, kind, fields) of a swarm with a period of a second."""
    spacing = Spacing(Coherence(target=0.0, tolerance=0.01, dwell=SECOND, period=SECOND), agents)
    for sequence, (time, node, kind, fields) in enumerate(records):
        spacing.observe(Record(time * SECOND, sequence, node, kind, fields))
    spacing.finish(end * SECOND)
    return spacing


def at(turns: float) -> dict[str, float]:
    """The fields of an agent that makes one turn a second."""
    return {"phase": turns % 1 * TURN, "frequency": TURN}


def test_the_error_is_that_of_the_worst_gap() -> None:
    """Gaps of 0.2, 0.3, 0.2 and 0.3 turns are 20 % away from even ones; agents move on between their records."""
    spacing = measured([(0, node, "phase", at(turns)) for node, turns in enumerate((0.9, 0.1, 0.4, 0.6))], 4, 3)
    assert spacing.errors == pytest.approx([0.2, 0.2, 0.2])
    assert spacing.even_since is None
    assert spacing.factor is None


@pytest.mark.parametrize("factor", [0.5, 0.9])
def test_a_steady_rate_is_found(factor: float) -> None:
    """Errors that shrink by a factor a period give that factor, and the period from which they are below 1 %."""
    agents, rounds = 8, 120
    records = [
        (time, node, "phase", at(node / agents + 0.01 * factor**time * cos(TURN * node / agents)))
        for time in range(rounds)
        for node in range(agents)
    ]
    spacing = measured(records, agents, rounds)
    assert spacing.factor == pytest.approx(factor, rel=0.01)
    first = next(place for place, error in enumerate(spacing.errors) if error < 0.01)
    assert spacing.even_since == (first + 1) * SECOND


def test_who_is_down_leaves_a_gap() -> None:
    """When one of four goes, its gaps are one that is 50 % too wide for three; with fewer than two there are none."""
    splay = [(0, node, "phase", at(node / 4)) for node in range(4)]
    gone = [(1, 0, "crashed", {}), (2, 1, "crashed", {}), (3, 2, "left", {}), (4, 0, "restarted", {})]
    spacing = measured([*splay, *gone, (4, 0, "phase", at(0.25))], 4, 5)
    assert spacing.errors[:2] == pytest.approx([0.5, 0.5])
    assert isnan(spacing.errors[2])
    assert spacing.errors[3:] == pytest.approx([0.0, 0.0], abs=1e-9)


def test_snapshots_hold_until_the_next() -> None:
    """Phases of all at once count from then on as they are, None for who is down."""
    records = [
        (0, None, "phases", {"phases": (0.0, TURN / 4, TURN / 2, None)}),
        (2, None, "phases", {"phases": (0.0, TURN / 3, TURN * 2 / 3, None)}),
    ]
    assert measured(records, 4, 3).errors == pytest.approx([0.5, 0.0, 0.0], abs=1e-9)
