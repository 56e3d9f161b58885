"""What comes with Murmur and is found by name, or else in a file of one's own: scenarios, studies, tables of claims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from scenarios.document import Document
from scenarios.names import did_you_mean
from scenarios.yaml_loader import load_bytes, load_file
from sim.units import shown
from topologies.errors import InputError

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """One sort of them: what it is called, the folders of the library that hold it, and the command that lists it.

    `admit` is told each file of one's own and its path, and raises InputError where it is of another sort; `elsewhere`
    is told each name that is none of this sort and no file, and raises InputError where it is one of another sort.
    """

    noun: str
    folders: tuple[str, ...]
    listing: str
    admit: Callable[[Document, str], None]
    elsewhere: Callable[[str], None] = lambda _: None

    def files(self) -> dict[str, Traversable]:
        """Return the files of this sort that come with Murmur, by name."""
        library = resources.files("scenarios") / "library"
        folders = [folder for name in self.folders if (folder := library / name if name else library).is_dir()]
        files = [file for folder in folders for file in folder.iterdir() if file.name.endswith(".yaml")]
        return {file.name.removesuffix(".yaml"): file for file in files}

    def names(self) -> list[str]:
        """Return their names, in alphabetical order."""
        return sorted(self.files())

    def read(self, name_or_path: str | Path) -> Document:
        """Return what a file says, not yet checked; raises InputError where there is no such file.

        Text with a slash or with the suffix .yaml or .yml is a path; any other is a built-in's name, or else a file's.
        """
        text, files = str(name_or_path), self.files()
        looks_like_a_path = isinstance(name_or_path, Path) or "/" in text or "\\" in text or text.endswith(_SUFFIXES)
        if not looks_like_a_path and text in files:
            return load_bytes(files[text].read_bytes(), f"{text}.yaml")
        if looks_like_a_path or _is_file(text):
            document = load_file(Path(text))
            self.admit(document, text)
            return document
        self.elsewhere(text)
        remedy = did_you_mean(text, files) or f"; `{self.listing}` names them"
        raise InputError(f"found no built-in {self.noun} and no file called {shown(text)}{remedy}")

    def text_of(self, name: str) -> str:
        """Return the text of a built-in, as a start for one's own."""
        files = self.files()
        if name not in files:
            raise InputError(f"found no built-in {self.noun} called {shown(name)}{did_you_mean(name, files)}")
        return files[name].read_text(encoding="utf-8")


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False
