"""Whom a fault struck, in a few words, as its records tell it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

MOST_TARGETS: Final = 6
"""Targets of a strike that are named, unless said otherwise."""


def layer_of(fault: str) -> str:
    """Return the layer of a kind of fault; empty for one that is not built in, and for those that end others."""
    from faults.registry import FAULTS

    return FAULTS[fault].config.layer if fault in FAULTS and fault != "heal" else ""


def target_words(fault: str, targets: Any, most: int = MOST_TARGETS) -> str:
    """Return the targets of a strike: nodes, links as `1→2`, sides of a partition with a bar between them.

    Empty where all are meant. At most so many are named, of each side.
    """
    if not isinstance(targets, tuple | list):
        return str(targets)
    layer = layer_of(fault)
    if layer == "partition" and any(isinstance(side, tuple | list) for side in targets):
        return " | ".join(_listed(side, most) for side in targets)
    if layer == "network" and any(isinstance(each, tuple | list) for each in targets):
        return _links(targets, most)
    return _listed(targets, most)


def _links(targets: Sequence[Sequence[int]], most: int) -> str:
    """Links are told by their pairs of nodes, or by the nodes at which they begin and those at which they end."""
    if any(len(pair) != 2 for pair in targets):
        begins, ends = (_listed(nodes, most) for nodes in targets)
        return " ".join((*(["links of", begins] if begins else ["links"]), *(["to", ends] if ends else [])))
    if len(targets) == 2 and sorted(targets[0]) != sorted(targets[1]):  # which of the two it is, nobody can tell
        return _listed([f"({_listed(pair, most)})" for pair in targets], most)
    return _listed([f"{one}→{other}" for one, other in targets], most)


def _listed(items: Sequence[Any], most: int) -> str:
    more = f" and {len(items) - most} more" if len(items) > most + 1 else ""
    return ", ".join(str(item) for item in (items[:most] if more else items)) + more
