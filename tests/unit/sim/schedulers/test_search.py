"""Searching together costs one event a success, and has the law of attempts that are made one by one."""

from collections.abc import Callable
from statistics import fmean

import pytest

from sim.hardware.schedulers.search import Search
from sim.kernel import Kernel
from sim.randomness import Stream, derive_seed

RUNS = 1_500
PERIOD = 10
Course = tuple[tuple[int, float], ...]
"""Times and the chance from then on."""


def first_success(seed: int, joins: tuple[int, ...], course: Course) -> tuple[int, int]:
    """When the first attempt succeeds, and whose, by a search of all together."""
    kernel, stream = Kernel(), Stream(derive_seed(seed, "search"))
    found: list[tuple[int, int]] = []

    def success(member: int) -> None:
        found.append((kernel.now, member))
        kernel.stop()

    search: Search[int] = Search(kernel, stream, PERIOD, success)
    for member, time in enumerate(joins):
        kernel.call_at(time, search.join, member)
    for time, chance in course:
        kernel.call_at(time, search.set_chance, chance)
    kernel.run()
    return found[0]


def one_by_one(seed: int, joins: tuple[int, ...], course: Course) -> tuple[int, int]:
    """The same, each attempt drawn by itself."""
    stream = Stream(derive_seed(seed, "one by one"))
    time = 0
    while True:
        time += 1
        chance = [chance for since, chance in course if since <= time][-1]
        for member, joined in enumerate(joins):
            if time > joined and (time - joined) % PERIOD == 0 and stream.random() < chance:
                return time, member


@pytest.mark.parametrize(
    ("joins", "course"),
    [
        ((0,), ((0, 0.2),)),
        ((0, 3, 3), ((0, 0.1),)),
        ((0, 17, 35), ((0, 0.05), (40, 0.3))),
        ((0, 5), ((0, 0.3), (25, 0.05))),
        ((0, 5, 9), ((0, 0.1), (31, 0.0), (77, 0.2), (90, 0.4))),
    ],
)
def test_the_law_is_that_of_attempts_one_by_one(joins: tuple[int, ...], course: Course) -> None:
    """Mean time of the first success and the share of each member agree within four standard errors."""

    def measured(draw: Callable[[int, tuple[int, ...], Course], tuple[int, int]]) -> tuple[list[int], list[float]]:
        runs = [draw(seed, joins, course) for seed in range(RUNS)]
        shares = [fmean(member == each for _, member in runs) for each in range(len(joins))]
        return [time for time, _ in runs], shares

    (times, shares), (expected_times, expected_shares) = measured(first_success), measured(one_by_one)
    spread = fmean((time - fmean(expected_times)) ** 2 for time in expected_times) ** 0.5
    assert abs(fmean(times) - fmean(expected_times)) < 4 * spread * (2 / RUNS) ** 0.5
    for share, expected in zip(shares, expected_shares, strict=True):
        assert abs(share - expected) < 4 * (2 * 0.25 / RUNS) ** 0.5


def test_a_search_that_finds_nothing_costs_no_events() -> None:
    """A hundred members that have nothing to find for a million attempts each take one event, at their deadline."""
    kernel = Kernel()
    over: list[int] = []

    def leave(member: int) -> None:
        over.append(search.leave(places[member]))

    search: Search[int] = Search(kernel, Stream(1), PERIOD, over.append, 10_000, leave)
    places = [search.join(member) for member in range(100)]
    kernel.run()
    assert over == [10_000] * 100
    assert kernel.now == 100_000
    assert kernel.events_processed < 5
