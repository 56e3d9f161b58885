"""Whether some of the transfers to come can lead from one set of balances to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from analysis.history.operations import Operation
from sim.state_machines.bank import OPENING

MOST_TRIED: Final = 100
"""Choices after which the answer is yes, as it may be."""


def can_lead_to(state: Any, read: Operation, transfers: Sequence[Operation], spend: Callable[[], None]) -> bool:
    """Whether any choice of transfers leads from a state of the bank to the balances of a read, in whatever order.

    No is certain. What an account lacks or has too much has to come from the transfers that touch it; the account with
    the fewest of those is looked at first, so that most choices are forced. `spend` is called for each choice.
    """
    held = dict(state)
    lacks = {f"a{place}": balance - held.get(f"a{place}", OPENING) for place, balance in enumerate(read.result)}
    choices = [(each.key, each.value[0], each.value[1]) for each in transfers if each.key != each.value[0]]
    if sum(lacks.values()) and all(account in lacks for choice in choices for account in choice[:2]):
        return False
    tried = 0
    stack = [(lacks, choices)]
    while stack:
        tried += 1
        spend()
        if tried > MOST_TRIED:
            return True
        lacks, choices = stack.pop()
        touching = {account: 0 for account, lack in lacks.items() if lack}
        if not touching:
            return True
        for debited, credited, _ in choices:
            for account in (debited, credited):
                if account in touching:
                    touching[account] += 1
        account = min(touching, key=touching.__getitem__)
        if not touching[account]:
            continue
        place = next(place for place, choice in enumerate(choices) if account in choice[:2])
        rest = choices[:place] + choices[place + 1 :]
        debited, credited, amount = choices[place]
        stack.append((lacks, rest))
        moved = dict(lacks)
        moved[debited] = moved.get(debited, 0) + amount
        moved[credited] = moved.get(credited, 0) - amount
        stack.append((moved, rest))
    return False
