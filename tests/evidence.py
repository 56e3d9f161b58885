"""What speaks for a protocol or a fault: published results whose scenarios run it, built-in scenarios, and tests.

All of it is read from the rows, the scenarios and the tests themselves, so that nothing here can grow old.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from scenarios.library import load, names
from tests.published.measurement import LIBRARY, Row

ROOT: Final = Path(__file__).resolve().parents[1]
Sort = Literal["protocol", "fault"]


@dataclass(frozen=True, slots=True)
class Test:
    """A file of tests: where it is, and what it says that it holds."""

    path: str
    about: str
    text: str


def kinds_in(scenario: Any, sort: Sort) -> set[str]:
    """Return the kinds of a sort that a scenario runs; plans that are drawn name none."""
    if sort == "protocol":
        return {scenario.protocol.kind}
    faults = scenario.faults if isinstance(scenario.faults, list | tuple) else ()
    return {fault.kind for fault in faults}


@cache
def _rows_by_kind(sort: Sort) -> dict[str, list[Row]]:
    from tests.published.rows import ROWS

    found: dict[str, list[Row]] = {}
    for row in ROWS.values():
        scenarios = [_published(part.scenario, part.overrides) for part in row.parts.values()]
        for kind in sorted({kind for scenario in scenarios for kind in kinds_in(scenario, sort)}):
            found.setdefault(kind, []).append(row)
    return found


@cache
def _published(name: str, overrides: tuple[str, ...]) -> Any:
    return load(LIBRARY / f"{name}.yaml", overrides)


@cache
def _scenarios_by_kind(sort: Sort) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names():
        for kind in kinds_in(load(name), sort):
            found.setdefault(kind, []).append(name)
    return found


def rows_of(sort: Sort, kind: str) -> list[Row]:
    """Return the published results whose scenarios run a protocol, or have a fault in them."""
    return _rows_by_kind(sort).get(kind, [])


def scenarios_of(sort: Sort, kind: str) -> list[str]:
    """Return the built-in scenarios that run a protocol, or have a fault in them."""
    return _scenarios_by_kind(sort).get(kind, [])


@cache
def tests() -> tuple[Test, ...]:
    """Return every file of tests, with the first sentence of what it says of itself."""
    return tuple(_tests())


def _tests() -> Iterator[Test]:
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        about = (ast.get_docstring(ast.parse(text)) or "").partition("\n\n")[0]
        yield Test(str(path.relative_to(ROOT)), " ".join(about.split()), text)


def tests_of(sort: Sort, kind: str, module: str) -> tuple[list[Test], list[Test]]:
    """Return the files of tests of the code of a kind, and the others that have it in a scenario that they run."""
    home = module.rpartition(".")[0] if module.count(".") > 2 and sort == "protocol" else module
    imported = re.compile(rf"^from {re.escape(home)}(\.[\w.]+)? import", re.MULTILINE)
    named = re.compile(rf"""kind["']?: ?["']?{re.escape(kind)}(?![\w-])""")
    quoted = re.compile(rf"""["']{re.escape(kind)}["']""")
    of_code, running = [], []
    for test in tests():
        if imported.search(test.text):
            of_code.append(test)
        elif named.search(test.text) or (sort == "fault" and "/faults/" in test.path and quoted.search(test.text)):
            running.append(test)
    return of_code, running
