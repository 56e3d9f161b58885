"""What a byzantine site may say in place of the truth, beside the generic lie that alters a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from sim.units import HOUR

if TYPE_CHECKING:
    from sim.protocol import Lie
    from sim.randomness import Stream

FORGED: Final = "forged"
"""The value of entries that nobody has written."""


def newer(payload: Any, stream: Stream) -> Any | None:
    """A write that nobody made, an hour newer than one that the message tells of, and so sure to win."""
    entries = getattr(payload, "entries", ())
    if not entries:
        return None
    place = stream.below(len(entries))
    version, writer = entries[place].stamp
    forged = replace(entries[place], stamp=(version + HOUR, writer), value=FORGED, deleted=False)
    return replace(payload, entries=(*entries[:place], forged, *entries[place + 1 :]))


def denied(payload: Any, stream: Stream) -> Any | None:
    """The same message without one of the entries that it tells of."""
    entries = getattr(payload, "entries", ())
    if not entries or hasattr(payload, "news"):  # which is parallel to the entries
        return None
    place = stream.below(len(entries))
    return replace(payload, entries=(*entries[:place], *entries[place + 1 :]))


LIES: Final[Mapping[str, Lie]] = MappingProxyType({"newer": newer, "denied": denied})
