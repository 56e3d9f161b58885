"""Which way metrics are better."""

from analysis.better import LESS, MORE, better_of
from analysis.metrics import METRICS


def test_each_name_is_a_metric_and_has_one_direction() -> None:
    """The tables name metrics that there are, none of them twice, and keys of mappings go the way of the whole."""
    assert not MORE & LESS
    assert METRICS.keys() >= MORE | LESS
    assert (better_of("throughput"), better_of("converged_at"), better_of("elections")) == ("more", "less", None)
    assert better_of("messages_by_kind.Push") == "less"


def test_times_that_may_never_come_are_better_early() -> None:
    """What is waited for is better earlier, so that a pipeline can hold all of it."""
    assert {name for name, metric in METRICS.items() if metric.may_never_come} <= LESS
