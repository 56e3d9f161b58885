"""How Sphinx builds the site: `make docs`. The pages are Markdown that reads well in a repository too."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

project = "Murmur"
author = "the authors of Murmur"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # `...` stands for what is left out, which is no word of any language
html_theme = "furo"
html_title = "Murmur"
html_static_path = ["_static"]
html_css_files = ["murmur.css"]
html_copy_source = False
html_show_copyright = False
myst_heading_anchors = 4

_SECTION: Final = re.compile(r"^## (.+)\n((?:\n|- \[.*\n)+)", re.MULTILINE)
_PAGE: Final = re.compile(r"^- \[(.+?)\]\((\S+?)\.md\)", re.MULTILINE)
MADE: Final = "reference"
"""The folder of the pages that the program writes itself."""


def with_toctrees(index: str) -> str:
    """Return the index with a table of contents for each of its sections, made of the section's own links."""
    trees = "".join(_toctree(section[1], _PAGE.findall(section[2])) for section in _SECTION.finditer(index))
    made = [("Protocols, one by one", f"{MADE}/protocols"), ("Faults, one by one", f"{MADE}/faults")]
    return f"{index}\n{trees}{_toctree('Made from the program', made)}"


def _toctree(caption: str, pages: list[tuple[str, str]]) -> str:
    entries = "".join(f"{title} <{page}>\n" for title, page in pages)
    return f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{entries}```\n\n"


def _read(_: Sphinx, name: str, text: list[str]) -> None:
    if name == "index":
        text[0] = with_toctrees(text[0])
    else:
        text[0] = re.sub(r"\]\(\.\./README\.md\)", "](index.md)", text[0])  # the site begins with its index


def _write_pages(app: Sphinx) -> None:
    from tests.reference_pages import write_reference

    write_reference(Path(app.srcdir) / MADE)


def setup(app: Sphinx) -> dict[str, Any]:
    """Let Sphinx know the pages that are made, the index, and the word `output` of our blocks."""
    from pygments.lexers.special import TextLexer

    app.add_lexer("output", TextLexer)
    app.connect("builder-inited", _write_pages)
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
