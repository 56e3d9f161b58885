"""What reference capabilities allow and deny."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import hypothesis.strategies as st
import pytest
from hypothesis import given

from sim.runtime.capabilities import CapabilityError, Iso, Ref, Sending, Tag, Val
from sim.runtime.object_graph import Found, held_by_generators
from sim.runtime.passing import CapabilityConfig, Held, Passing


@dataclass(frozen=True)
class Order:
    """A payload with a book that moves with it."""

    price: int
    book: Any


class Pair(NamedTuple):
    """A named tuple as a payload."""

    first: Any
    second: Any


class Basket:
    """An object that can change, by an attribute and by a slot."""

    __slots__ = ("__dict__", "things")

    def __init__(self, *things: Any) -> None:
        self.things = things
        self.note: list[Any] = []


def passing(mode: str = "checked", **costs: Any) -> tuple[Passing, list[dict[str, Any]]]:
    """What passes payloads on node 3 at 5 ms, and what it records."""
    records: list[dict[str, Any]] = []
    config = CapabilityConfig.model_validate({"mode": mode, "trace": True, **costs})
    return Passing(config, 3, lambda: 5_000_000, lambda size: size, lambda _, **fields: records.append(fields)), records


def test_an_iso_moves_when_it_is_sent() -> None:
    """The receiver has the same object, uncopied, and the sender's use afterwards is an error that says all of it."""
    passes, _ = passing()
    book = [1, 2]
    mine = passes.iso(book, "a")
    assert mine.value is book
    passed = passes.pass_on(Order(7, mine), 1000, "a", "b", local=True)
    assert passed.payload.price == 7
    assert passed.payload.book.value is book
    with pytest.raises(CapabilityError) as error:
        assert mine.value
    assert str(error.value) == (
        "a uses an iso (list 3.1) that is not its own any more: it sent it to b at 5ms; "
        "use it before sending it, send a copy, or have it sent back"
    )
    with pytest.raises(CapabilityError, match="it was sent to b at 5ms already"):
        passes.pass_on(mine, 0, "a", "c", local=True)
    back = passes.pass_on(passed.payload.book, 0, "b", "a", local=True).payload
    assert back.value is book


def holding(*found: Found) -> Held:
    """Of a sender that holds this."""
    return lambda: (found, ())


@pytest.mark.parametrize(
    ("kept", "path"),
    [
        (lambda inner: inner, r"kept refers to its value.things\[0\]"),
        (lambda inner: {"orders": [inner]}, r"kept\['orders'\]\[0\] refers"),
        (Basket, r"kept.things\[0\] refers"),
        (Iso, "kept._value refers"),
        (lambda inner: inner.append, "kept.__self__ refers"),
        (lambda inner: lambda: inner, "kept over inner refers"),
    ],
)
def test_an_iso_that_is_aliased_cannot_be_sent(kept: Any, path: str) -> None:
    """What the sender keeps of the inside of an iso is found, however deep, and named."""
    passes, _ = passing()
    inner: list[int] = []
    iso = passes.iso(Basket(inner), "a")
    with pytest.raises(CapabilityError, match=path):
        passes.pass_on(iso, 0, "a", "b", local=True, held=holding(Found(kept(inner), "kept")))
    shares_what_never_changes = [Found(("a", 7, frozenset([1])), "kept"), Found(iso, "iso"), Found([iso], "list")]
    assert passes.pass_on(iso, 0, "a", "b", local=True, held=holding(*shares_what_never_changes)).capability == "iso"


def test_local_variables_are_aliases_too() -> None:
    """A generator's variables are found, and those of the generators that it runs in."""

    def sends(iso: Any) -> Iterator[Any]:
        yield [(found.path, found.thing) for found in held_by_generators(sys._getframe(), "sim")]

    def behaves() -> Iterator[Any]:
        book = [1]
        iso = Iso(book)
        yield from sends(iso)

    found = dict(next(behaves()))
    assert found["book"] == [1]
    assert isinstance(found["iso"], Iso)


@pytest.mark.parametrize("value", [7, "a", (1, (2, "b")), frozenset([1]), Order(1, ("x",)), Pair(1, None), None])
def test_what_nobody_can_change_is_a_val(value: Any) -> None:
    """A val of immutable parts is made, and goes to others as it is."""
    passes, _ = passing(check_object="3ns")
    val, work = passes.val(value, "a")
    assert work == 3 * val.looked_at
    assert passes.pass_on(val, 0, "a", "b", local=True).payload.value is value


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ([1], "value is a list"),
        ((1, (2, {})), r"value\[1\]\[1\] is a dict"),
        (Order(1, [2]), "value.book is a list"),
        (Pair(1, {2}), "value.second is a set"),
        (Basket(), "value is a Basket"),
        (frozenset([Basket()]), r"value\{\} is a Basket"),
    ],
)
def test_a_val_is_immutable_all_through(value: Any, path: str) -> None:
    """One part that can be changed, however deep, is named."""
    passes, _ = passing()
    with pytest.raises(CapabilityError, match=path):
        passes.val(value, "a")


def test_a_ref_stays_and_a_tag_says_nothing() -> None:
    """A ref is used and not sent, a tag is sent and compared and not read."""
    passes, _ = passing()
    assert Ref([1]).value == [1]
    with pytest.raises(CapabilityError, match=r"a sends a ref \(list\) to b at 5ms: a ref stays with its actor"):
        passes.pass_on(Pair(1, Ref([1])), 0, "a", "b", local=True)
    tag = passes.pass_on(Tag("c"), 0, "a", "b", local=True).payload
    assert tag == Tag("c")
    assert len({tag, Tag("c"), Tag("d")}) == 2
    with pytest.raises(CapabilityError, match="only tells who or what it is"):
        assert tag.value


def test_what_is_not_wrapped_is_copied() -> None:
    """The receiver of a plain payload that can change has a copy of its own; of what cannot, the same object."""
    passes, _ = passing()
    book, frozen = [1], (1, 2)
    passed = passes.pass_on(book, 1000, "a", "b", local=True)
    assert passed.payload == book
    assert passed.payload is not book
    assert (passed.work, passed.capability) == (1000, "copy")
    assert passes.pass_on(frozen, 0, "a", "b", local=True).payload is frozen
    assert passes.pass_on(frozen, 1000, "a", "b", local=False).work == 0, "its way through the network costs that"


def test_moving_costs_what_was_looked_at_and_copying_what_it_weighs() -> None:
    """Zero-copy does not depend on the size; unchecked, it is free."""
    for mode, checks in (("checked", 10 + 2 * 3), ("unchecked", 0)):
        passes, _ = passing(mode, check="10ns", check_object="2ns")
        assert passes.pass_on(passes.iso([[1], [2]], "a"), 1_000_000, "a", "b", local=True).work == checks
        assert passes.pass_on([[1], [2]], 1_000_000, "a", "b", local=True).work == 1_000_000


def test_unchecked_nothing_is_denied_and_records_show_it() -> None:
    """Without checks a sender uses what it sent, and what is recorded of the iso tells that it did."""
    passes, records = passing("unchecked")
    mine = passes.iso([1], "a")
    theirs = passes.pass_on(Pair(mine, Ref([2])), 0, "a", "b", local=True).payload.first
    mine.value.append(2)
    assert theirs.value == [1, 2]
    assert [(record["event"], record["actor"], record["to"]) for record in records] == [
        ("made", "a", None),
        ("sent", "a", "b"),
        ("used", "a", None),
        ("used", "b", None),
    ]


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=12))
def test_of_all_wrappers_of_an_iso_one_can_be_used(way: list[str]) -> None:
    """Wherever it was sent, exactly the last wrapper reads the object."""
    passes, _ = passing()
    wrappers = [passes.iso({}, "a")]
    for receiver in way:
        wrappers.append(wrappers[-1].moved(Sending(wrappers[-1].holder, receiver, 0))[0])
    usable = 0
    for wrapper in wrappers:
        try:
            usable += wrapper.value is not None
        except CapabilityError:
            assert wrapper is not wrappers[-1]
    assert usable == 1


def test_a_val_is_its_own_proof() -> None:
    """A val may hold other vals and tags; an iso within one is refused, for all who have the val would have it."""
    with pytest.raises(CapabilityError, match="Iso"):
        Val((Iso([1]),))
    assert Val((Val((1,)), Tag("a"))).looked_at > 1
