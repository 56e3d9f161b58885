"""The remedy for a name that is not known: which are, and which one is nearest."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

from sim.units import shown

MOST_LISTED: Final = 40
_LONGEST: Final = 80  # of a name that is compared with the known ones: comparing costs the square of the length


def did_you_mean(found: object, known: Iterable[str]) -> str:
    """Return `; did you mean 'ring'?` for the nearest known name, or nothing where none is near."""
    text = str(found) if isinstance(found, str) else shown(found)
    near = get_close_matches(text[:_LONGEST], list(known), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def unknown_field(found: str, known: Iterable[str]) -> str:
    """Return the message for a field that no model has."""
    names = list(known)
    remedy = did_you_mean(found, names) or (f"; known here: {listed(names)}" if names else "; remove it")
    return f"unknown field {shown(found)}{remedy}"


def unknown_name(found: object, known: Iterable[str]) -> str:
    """Return the message for a name that is none of those known."""
    names = list(known)
    one_of = "one of " if len(names) != 1 else ""
    return f"found {shown(found)}; expected {one_of}{listed(names)}{did_you_mean(found, names)}"


def listed(names: Sequence[str]) -> str:
    """Return names with commas between them, the first forty where there are many."""
    return ", ".join(names[:MOST_LISTED]) + (", ..." if len(names) > MOST_LISTED else "")
