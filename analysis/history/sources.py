"""Which writes the readers of a history have seen, where every text is written once.

A get or a cas that took finds a list of texts: the first is put there, or appended to nothing, the others are appended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.history.operations import Operation


@dataclass(slots=True)
class Sources:
    """Of each key the numbers of its writes, and of each reader the writes that it has seen, in their order.

    `strange` are readers that found a text that nobody wrote. `unclear` says why nothing can be told, empty where
    something can. `passed_over` counts what was not judged: answers of cas that found another value, which many writes
    explain.
    """

    writes: dict[str, list[int]] = field(default_factory=dict)
    seen: dict[int, tuple[int, ...]] = field(default_factory=dict)
    strange: list[int] = field(default_factory=list)
    unclear: str = ""
    passed_over: int = 0


def sources_of(operations: Sequence[Operation]) -> Sources:
    """Find out what each reader of keys has seen."""
    sources = Sources()
    writer: dict[tuple[str, str], int] = {}
    often: Counter[tuple[str, str]] = Counter()
    for number, operation in enumerate(operations):
        if operation.function == "delete":
            sources.unclear = f"key {operation.key} is deleted, and what is not there does not tell since when"
        if operation.function in ("transfer", "balances"):
            sources.unclear = "the balances of a bank do not tell which transfers were seen"
        if operation.function == "cas" and operation.is_certain and operation.result is False:
            sources.passed_over += 1
            continue
        text = _written(operation)
        if text is None:
            continue
        if not isinstance(text, str) or "," in text:
            sources.unclear = f"{text!r} is written, which cannot be told apart in what is read"
            continue
        often[operation.key, text] += 1
        writer[operation.key, text] = number
        sources.writes.setdefault(operation.key, []).append(number)
    for (key, text), times in often.items():
        if times > 1:
            sources.unclear = f"{text!r} is written {times} times to key {key}"
    if not sources.unclear:
        _find_readers(operations, writer, sources)
    return sources


def _find_readers(operations: Sequence[Operation], writer: dict[tuple[str, str], int], sources: Sources) -> None:
    for number, operation in enumerate(operations):
        if operation.is_certain and (operation.function == "get" or operation.result is True):
            value = operation.result if operation.function == "get" else operation.value[0]
            texts = value.split(",") if isinstance(value, str) else ()
            seen = [writer.get((operation.key, text), -1) for text in texts]
            starts = [each for each in seen[1:] if each >= 0 and operations[each].function != "append"]
            if -1 in seen or starts or len(set(seen)) < len(seen):
                sources.strange.append(number)
            else:
                sources.seen[number] = tuple(seen)


def _written(operation: Operation) -> Any:
    if operation.function == "cas":
        return operation.value[1]
    return operation.value if operation.function in ("put", "append") else None
