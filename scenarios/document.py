"""What a file or a set of flags said, and where each part of it was said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.units import shown

FieldPath = tuple[str | int, ...]
"""A field's place in nested data, as keys and list positions from the outermost: `("faults", 1, "at")`."""


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data with the origin of each field.

    `name` is what messages call the file. `lines` maps a field's path to its (line, column), from 1; `flags` maps the
    path of a field that a command-line flag set to the text of that flag. `folder` is the file's, where it is one.
    """

    name: str
    data: dict[str, Any]
    lines: Mapping[FieldPath, tuple[int, int]] = field(default_factory=dict)
    flags: Mapping[FieldPath, str] = field(default_factory=dict)
    folder: Path | None = None

    def folder_of(self, path: FieldPath) -> Path | None:
        """Return the folder that a relative path in a field counts from; None, the current one, where a flag set it."""
        by_flag = any(path[:length] in self.flags for length in range(len(path) + 1))
        return None if by_flag else self.folder

    def place(self, path: FieldPath) -> str:
        """Return where a field was said, or the nearest block around it: `gossip.yaml:4`, or a flag."""
        around = [path[:length] for length in range(len(path), -1, -1)]
        for block in around:
            if block in self.flags:
                return self.flags[block]
        line = next((self.lines[block][0] for block in around if block in self.lines), None)
        return self.name if line is None else f"{self.name}:{line}"

    def position(self, path: FieldPath) -> tuple[int, int, str]:
        """Return a key that sorts places: by line and column, those set by flags first."""
        place = self.place(path)
        nearest = next((path[:length] for length in range(len(path), -1, -1) if path[:length] in self.lines), None)
        if nearest is None or not place.startswith(f"{self.name}:"):
            return (0, 0, place)
        return (*self.lines[nearest], dotted(path))


def dotted(path: FieldPath) -> str:
    """Return a path as messages write it: `faults[1].at`; a key that is no plain name is quoted."""
    return "".join(f".{part}" if _is_plain(part) else f"[{shown(part)}]" for part in path).removeprefix(".")


def _is_plain(part: str | int) -> bool:
    return isinstance(part, str) and re.fullmatch(r"[\w-]{1,60}", part) is not None
