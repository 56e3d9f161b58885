"""What is altered says one other thing of the same type, and what it was made of stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, IntEnum
from math import inf, nan
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faults.alteration import altered, borrowed
from sim.randomness import Stream


@dataclass(frozen=True)
class Word:
    """A payload with parts of every type."""

    number: int
    share: float
    sure: bool
    text: str
    path: tuple[int, ...]
    held: dict[str, int]
    nothing: None = None


class Vote(NamedTuple):
    """A payload that is a named tuple."""

    term: int
    word: Word


class Colour(IntEnum):
    """An enumeration of whole numbers."""

    RED = 1
    BLUE = 2


class Lonely(Enum):
    """An enumeration of one member."""

    ONLY = "only"


FINITE = st.floats(allow_nan=False, allow_infinity=False, width=32)
WORDS = st.builds(
    Word,
    st.integers(),
    FINITE,
    st.booleans(),
    st.text(),
    st.lists(st.integers(), max_size=3).map(tuple),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=3),
)
PAYLOADS = st.one_of(
    WORDS, st.builds(Vote, st.integers(), WORDS), st.integers(), FINITE, st.booleans(), st.text(min_size=1)
)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Any]:
    """Every value in a payload by its path."""
    if is_dataclass(value):
        parts = [(field.name, getattr(value, field.name)) for field in fields(value)]
    elif isinstance(value, Mapping):
        parts = list(value.items())
    elif isinstance(value, tuple | list):
        parts = list(enumerate(value))
    else:
        return {path: value}
    return {where: leaf for name, part in parts for where, leaf in leaves(part, (*path, name)).items()}


@given(PAYLOADS, st.integers(0, 2**64))
def test_exactly_one_value_is_another_of_its_type(payload: Any, seed: int) -> None:
    """The copy has the same shape and types, differs in one place, and the payload is as it was."""
    before = deepcopy(payload)
    copy = altered(payload, Stream(seed))
    assert payload == before
    assert type(copy) is type(payload)
    old, new = leaves(payload), leaves(copy)
    assert list(old) == list(new)
    assert [type(leaf) for leaf in old.values()] == [type(leaf) for leaf in new.values()]
    assert sum(old[path] != new[path] for path in old) == 1


@given(PAYLOADS, st.integers(0, 2**64))
def test_the_same_stream_alters_alike(payload: Any, seed: int) -> None:
    """An alteration is decided by the payload and the stream alone."""
    assert altered(payload, Stream(seed)) == altered(payload, Stream(seed))


@pytest.mark.parametrize("payload", [None, "", (), {}, [], object(), (None, ""), Lonely.ONLY])
def test_what_says_nothing_is_not_altered(payload: Any) -> None:
    """Where there is no value that could be another, there is no altered payload."""
    assert altered(payload, Stream(1)) is None


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_a_number_that_is_none_becomes_one(value: float) -> None:
    """Infinite and undefined numbers have no size to move by: a small number takes their place."""
    assert altered(value, Stream(1)) in range(16)


def test_a_member_of_an_enumeration_becomes_another() -> None:
    """A member stays within its enumeration, also where its members are whole numbers."""
    for seed in range(20):
        assert altered((Colour.RED, "") if seed % 2 else [Colour.RED], Stream(seed))[0] is Colour.BLUE


def test_every_value_is_altered_as_often() -> None:
    """Of 6,000 alterations of six values each is changed 1,000 times, within six standard deviations."""
    payload = Word(1, 2.0, True, "text", (3,), {"key": 4})
    counts = dict.fromkeys(leaves(payload), 0)
    stream = Stream(11)
    for _ in range(6_000):
        new = leaves(altered(payload, stream))
        counts[next(path for path, leaf in leaves(payload).items() if leaf != new[path])] += 1
    assert counts.pop(("nothing",)) == 0
    assert all(abs(count - 1_000) < 6 * (6_000 / 6 * 5 / 6) ** 0.5 for count in counts.values()), counts


@given(WORDS, WORDS, st.integers(0, 2**64))
def test_what_is_borrowed_is_what_another_says(payload: Word, other: Word, seed: int) -> None:
    """The copy differs in one place, where it says what the other does; None where the two say the same."""
    copy = borrowed(payload, other, Stream(seed))
    mine, theirs = leaves(payload), leaves(other)
    if copy is None:
        return
    new = leaves(copy)
    (changed,) = [path for path in mine if new[path] != mine[path]]
    assert new[changed] == theirs[changed]


def test_equal_words_have_nothing_to_borrow() -> None:
    """A payload borrows nothing from its equal."""
    word = Word(1, 2.0, True, "text", (3,), {"key": 4})
    assert borrowed(word, deepcopy(word), Stream(1)) is None
