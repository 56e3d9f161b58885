"""Pages of the site that the program writes itself: one for each protocol and each fault.

A page has what the module says that it models and after which source, the options, a scenario to start from, and what
speaks for it. `docs/conf.py` writes them anew at each build, so that they cannot grow old.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from scenarios.library import text_of
from tests.evidence import ROOT, Sort, Test, rows_of, scenarios_of, tests_of
from tests.sources import SOURCES
from tests.tables.form import cells_of, grid

MOST_LINES: Final = 45
"""Lines of the longest scenario that a page shows in full; where none is shorter, the shortest is shown."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A protocol or a fault: its name, what it is in a line, the model of its options, and the module of its code."""

    sort: Sort
    name: str
    description: str
    config: type[BaseModel]
    module: str
    layer: str = ""


def protocols() -> list[Kind]:
    """Return every protocol."""
    from sim.protocols.registry import PROTOCOLS

    return [
        Kind("protocol", name, kind.description, kind.config, kind.protocol.__module__)
        for name, kind in PROTOCOLS.items()
    ]


def faults() -> list[Kind]:
    """Return every fault."""
    from faults.registry import FAULTS

    return [
        Kind("fault", name, kind.description, kind.config, kind.config.__module__, kind.config.layer)
        for name, kind in FAULTS.items()
    ]


def write_reference(folder: Path) -> list[Path]:
    """Write a page for each protocol and fault, and one that lists each sort; return them. Others are removed."""
    pages = {f"{kind.sort}-{kind.name}.md": page_of(kind) for kind in (*protocols(), *faults())}
    pages |= {"protocols.md": _list_of("Protocols, one by one", protocols())}
    pages |= {"faults.md": _list_of("Faults, one by one", faults())}
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def _list_of(title: str, kinds: list[Kind]) -> str:
    """Return a page that lists kinds, by layers where they have them."""
    parts = [f"# {title}\n"]
    for layer in dict.fromkeys(kind.layer for kind in kinds):
        rows = (
            [f"[{each.name}]({each.sort}-{each.name}.md)", each.description] for each in kinds if each.layer == layer
        )
        parts += [f"\n## Faults of the layer {layer}\n" if layer else "", f"\n{grid(('kind', 'what it is'), rows)}"]
    names = "".join(f"{kind.name} <{kind.sort}-{kind.name}>\n" for kind in kinds)
    return "".join(parts) + f"\n```{{toctree}}\n:hidden:\n{names}```\n"


def page_of(kind: Kind) -> str:
    """Return the page of a protocol or a fault, as Markdown."""
    return "\n".join(_parts(kind))


def _parts(kind: Kind) -> Iterator[str]:
    layer = f" It belongs to the layer {kind.layer}." if kind.layer else ""
    yield f"# The {kind.sort} {kind.name}\n\n{kind.description[0].upper()}{kind.description[1:]}.{layer}\n"
    yield f"## What it models\n\n{_said_of(kind)}\n"
    if source := SOURCES.get((kind.sort, kind.name)):
        yield f"Source: {source}\n"
    yield f"Its code is `{kind.module.replace('.', '/')}.py`.{_explained(kind)}\n"
    yield f"## Options\n\n{_options(kind)}"
    yield f"\n## In a scenario\n\n{_scenario(kind)}"
    yield f"\n## What speaks for it\n\n{_published(kind)}\n{_tests(kind)}"


def _said_of(kind: Kind) -> str:
    """Return what the module of a kind says, the package of a protocol before it, and what a fault says besides."""
    said = [inspect.cleandoc(sys.modules[kind.module].__doc__ or "")]
    package = kind.module.rpartition(".")[0]
    if kind.sort == "protocol" and package != "sim.protocols":
        said.insert(0, inspect.cleandoc(sys.modules[package].__doc__ or ""))
    if kind.sort == "fault":
        said.append(f"Of `{kind.name}` itself: {inspect.cleandoc(kind.config.__doc__ or '')}")
    return "\n\n".join(said)


def _explained(kind: Kind) -> str:
    """Return links to the pages that explain a kind to people: those with a table or row of its own, or most on it."""
    table = re.compile(rf"<!-- table: (?:{re.escape(kind.name)}|faults of {kind.layer or '-'}) -->")
    row = re.compile(rf"^\| `{re.escape(kind.name)}` \| `", re.MULTILINE)
    pages = {page: page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").glob("*.md"))}
    found = [
        page for page, text in pages.items() if table.search(text) or (kind.sort == "protocol" and row.search(text))
    ]
    most = max(pages, key=lambda page: pages[page].count(f"`{kind.name}`") + pages[page].count(f"kind: {kind.name}"))
    links = (f"[{pages[page].partition(chr(10))[0].lstrip('# ')}](../{page.name})" for page in found or [most])
    return f" More on it: {', '.join(links)}."


def _options(kind: Kind) -> str:
    rows = list(cells_of(kind.config))
    return grid(("field", "type", "default", "meaning"), rows) if rows else "It has none.\n"


def _scenario(kind: Kind) -> str:
    """Return the shortest built-in scenario with a kind, and the names of others."""
    names = scenarios_of(kind.sort, kind.name)
    if not names:
        return f"No built-in scenario runs it by itself; `murmur show {kind.name}` says what a scenario may write.\n"
    first = min(names, key=lambda name: text_of(name).count("\n"))
    others = [f"`{name}`" for name in names if name != first]
    more = f"\nIt is in these built-in scenarios too: {', '.join(others)}.\n" if others else ""
    return f"`murmur run {first}` runs this one:\n\n```yaml\n{text_of(first).strip()}\n```\n{more}"


def _published(kind: Kind) -> str:
    rows = rows_of(kind.sort, kind.name)
    if not rows:
        return (
            "No row of the [published results](../published-results.md) runs it; what holds it are the tests below.\n"
        )
    cells = ([row.id, row.title, row.source] for row in rows)
    said = "Rows of the [published results](../published-results.md) whose scenarios run it:"
    return f"{said}\n\n{grid(('row', 'what is measured', 'source'), cells)}"


def _tests(kind: Kind) -> str:
    of_code, running = tests_of(kind.sort, kind.name, kind.module)
    return _list_of_tests("Tests of its code, with what they say of themselves", of_code) + _list_of_tests(
        "Others that run it" if of_code else "Tests that run it, with what they say of themselves", running
    )


def _list_of_tests(title: str, tests: list[Test]) -> str:
    lines = "".join(f"- `{test.path}`: {test.about}\n" for test in tests)
    return f"{title}:\n\n{lines}\n" if tests else ""
