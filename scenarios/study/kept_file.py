"""The file that makes a study again, as the folder of the study holds it, with the scenarios of one's own beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import chain, count
from pathlib import Path
from shlex import join
from typing import Any, Final

from scenarios.document import Document
from scenarios.study.design import Design
from scenarios.study.schema import StudyFile
from scenarios.yaml_writer import plain_text

STUDY: Final = "study.yaml"
SCENARIOS: Final = "scenarios"
_ABOVE: Final = (
    "Paths of graph files and of traces that this file itself sets count from the folder in which the command is run,",
    "as they did in the one in which the study ran.",
)


def text_of(study: StudyFile) -> str:
    """Return a study as a file has it: how often cells are run and the seed, and else what is not at its default."""
    told = study.model_dump(mode="json", exclude_defaults=True)
    always = {"seed": study.seed, **study.how_often()}
    names = [name for name in StudyFile.model_fields if name in told.keys() | always.keys()]
    left_out = {"seeds"} if study.stop is not None else set()
    return plain_text({name: told.get(name, always.get(name)) for name in names if name not in left_out})


def files_of(design: Design, folder: Path) -> tuple[StudyFile, dict[Path, str]]:
    """Return the study that is kept in a folder, and the texts of the files that make it again there, by their paths.

    Scenarios that come with Murmur are named as they were; those of one's own are written beside the study.
    """
    bases = {cell.base[0]: cell.base[1] for cell in design.cells if cell.base is not None}
    names = dict(zip(bases, _file_names(bases), strict=True))
    cases = {
        word: case.model_copy(update={"scenario": names.get(case.scenario or "", case.scenario)})
        for word, case in design.file.cases.items()
    }
    scenario = names.get(design.file.scenario or "", design.file.scenario)
    file = design.file.model_copy(update={"scenario": scenario, "cases": cases})
    texts = {folder / names[named]: plain_text(_moved(base, folder / SCENARIOS)) for named, base in bases.items()}
    comment = "".join(f"# {line}\n" for line in _comment(design))
    return file, {**texts, folder / STUDY: comment + text_of(file)}


def command(plugins: Sequence[str]) -> str:
    """Return the command that makes a study again, in its folder."""
    return join(
        ["murmur", "study", STUDY, "--out", "again", *(word for name in plugins for word in ("--plugin", name))]
    )


def _comment(design: Design) -> Iterator[str]:
    yield f"To make this study again, in its folder: {command(design.setting.plugins)}"
    documents = [cell.document for cell in design.cells]
    if any(document.folder_of(where) is None for document in documents for where, _ in _paths(document.data)):
        yield from _ABOVE


def _file_names(bases: Mapping[str, Document]) -> Iterator[str]:
    taken: set[str] = set()
    for named in bases:
        stem = Path(named).stem
        tried = chain([stem], (f"{stem}-{number}" for number in count(2)))
        name = next(each for each in tried if each.casefold() not in taken)
        taken.add(name.casefold())
        yield f"{SCENARIOS}/{name}.yaml"


def _moved(base: Document, folder: Path) -> dict[str, Any]:
    """Return what a scenario says, with the relative paths of files that it reads counted from another folder."""
    data = deepcopy(base.data)
    for where, path in _paths(data):
        *blocks, last = where
        block: Any = data
        for part in blocks:
            block = block[part]
        if not Path(path).is_absolute():
            block[last] = Path(os.path.relpath((base.folder or Path()) / path, folder)).as_posix()
    return data


def _paths(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield where a scenario names files that it reads, and which."""
    faults = data.get("faults")
    items = enumerate(faults) if isinstance(faults, list) else ()
    blocks: list[tuple[tuple[str | int, ...], Any, str]] = [(("topology",), data.get("topology"), "path")]
    for index, fault in items:
        blocks.append((("faults", index), fault, "trace"))
        blocks.append((("faults", index, "when"), fault.get("when") if isinstance(fault, dict) else None, "trace"))
    for where, block, name in blocks:
        if isinstance(block, dict) and isinstance(block.get(name), str):
            yield (*where, name), block[name]
