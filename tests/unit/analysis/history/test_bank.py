"""The bank as one object: its histories are judged as trying every order does, and its total is conserved."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from analysis.history.balances import can_lead_to
from analysis.history.linearizability import Linearizable
from analysis.history.operations import Operation, history_of
from analysis.history.search import Budget
from analysis.history.totals import ConservedTotal
from analysis.manifest import RunVerdict
from analysis.verdict import Check, Subject
from sim.records import Record
from tests.agreement import END
from tests.histories import bank_history, has_an_order

BANK = Subject(None, 0, "bank")


def judged(check: Check, records: Sequence[Record]) -> RunVerdict:
    """The verdict of a check on a history."""
    for record in records:
        check.observe(record)
    return check.finish(END)


def damaged(chance: Random, records: Sequence[Record]) -> list[Record]:
    """The same history with one result changed: balances shuffled, or a transfer that was refused or not."""
    records = list(records)
    ends = [place for place, each in enumerate(records) if each.fields.get("outcome") == "ok"]
    if ends:
        place = chance.choice(ends)
        result = records[place].fields["value"]
        other = not result if isinstance(result, bool) else tuple(chance.sample(result, len(result)))
        records[place] = records[place]._replace(fields={**records[place].fields, "value": other})
    return records


@pytest.mark.parametrize("seed", range(200))
def test_agrees_with_trying_every_order(seed: int) -> None:
    """Holds where some order of at most five operations explains all balances, is violated where none does."""
    chance = Random(seed)
    records = bank_history(chance, 5, unknown=0.2)
    if seed % 2:
        records = damaged(chance, records)
    operations = history_of(records)
    if any(each.is_certain for each in operations):
        expected = "holds" if has_an_order(operations) else "violated"
        assert judged(Linearizable(BANK), records).verdict == expected


@pytest.mark.parametrize(("clients", "unknown"), [(5, 0.0), (5, 0.03), (10, 0.0)])
def test_long_histories_of_a_busy_bank(clients: int, unknown: float) -> None:
    """Many clients that never rest, and transfers without an answer, are judged within the budget."""
    records = bank_history(Random(1), 800, clients, accounts=8, unknown=unknown, reads=0.2)
    assert judged(Linearizable(BANK), records).verdict == "holds"
    assert judged(ConservedTotal(BANK), records).verdict == "holds"


def test_one_coin_too_many_is_found() -> None:
    """A read of balances whose total is off by one violates both checks, and is shown."""
    records = bank_history(Random(2), 100, clients=2, accounts=4, unknown=0.02)
    place = max(
        n for n, each in enumerate(records) if each.kind == "completed" and isinstance(each.fields["value"], tuple)
    )
    first, *others = records[place].fields["value"]
    records[place] = records[place]._replace(fields={**records[place].fields, "value": (first + 1, *others)})
    total = judged(ConservedTotal(BANK), records)
    assert total.verdict == "violated"
    assert "401 in place of 400" in total.reason
    assert [each["sequence"] for each in total.evidence] == [place]
    verdict = judged(Linearizable(BANK), records)
    assert verdict.verdict == "violated"
    assert verdict.evidence[-1]["fields"]["result"] == [first + 1, *others]
    assert verdict.reason.startswith("no order explains 1 operation on the bank")


def test_an_overdrawn_account_is_found() -> None:
    """Balances that sum up to the right total, one of them below zero, violate conservation."""
    asked = {"process": 0, "client": 0, "function": "balances", "key": "", "value": None}
    answer = {"process": 0, "outcome": "ok", "value": (-5, 205)}
    records = [Record(0, 0, None, "invoked", asked), Record(1, 1, None, "completed", answer)]
    assert judged(ConservedTotal(BANK), records).reason.startswith("an account holds -5")


def test_nothing_read_leaves_the_total_unknown() -> None:
    """Transfers alone tell nothing of the total."""
    assert judged(ConservedTotal(BANK), bank_history(Random(1), 20, reads=0.0)).verdict == "unknown"


def transfer(debited: str, credited: str, amount: int) -> Operation:
    """A transfer to come."""
    return Operation(0, 0, "transfer", debited, (credited, amount), 0, 0)


def read(*balances: int) -> Operation:
    """A read of balances."""
    return Operation(0, 0, "balances", "", None, 0, 0, outcome="ok", result=balances)


def test_choices_of_transfers_are_told_by_amounts() -> None:
    """Balances are out of reach exactly where no choice of transfers makes up the difference."""
    spend = Budget(1_000).spend
    choices = [transfer("a0", "a1", 5), transfer("a1", "a2", 7), transfer("a2", "a0", 3)]
    assert can_lead_to((), read(95, 105, 100), choices, spend)
    assert can_lead_to((), read(98, 98, 104), choices, spend)
    assert not can_lead_to((), read(96, 104, 100), choices, spend)
    assert not can_lead_to((), read(105, 95, 100), choices, spend)
    assert can_lead_to((("a0", 95), ("a1", 105)), read(95, 105, 100), [], spend)
