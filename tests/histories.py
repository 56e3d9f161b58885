"""Histories for tests: legal ones of an atomic store, damaged ones, and a judge that tries every order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import permutations
from random import Random
from typing import Any

from analysis.history.models import IMPOSSIBLE, STEPS, initial_state
from analysis.history.operations import Operation, history_of
from sim.records import Record
from sim.state_machines.bank import Bank
from sim.state_machines.key_value import KeyValueStore
from sim.workloads.operation import Operation as Asked

FUNCTIONS = ("get", "get", "put", "append", "cas", "delete")


def legal_history(
    chance: Random,
    operations: int,
    clients: int = 3,
    keys: int = 1,
    unknown: float = 0.1,
    functions: Sequence[str] = FUNCTIONS,
) -> list[Record]:
    """Records of clients of an atomic store: each operation takes effect at one moment between its begin and its end.

    A share `unknown` of them never hears the result, of which half were not carried out; the client goes on as another.
    """

    def draw(left: int) -> Asked:
        function, key, text = chance.choice(functions), f"k{chance.randrange(keys)}", str(left)
        written = text if function in ("put", "append", "cas") else None
        expected = str(chance.randrange(operations)) if function == "cas" and chance.random() < 0.7 else None
        return Asked(function, key, written, expected)

    return _records(chance, operations, clients, unknown, draw, KeyValueStore().apply)


def bank_history(
    chance: Random, operations: int, clients: int = 3, accounts: int = 3, unknown: float = 0.1, reads: float = 0.3
) -> list[Record]:
    """Records of clients of an atomic bank, as `legal_history` has those of a store."""
    names = tuple(f"a{number}" for number in range(accounts))

    def draw(left: int) -> Asked:
        if chance.random() < reads:
            return Asked("balances", "", names)
        debited, credited = chance.sample(names, 2)
        return Asked("transfer", debited, chance.randrange(1, 51), credited)

    return _records(chance, operations, clients, unknown, draw, Bank().apply)


def _records(
    chance: Random,
    operations: int,
    clients: int,
    unknown: float,
    draw: Callable[[int], Asked],
    apply: Callable[[Asked], Any],
) -> list[Record]:
    """Have clients ask for what is drawn; begins, effects and ends come in any order."""
    records: list[Record] = []
    idle, processes = list(range(clients)), clients
    begun: list[tuple[int, Asked]] = []
    acted: list[tuple[int, Asked, Any]] = []
    left = operations

    def put(kind: str, fields: dict[str, Any]) -> None:
        records.append(Record(len(records) * 10, len(records), None, kind, fields))

    while left or begun or acted:
        step = chance.randrange(3)
        if step == 0 and left and idle:
            left -= 1
            process = idle.pop(chance.randrange(len(idle)))
            asked = draw(left)
            value = (asked.expected, asked.value) if asked.function in ("cas", "transfer") else asked.value
            told = {
                "function": asked.function,
                "key": asked.key,
                "value": None if asked.function == "balances" else value,
            }
            put("invoked", {"process": process, "client": process, **told})
            begun.append((process, asked))
        elif step == 1 and begun:
            process, asked = begun.pop(chance.randrange(len(begun)))
            if chance.random() < unknown:
                if chance.random() < 0.5:
                    apply(asked)
                put("completed", {"process": process, "outcome": "unknown", "value": None})
                idle.append(processes)
                processes += 1
            else:
                acted.append((process, asked, apply(asked)))
        elif step == 2 and acted:
            process, asked, result = acted.pop(chance.randrange(len(acted)))
            put("completed", {"process": process, "outcome": "ok", "value": result})
            idle.append(process)
    return records


def damaged(chance: Random, records: Sequence[Record]) -> list[Record]:
    """The same history with one result changed, or the same where there is none to change."""
    records = list(records)
    history = {operation.end: operation for operation in history_of(records) if operation.is_certain}
    ends = [end for end, operation in history.items() if operation.function in ("get", "cas")]
    if not ends:
        return records
    place = chance.choice(ends)
    operation, record = history[place], records[place]
    written = [each.value for each in history.values() if each.function == "put"] or ["never"]
    result = not operation.result if operation.function == "cas" else chance.choice([*written, None])
    records[place] = record._replace(fields={**record.fields, "value": result})
    return records


def has_an_order(operations: Iterable[Operation]) -> bool:
    """Whether any order of any choice of the uncertain operations explains all results and keeps to real time."""
    operations = [each for each in operations if each.outcome != "fail"]
    certain = [each for each in operations if each.is_certain]
    uncertain = [each for each in operations if not each.is_certain]
    return any(
        _explains(order)
        for chosen in range(1 << len(uncertain))
        for order in permutations(
            [*certain, *(each for place, each in enumerate(uncertain) if chosen >> place & 1)],
        )
    )


def _explains(order: Sequence[Operation]) -> bool:
    latest = -1
    for operation in order:
        if operation.end < latest:
            return False
        latest = max(latest, operation.begin)
    state = initial_state(order[0]) if order else None
    for operation in order:
        state = STEPS[operation.function](state, operation)
        if state is IMPOSSIBLE:
            return False
    return True
