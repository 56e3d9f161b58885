"""Published results, from the scenarios of the library: all rows at their tolerances with `--full`, else a quick look.

A quick look takes 4 to 60 seeds a row and widens each tolerance by a quantile of Student's t times the standard error,
so that a right number fails with probability 1e-4 at most, once for each change of the random streams: seeds are fixed.
"""

import pytest

from tests.published.measurement import Part, Quantity, Row, judge, mean, measure
from tests.published.rows import ROWS


@pytest.mark.parametrize("name", ROWS)
def test_a_quick_look_at_a_published_result(name: str) -> None:
    """A few seeds do not contradict the published numbers."""
    row = ROWS[name]
    samples = {part: measure(row, part, range(row.quick_seeds)) for part in row.parts_of(quick=True)}
    assert not [str(verdict) for verdict in judge(row, samples, quick=True) if not verdict.holds]


@pytest.mark.full
@pytest.mark.parametrize("name", ROWS)
def test_published_result(name: str) -> None:
    """All numbers of the row are within their tolerances."""
    row = ROWS[name]
    samples = {part: measure(row, part, range(row.seeds)) for part in row.parts}
    assert not [str(verdict) for verdict in judge(row, samples) if not verdict.holds]


def test_a_wrong_mechanism_is_found() -> None:
    """The row of feedback with a counter fails for other rules: a coin, more patience, pull instead of push."""
    row = ROWS["E03"]
    for change in ("protocol.stop=feedback-coin", "protocol.k=4", "protocol.exchange=push-pull"):
        other = Part("demers-push-counter", ("protocol.k=3", change), until="extinct")
        changed = Row(row.id, row.title, row.source, {"": other}, row.quantities, row.seeds)
        samples = {"": measure(changed, "", range(10))}
        assert not all(verdict.holds for verdict in judge(changed, samples, quick=True)), change


def test_what_is_no_number_does_not_hold() -> None:
    """A statistic that comes out as NaN is out of tolerance."""
    row = Row("X", "", "", {}, (Quantity("x", 0, 1, mean("x")),), 2)
    assert not judge(row, {"": [{"x": float("nan")}, {"x": 0.0}]})[0].holds
