"""Conditions that leave cells of a study out: `leave_out: [{topology.kind: ring, topology.nodes: [1024]}]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scenarios.document import Document, FieldPath
from scenarios.names import did_you_mean, listed
from scenarios.problems import Problem, report
from scenarios.study.span import amount_of
from sim.units import shown
from topologies.errors import InputError

ENDS = frozenset({"from", "to"})


@dataclass(frozen=True, slots=True)
class Told:
    """What one cell says of a factor: the value that a file has for it, and its label."""

    value: Any
    label: int | float | str


class Conditions:
    """The conditions of a study; a cell is left out by the first that it meets.

    `names` are the factors by their paths, and `case`, each with the word that tables have for it; a condition may call
    a factor by either.
    """

    def __init__(self, written: tuple[Mapping[str, Any], ...], names: Mapping[str, str], document: Document) -> None:
        self._document = document
        words = {word: name for name, word in names.items()} | {name: name for name in names}
        self._conditions = [{words[factor]: wanted for factor, wanted in each.items()} for each in written]
        self._met = [False] * len(written)

    def leave_out(self, cell: Mapping[str, Told]) -> bool:
        """Whether a cell, which says something of every factor, is left out."""
        met = [all(_fits(wanted, cell[name]) for name, wanted in each.items()) for each in self._conditions]
        self._met = [before or now for before, now in zip(self._met, met, strict=True)]
        return any(met)

    def refuse_idle_ones(self) -> None:
        """Raise InputError where a condition left no cell out, which is a slip."""
        idle = [index for index, met in enumerate(self._met) if not met]
        if idle:
            message = "no cell is like this; remove it, or look for a slip in its values"
            raise report([Problem(("leave_out", index), message) for index in idle], self._document)


def mistakes_of(written: tuple[Mapping[str, Any], ...], names: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with conditions beyond their single fields."""
    known = list(dict.fromkeys([*names, *names.values()]))
    for index, condition in enumerate(written):
        where: FieldPath = ("leave_out", index)
        if not condition:
            yield Problem(where, "found an empty condition, which leaves all out; say of which factor and values")
        for factor, wanted in condition.items():
            if factor not in known:
                near = did_you_mean(factor, known) or f"; expected {listed(known) if known else 'a study that varies'}"
                yield Problem((*where, factor), f"found {shown(factor)}, which is not varied{near}")
            if _is_range(wanted):
                wrong = [value for value in wanted.values() if amount_of(value) is None]
                for value in wrong:
                    yield Problem((*where, factor), f"found {shown(value)}; expected a number, or one with a unit")


def _is_range(wanted: Any) -> bool:
    return isinstance(wanted, Mapping) and bool(wanted) and wanted.keys() <= ENDS


def _fits(wanted: Any, told: Told) -> bool:
    """Whether what a cell says is what a condition wants: a value, one of a list, or one in a range."""
    if _same(wanted, told):
        return True
    if _is_range(wanted):
        return _within(wanted, told.value)
    return isinstance(wanted, list | tuple) and any(_same(each, told) for each in wanted)


def _same(wanted: Any, told: Told) -> bool:
    if isinstance(wanted, bool) is not isinstance(told.value, bool):
        return bool(wanted == told.label) and isinstance(wanted, str)
    return bool(wanted == told.value or wanted == told.label)


def _within(wanted: Mapping[str, Any], value: Any) -> bool:
    amount = amount_of(value)
    if amount is None:
        return False
    ends = {name: amount_of(end) for name, end in wanted.items()}
    assert all(end is not None for end in ends.values()), "the schema has looked at the ends"
    sorts = {end[0] for end in ends.values() if end is not None and end[1] != 0}
    if sorts - {amount[0]}:
        return False
    return _end(ends.get("from"), amount[1]) <= amount[1] <= _end(ends.get("to"), amount[1])


def _end(end: tuple[str, Fraction] | None, otherwise: Fraction) -> Fraction:
    return otherwise if end is None else end[1]


def refuse_nothing_left(cells: int, document: Document) -> None:
    """Raise InputError where conditions leave no cell."""
    if not cells:
        raise InputError(f"{document.place(('leave_out',))}: leave_out: all cells are left out; leave some in")
