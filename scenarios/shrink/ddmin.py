"""The minimizing delta debugging algorithm, and the search for the least of an ordered list of values.

`ddmin` is that of Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE Transactions on
Software Engineering 28(2), 2002, section 3: its result is 1-minimal, nothing of it can be left out alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")

First = Callable[[Sequence[tuple[T, ...]]], int | None]
"""Tells which of some candidates is the first that still shows what is wanted; None: none of them does."""


def ddmin(items: Sequence[T], first: First[T], parts: int = 2) -> tuple[T, ...]:
    """Return a 1-minimal part of `items`, in their order, that still shows what all of them together show.

    `first` is asked with the candidates in the order in which they are to be tried; `parts` is the number of parts that
    are tried at first. That nothing at all shows it too is for the caller to rule out.
    """
    kept = tuple(items)
    while len(kept) >= 2:
        parts = min(parts, len(kept))
        subsets = _divided(kept, parts)
        found = first(subsets)
        if found is not None:
            kept, parts = subsets[found], 2
            continue
        rests = [] if parts == 2 else _complements(subsets)
        found = first(rests)
        if found is not None:
            kept, parts = rests[found], max(parts - 1, 2)
        elif parts == len(kept):
            break
        else:
            parts *= 2
    return kept


def _divided(items: tuple[T, ...], parts: int) -> list[tuple[T, ...]]:
    """Cut a sequence into so many parts of nearly equal size."""
    bounds = [len(items) * part // parts for part in range(parts + 1)]
    return [items[begin:end] for begin, end in pairwise(bounds)]


def _complements(subsets: Sequence[tuple[T, ...]]) -> list[tuple[T, ...]]:
    """For each subset, all the others together."""
    return [
        tuple(item for other, subset in enumerate(subsets) if other != left_out for item in subset)
        for left_out in range(len(subsets))
    ]


def least(values: Sequence[T], shows: Callable[[T], bool]) -> T | None:
    """Return the least of ascending values that was found to show what is wanted, None where none was.

    The first value is tried first, then the others by bisection, as if all beyond one that shows it did so too.
    """
    if not values:
        return None
    if shows(values[0]):
        return values[0]
    low, high = 0, len(values)
    while high - low > 1:
        middle = (low + high) // 2
        if shows(values[middle]):
            high = middle
        else:
            low = middle
    return values[high] if high < len(values) else None
