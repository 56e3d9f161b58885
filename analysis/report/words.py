"""Words that sections share: names of metrics, counts, the parts of a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import yaml

MOST_LISTED: Final = 8


def metric_words(name: str) -> str:
    """Return the name of a metric in words: `Messages per node`."""
    words = name.replace("_", " ").replace(".", ": ")
    return words[:1].upper() + words[1:]


def count(number: int, what: str) -> str:
    """Return a number of things: `1 run`, `2,000 runs`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def listed(items: Iterable[object], most: int = MOST_LISTED) -> str:
    """Return things in a sentence: `a, b and c`, or `a, b and 7 more`."""
    words = [str(item) for item in items]
    if len(words) > most:
        return f"{', '.join(words[: most - 1])} and {len(words) - most + 1:,} more"
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else "none"


def one_line(value: Any) -> str:
    """Return plain data as a file of scenarios has it, on one line."""
    if isinstance(value, str):
        return value
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10_000, allow_unicode=True)
    return str(text).removesuffix("...\n").strip()


def kind_words(block: Any) -> str:
    """Return what a block of a scenario is, its parameters in brackets: `lognormal (median 5ms, sigma 0.4)`."""
    if isinstance(block, list | tuple):
        return "; ".join(map(kind_words, block))
    if not isinstance(block, Mapping):
        return one_line(block)
    told = {name: value for name, value in block.items() if name != "kind" and not _is_off(value)}
    parameters = ", ".join(f"{name.replace('_', ' ')} {_inner_words(value)}" for name, value in told.items())
    kind = str(block.get("kind", ""))
    return f"{kind} ({parameters})" if kind and parameters else kind or parameters


def _inner_words(value: Any) -> str:
    if isinstance(value, Mapping):
        words = kind_words(value)
        return words if "kind" in value else f"({words})"
    if isinstance(value, list | tuple):
        return " to ".join(map(one_line, value)) if len(value) == 2 else ", ".join(map(kind_words, value))
    return one_line(value)


def _is_off(value: Any) -> bool:
    return value is None or value is False or value in ("0", "0B", 0, "none", [], {})
