"""Tables of the documentation that come from the program itself, so that they cannot grow old.

A comment `<!-- table: NAME -->` on a line of its own stands above each; run as a program, this writes them all again.
What the tables hold is in `tests/tables`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.tables.of_actors import TABLES_OF_ACTORS
from tests.tables.of_faults import TABLES_OF_FAULTS
from tests.tables.of_hardware import TABLES_OF_HARDWARE
from tests.tables.of_measures import TABLES_OF_MEASURES
from tests.tables.of_memory import TABLES_OF_MEMORY
from tests.tables.of_plots import TABLES_OF_PLOTS
from tests.tables.of_protocols import TABLES_OF_PROTOCOLS
from tests.tables.of_scenarios import TABLES_OF_SCENARIOS
from tests.tables.of_shared_state import TABLES_OF_SHARED_STATE
from tests.tables.of_workloads import TABLES_OF_WORKLOADS

_TABLE: Final = re.compile(r"(<!-- table: (.+?) -->\n)(?:\|.*\n)*")

TABLES: Final[dict[str, Callable[[], str]]] = {
    **TABLES_OF_SCENARIOS,
    **TABLES_OF_FAULTS,
    **TABLES_OF_HARDWARE,
    **TABLES_OF_ACTORS,
    **TABLES_OF_MEMORY,
    **TABLES_OF_PLOTS,
    **TABLES_OF_PROTOCOLS,
    **TABLES_OF_WORKLOADS,
    **TABLES_OF_MEASURES,
    **TABLES_OF_SHARED_STATE,
}
"""What each table holds, by the name in its comment."""


def with_tables(text: str) -> str:
    """Return the text of a page with its tables as the program has them now."""
    return _TABLE.sub(lambda match: match[1] + TABLES[match[2]](), text)


def tables_in(text: str) -> list[str]:
    """Return the names of the tables of a page."""
    return [match[2] for match in _TABLE.finditer(text)]


def write_tables() -> None:
    """Write the tables of every page again, as the program has them now."""
    for page in sorted((ROOT / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        if tables_in(text):
            page.write_text(with_tables(text), encoding="utf-8")
            print(page.name)


if __name__ == "__main__":
    write_tables()
