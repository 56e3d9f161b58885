"""The notebook of the tutorial, made of its page: the same text, files, commands and programs, cell by cell.

Run as a program, this writes it again: `python tests/notebook.py`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.documentation import parts_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

PAGE: Final = ROOT / "docs" / "tutorial.md"
NOTEBOOK: Final = PAGE.with_suffix(".ipynb")
WRITE: Final = "%%writefile "
"""What begins a cell that is a file, as IPython has it; a line of the shell begins with an exclamation mark."""
SHOW: Final = "from IPython.display import Image\n\n"
"""What begins a cell that shows a picture which a cell above it has drawn."""
OF_THE_PAGE: Final = re.compile(r" [^.]*\[notebook\]\(tutorial\.ipynb\)[^.]*\.")
"""What the page says of its notebook."""
BEGINNING: Final = """\
# Everything below is written into a new folder.
import os
import tempfile

os.chdir(tempfile.mkdtemp(prefix="murmur-"))
"""


def notebook_of(page: Path) -> NotebookNode:
    """Return the notebook of a page, without outputs: who runs it sees their own."""
    from nbformat.v4 import new_notebook

    cells = list(_cells(page))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def _cells(page: Path) -> Iterator[NotebookNode]:
    from nbformat.v4 import new_code_cell, new_markdown_cell

    begun = False
    for part in parts_of(page):
        if isinstance(part, str):
            for text, picture in _texts(OF_THE_PAGE.sub("", part)):
                if text:
                    yield new_markdown_cell(text)
                if picture:
                    yield new_code_cell(f'{SHOW}Image("{picture}")')
            if not begun:
                yield new_code_cell(BEGINNING.strip())
                begun = True
        elif part.file is not None:
            yield new_code_cell(f"{WRITE}{part.file}\n{part.text}".strip())
        elif part.language == "console":
            yield new_code_cell("\n".join(f"!{command}" for command, _ in part.commands))
        elif part.language == "python":
            yield new_code_cell(part.text.strip())


def _texts(text: str) -> Iterator[tuple[str, str]]:
    """Yield text, and the picture that follows it, by the name under which a command above has drawn it."""
    *pictured, last = re.split(r"(!\[[^\]]*\]\(images/[^)]+\))", text)
    for before, link in zip(pictured[::2], pictured[1::2], strict=True):
        yield before.strip(), link.rpartition("/")[2].removesuffix(")")
    yield last.strip(), ""


def program_of(notebook: NotebookNode) -> str:
    """Return what the cells of a notebook do, one after the other, as a program without IPython."""
    return "\n".join(_without_ipython(cell.source) for cell in notebook.cells if cell.cell_type == "code")


def _without_ipython(source: str) -> str:
    if source.startswith(WRITE):
        name, _, text = source.removeprefix(WRITE).partition("\n")
        return f"__import__('pathlib').Path({name!r}).write_text({text!r}, encoding='utf-8')"
    if source.startswith(SHOW):
        picture = source.split('"')[1]
        return f"assert __import__('pathlib').Path({picture!r}).exists()"
    lines = (
        f"__import__('subprocess').run({line[1:]!r}, shell=True, check=True)" if line.startswith("!") else line
        for line in source.splitlines()
    )
    return "\n".join(lines)


def text_of(notebook: NotebookNode) -> str:
    """Return a notebook as its file has it."""
    from nbformat import writes

    return f"{writes(notebook)}\n"


if __name__ == "__main__":
    NOTEBOOK.write_text(text_of(notebook_of(PAGE)), encoding="utf-8")
    print(NOTEBOOK.relative_to(ROOT))
