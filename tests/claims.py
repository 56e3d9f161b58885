"""What built-in tables of claims came to, on the page of claims: `python tests/claims.py [TABLE=FOLDER]...`.

Measures each table, or takes a folder in which `murmur claims` has done so, and writes it into docs/claims.md, between
its comments.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any, Final

import murmur
from scenarios.claims.result import read_claims
from scenarios.command_line.claims_report import markdown_of

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "claims.md"
_TABLE: Final = re.compile(r"(<!-- measured: claims (\S+) -->\n).*?(<!-- end of claims -->\n)", re.DOTALL)


def measured(name: str, folders: dict[str, str]) -> dict[str, Any]:
    """What a table came to, from its folder where there is one."""
    return read_claims(folders[name]) if name in folders else murmur.claims(name).plain()


def text_of(told: dict[str, Any]) -> str:
    """What stands between the comments of a table: how much was run, the verdicts, and all claims."""
    counts = ", ".join(f"{count} {verdict}" for verdict, count in told["verdicts"].items() if count)
    runs = f"{told['usual_runs']:,} runs of a setup where nothing else is said, {told['runs']:,} in all"
    return f"\n{len(told['claims'])} claims: {counts}; {runs}.\n\n{markdown_of(told)}\n"


def main() -> int:
    """Measure, and write the tables of the page, or those that are named."""
    parser = argparse.ArgumentParser(prog="python tests/claims.py", description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", metavar="TABLE=FOLDER", help="a table that has been measured already")
    folders = dict(each.split("=", 1) for each in parser.parse_args().folders)

    def written(match: re.Match[str]) -> str:
        if folders and match[2] not in folders:
            return match[0]
        return match[1] + text_of(measured(match[2], folders)) + match[3]

    PAGE.write_text(_TABLE.sub(written, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
