"""Reports as Markdown, as GitHub and most others read it; pictures are files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from analysis.report.blocks import Block, Bullets, Code, Facts, Figure, Fold, Paragraph, Report, Table
from analysis.report.plain_text import on_one_line, plain_text

_SPECIAL: Final = re.compile(r"([\\`*\[\]|~$]|(?<!\w)_|_(?!\w))")
_BEGINS: Final = re.compile(r"^([-+#>=]|\d+(?=[.)](?:\s|$)))")
"""What makes a line a list, a heading or a quotation."""
_TICKS: Final = re.compile(r"`+")


def markdown(report: Report, folder: str) -> str:
    """Return a report as Markdown; `folder`, beside it, holds its pictures, by the names of the figures."""
    lines = [f"# {escaped(report.title)}", "", " · ".join(escaped(badge.text) for badge in report.badges), ""]
    for section in report.sections:
        lines += [f"## {section.title}", ""]
        for block in section.blocks:
            lines += _block(block, folder)
    return "\n".join(lines).rstrip("\n") + "\n"


def escaped(text: object) -> str:
    """Return text on one line that Markdown shows as it is, HTML in it too."""
    line = _SPECIAL.sub(r"\\\1", on_one_line(text))
    begin = _BEGINS.match(line)
    if begin:
        line = f"{begin[0]}\\{line[begin.end() :]}" if begin[0].isdigit() else f"\\{line}"
    return line.replace("&", "&amp;").replace("<", "&lt;")


def _block(block: Block, folder: str) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield from (f"**{escaped(block.text)}**" if block.tone else escaped(block.text), "")
    elif isinstance(block, Bullets):
        yield from (f"- {escaped(item)}" for item in block.items)
        yield ""
    elif isinstance(block, Facts):
        yield from (f"- {escaped(name)}: {escaped(value)}" for name, value in block.pairs)
        yield ""
    elif isinstance(block, Code):
        yield from _code(block.text, block.label)
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Figure):
        alt = escaped(block.alt)
        yield from (f"![{alt}]({folder}/{block.name}.{block.picture.kind})", "", f"*{escaped(block.caption)}*", "")
        if block.command:
            yield from _code(block.command, "drawn by")
    else:
        yield from _fold(block, folder)


def _fold(fold: Fold, folder: str) -> Iterator[str]:
    yield from (f"<details><summary>{escaped(fold.summary)}</summary>", "")
    for block in fold.blocks:
        yield from _block(block, folder)
    yield from ("</details>", "")


def _code(text: str, label: str) -> Iterator[str]:
    """Yield text as it is, between fences longer than any in it."""
    plain = plain_text(text).rstrip("\n")
    fence = "`" * max(3, *(len(ticks) + 1 for ticks in _TICKS.findall(plain)), 3)
    yield from (f"{escaped(label)}:", "", fence, plain, fence, "")


def _table(table: Table) -> Iterator[str]:
    yield from (f"**{escaped(table.caption)}**", "")
    yield _row(column.head for column in table.columns)
    yield "|" + "|".join("---:" if column.number else "---" for column in table.columns) + "|"
    yield from (_row(cell.whole for cell in row) for row in table.rows)
    yield ""
    if table.note:
        yield from (escaped(table.note), "")


def _row(texts: Iterable[str]) -> str:
    return "| " + " | ".join(escaped(text) for text in texts) + " |"
