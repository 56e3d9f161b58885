"""What reports are made of: sections of blocks, which know nothing of how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["", "good", "bad", "unknown", "command"]


@dataclass(frozen=True, slots=True)
class Bar:
    """Where a value and its interval lie on an axis from 0 to 1, for a small picture in a table."""

    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its text, what rows are sorted by (None: the text), its tone, its bar, what else."""

    text: str
    sort: float | None = None
    tone: Tone = ""
    bar: Bar | None = None
    detail: str = ""

    @property
    def whole(self) -> str:
        """The text with what is less said."""
        return f"{self.text} ({self.detail})" if self.detail else self.text


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column, whether it holds numbers, and what is to be said of its bars."""

    head: str
    number: bool = False
    axis: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `name`, unique in its report, is its anchor and label; `caption` says what is in it, `note` how."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text; of a tone where it is a verdict."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text that is to be taken as it is: a command, a file, or sentences (`prose`); `label` says what it is."""

    text: str
    label: str
    prose: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what they are."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's bytes, their kind, and its size in millimetres on paper."""

    data: bytes
    kind: Literal["svg", "png"]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with a caption: `name`, unique in its report; `alt`, it in words; `command` that draws it again."""

    name: str
    caption: str
    alt: str
    picture: Picture
    command: str = ""


Flat = Paragraph | Bullets | Code | Facts | Table | Figure
"""A block that holds no other blocks."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks that are shown on demand."""

    summary: str
    blocks: tuple[Flat, ...]


Block = Flat | Fold


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report; `name` is its anchor."""

    name: str
    title: str
    blocks: tuple[Block, ...]

    def all_blocks(self) -> Iterator[Block]:
        """Yield each block, and after each fold what is in it."""
        for block in self.blocks:
            yield block
            if isinstance(block, Fold):
                yield from block.blocks


@dataclass(frozen=True, slots=True)
class Report:
    """A report on a run or a study; `badges` are the few facts that stand beside its title."""

    kind: Literal["run", "study"]
    title: str
    badges: tuple[Cell, ...]
    sections: tuple[Section, ...]

    def figures(self) -> Iterator[Figure]:
        """Yield its figures in order."""
        return (block for section in self.sections for block in section.all_blocks() if isinstance(block, Figure))

    def tables(self) -> Iterator[Table]:
        """Yield its tables in order."""
        return (block for section in self.sections for block in section.all_blocks() if isinstance(block, Table))


def sections_with_content(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return the sections that hold something."""
    return tuple(section for section in sections if section.blocks)
