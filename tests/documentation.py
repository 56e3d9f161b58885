"""The blocks of code in the documentation, and how each is carried out exactly as it is printed.

A page is a story: its blocks run in order, in one folder that starts empty. The words after a fence's three backquotes
say what a block is:

- `console`: lines after `$ ` are commands for the shell, the lines below one are all that it prints;
- `python`: a program, run in a process of its own;
- `output`: all that the program above it prints;
- `LANGUAGE file=NAME`: a file, written into the folder and not run by itself;
- `yaml part`: fields that a scenario may have, checked as part of one;
- `text`: nothing to carry out;
- `LANGUAGE not-run=REASON`, with hyphens for spaces: not carried out, for that reason.

`murmur` and programs start warm (tests/warm_interpreter.py), each in a process of its own all the same.

In what is printed, `...` stands for anything on one line, and a line of nothing else for any lines.

Run as a program, this makes the pictures of the pages again: `python tests/documentation.py`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
IMAGES: Final = ROOT / "docs" / "images"
PAGES: Final = (ROOT / "README.md", *(path for path in sorted((ROOT / "docs").glob("*.md"))))

_FENCE: Final = re.compile(r"^```(\S+)[ ]*([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_IMAGE: Final = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
_GIVEN_IMAGE: Final = re.compile(r"^\[[^\]]+\]: (\S+\.png)$", re.MULTILINE)
_LINK: Final = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
LONGEST_RUN: Final = 120
"""Seconds of wall time after which a block is given up as hanging."""


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: language, the words after it, its text, and the line of the page on which it starts."""

    language: str
    words: str
    text: str
    line: int

    @property
    def file(self) -> str | None:
        """The file that the block is, if it is one."""
        return self.words.removeprefix("file=") if self.words.startswith("file=") else None

    @property
    def commands(self) -> list[tuple[str, str]]:
        """The commands of a console, each with what it prints."""
        typed = [part.partition("\n") for part in self.text.removeprefix("$ ").split("\n$ ")]
        return [(command, printed) for command, _, printed in typed]

    @property
    def reason_not_run(self) -> str | None:
        """Why the block is not carried out, if it is not."""
        return self.words.removeprefix("not-run=") if self.words.startswith("not-run=") else None


def parts_of(page: Path) -> Iterator[str | Block]:
    """Yield the text of a page and its fenced blocks, in order."""
    text = page.read_text(encoding="utf-8")
    end = 0
    for match in _FENCE.finditer(text):
        yield text[end : match.start()]
        yield Block(match[1], match[2].strip(), match[3], text.count("\n", 0, match.start()) + 1)
        end = match.end()
    yield text[end:]


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    return [part for part in parts_of(page) if isinstance(part, Block)]


def images_of(page: Path) -> list[Path]:
    """Return the pictures that a page shows."""
    return [(page.parent / link).resolve() for link in _IMAGE.findall(page.read_text(encoding="utf-8"))]


def given_images_of(page: Path) -> list[Path]:
    """Return the pictures that a page names at its end, and no command on it makes that is run."""
    return [(page.parent / link).resolve() for link in _GIVEN_IMAGE.findall(page.read_text(encoding="utf-8"))]


def links_of(page: Path) -> list[str]:
    """Return where the links of a page lead."""
    return _LINK.findall(page.read_text(encoding="utf-8"))


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Story:
    """Carries out the blocks of one page in a folder."""

    def __init__(self, page: Path, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.printed = ""
        self.done: list[Block] = []

    def tell(self) -> list[Block]:
        """Carry out every block, and return those that were; AssertionError where one does not do what it says."""
        for block in blocks_of(self.page):
            if block.reason_not_run is None:
                self._carry_out(block)
                self.done.append(block)
        return self.done

    def _carry_out(self, block: Block) -> None:
        if block.file is not None:
            (self.folder / block.file).write_text(block.text, encoding="utf-8")
        elif block.words == "part":
            check_part(block.text)
        elif block.language == "console":
            self._type(block)
        elif block.language == "python":
            self.printed = self._run(["warm-python", "-c", block.text], block)
        elif block.language == "output":
            assert_printed(self.printed, block.text, self._place(block))
        elif block.language != "text":
            raise AssertionError(f"{self._place(block)}: found {block.language} {block.words}; see {__file__}")

    def _type(self, block: Block) -> None:
        assert block.text.startswith("$ "), f"{self._place(block)}: expected a first line with '$ ' and a command"
        for command, expected in block.commands:
            printed = self._run(["sh", "-c", command], block)
            assert_printed(printed, expected, f"{self._place(block)}: {command}")

    def _run(self, command: list[str], block: Block) -> str:
        """Return what a command prints on both of its outputs; it has to end with exit code 0."""
        from tests.warm_interpreter import warm_commands

        path = os.pathsep.join((str(warm_commands()), str(Path(sys.executable).parent), os.environ["PATH"]))
        environment = {**os.environ, "PATH": path, "COLUMNS": "120"}
        run = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_RUN,
            check=False,
        )
        assert run.returncode == 0, f"{self._place(block)}: ended with {run.returncode}:\n{run.stdout}"
        return run.stdout

    def _place(self, block: Block) -> str:
        return f"{self.page.name}:{block.line}"


def assert_printed(found: str, expected: str, place: str) -> None:
    """Raise AssertionError where what was printed is not what the page shows."""
    found, expected = _tidy(found), _tidy(expected)
    pattern = "".join(map(_pattern, expected.splitlines()))
    assert re.fullmatch(pattern, found), f"{place}: printed\n{found}instead of\n{expected}"


def _tidy(text: str) -> str:
    """Return text without blank lines around it and without blanks at the ends of lines."""
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").split("\n"))


def _pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:[^\n]*\n)*?"
    return re.escape(line).replace(r"\.\.\.", r"[^\n]*") + r"\n"


PART_OF: Final = {"name": "part", "duration": "60s", "topology": {"kind": "mesh", "nodes": 60}}


def check_part(text: str) -> None:
    """Check fields of a scenario, the others at what serves; raises InputError where they are wrong."""
    from scenarios.schema import scenario_of
    from scenarios.yaml_loader import load_text

    part: dict[str, Any] = load_text(text, "part").data
    scenario_of({**PART_OF, "protocol": {"kind": "gossip"}, **part})


def make_images() -> Iterator[Path]:
    """Make every picture that a page shows, by the page's own commands, and yield its path.

    They are kept in 256 colours, which takes a third of the bytes and shows to nobody.
    """
    from PIL import Image

    for page in PAGES:
        images = images_of(page)
        if not images:
            continue
        with tempfile.TemporaryDirectory() as folder:
            Story(page, Path(folder)).tell()
            for image in images:
                with Image.open(next(Path(folder).rglob(image.name))) as made:
                    made.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(image, optimize=True)
                yield image


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for made in make_images():
        print(made.relative_to(ROOT), f"{made.stat().st_size / 1000:.0f} KB")
