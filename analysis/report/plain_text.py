"""Text of others as reports show it: what cannot be seen, or turns the text around it, is written out."""

from __future__ import annotations

from typing import Final

_TURNING: Final = (*range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C)
"""Marks that change the direction in which what follows is written (Unicode Standard Annex 9)."""
_CONTROL: Final = (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF)
_WRITTEN_OUT: Final = {code: f"\\u{code:04x}" for code in (*_TURNING, *_CONTROL)} | {0x0D: ""}


def plain_text(text: object) -> str:
    """Return a text with its control characters and marks of direction written out, such as `\\u202e`.

    Line breaks and tabs stay, halves of surrogate pairs become question marks.
    """
    return str(text).translate(_WRITTEN_OUT).encode("utf-8", "replace").decode("utf-8")


def on_one_line(text: object) -> str:
    """Return a text the same way, each run of white space as one blank."""
    return " ".join(plain_text(text).split())
