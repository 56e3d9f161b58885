"""The documentation leaves nothing out: every field, command and option, metric, plot and file has its place in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel

from analysis.manifest import Manifest
from analysis.metrics import METRICS
from analysis.plots.registry import PLOTS
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.run_writer import RUN_FILES
from scenarios.catalog import SORTS, entries
from scenarios.command_line.main import murmur
from scenarios.execution.row import ABOUT_THE_RUN
from scenarios.schema import Scenario
from sim.convergence import Convergence
from sim.records import OUTCOMES
from tests.documentation import ROOT
from tests.documentation_tables import TABLES, tables_in, with_tables

DOCS = ROOT / "docs"
NOT_REFERENCE = ("benchmarks", "claims", "command-line", "design", "plots", "published-results", "reproducibility")
"""Pages that may name a field but do not explain it."""
REFERENCE = "".join(
    page.read_text(encoding="utf-8") for page in sorted(DOCS.glob("*.md")) if page.stem not in NOT_REFERENCE
)
COMMAND_LINE = (DOCS / "command-line.md").read_text(encoding="utf-8")


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield every pydantic model that an annotation names, and those in their fields."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_in(field.annotation)
            for mark in field.metadata:
                yield from models_in(getattr(mark, "annotation", None))
    for part in get_args(annotation):
        yield from models_in(part)


def documented_models() -> list[type[BaseModel]]:
    """Return every model that a scenario file may hold."""
    kinds = (entry.config for sort in SORTS for entry in entries(sort))
    roots = [Scenario, *(kind for kind in kinds if kind is not None)]
    found = dict.fromkeys(model for root in roots for model in models_in(root))
    return [model for model in found if model.model_fields.keys() - {"kind"}]


def test_models_are_found() -> None:
    """The walk over the schema finds models of every depth."""
    names = {model.__name__ for model in documented_models()}
    assert {"Scenario", "BurstLoss", "LognormalLatency", "NodeChoice", "GossipConfig", "RegionsConfig"} <= names


@pytest.mark.parametrize("model", documented_models(), ids=lambda model: model.__name__)
def test_every_field_of_a_scenario_is_documented(model: type[BaseModel]) -> None:
    """Each field that a scenario file may hold is named on the page of scenarios, gossip, workloads, or faults."""
    missing = [name for name in model.model_fields if name != "kind" and f"`{name}`" not in REFERENCE]
    assert not [name for name in missing if f"`{{{name}: " not in REFERENCE]


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_tables_are_those_of_the_program(page: Path) -> None:
    """The tables of fields, metrics and columns are what the program says now."""
    text = page.read_text(encoding="utf-8")
    assert with_tables(text) == text, "write them again by `python tests/documentation_tables.py`"


def test_every_table_is_shown() -> None:
    """Each table that can be made stands on a page."""
    shown = [name for page in DOCS.glob("*.md") for name in tables_in(page.read_text(encoding="utf-8"))]
    assert sorted(shown) == sorted(TABLES)


def test_every_command_and_option_is_documented() -> None:
    """Each command has a section, which names each of its options."""
    sections = {part.split(maxsplit=1)[0]: part for part in COMMAND_LINE.split("\n## murmur ")[1:]}
    assert sections.keys() == murmur.commands.keys()
    for name, command in murmur.commands.items():
        options = [option for option in command.params if isinstance(option, click.Option)]
        names = [spelling for option in options for spelling in (*option.opts, *option.secondary_opts)]
        assert not [spelling for spelling in names if f"`{spelling}" not in sections[name]], name


def test_every_option_that_is_documented_exists() -> None:
    """No section names an option that its command does not have."""
    import re

    for part in COMMAND_LINE.split("\n## murmur ")[1:]:
        command = murmur.commands[part.split(maxsplit=1)[0]]
        known = {spelling for option in command.params for spelling in (*option.opts, *option.secondary_opts)}
        named = set(re.findall(r"^\| (`.*?) \|", part, re.MULTILINE))
        spelled = {spelling for cell in named for spelling in re.findall(r"`(--?[a-z-]+)", cell)}
        assert spelled <= known, command.name


def test_every_sort_and_plot_is_documented() -> None:
    """`murmur list` and `murmur plot` have nothing that their pages do not name."""
    listed = COMMAND_LINE.partition("## murmur list")[2].partition("## murmur show")[0]
    assert not [sort for sort in SORTS if sort not in listed]
    plots = (DOCS / "plots.md").read_text(encoding="utf-8")
    assert not [name for name in PLOTS if f"\n## {name}\n" not in plots]
    gallery = (DOCS / "gallery.md").read_text(encoding="utf-8")
    assert not [name for name in STUDY_PLOTS if f"\n## {name}\n" not in plots + gallery]


def test_what_a_run_leaves_is_documented() -> None:
    """Each file of a run folder, each metric and each way to declare convergence is named."""
    reproducibility = (DOCS / "reproducibility.md").read_text(encoding="utf-8")
    assert not [name for name in RUN_FILES if f"`{name}`" not in reproducibility]
    assert not [name for name in METRICS if f"`{name}`" not in REFERENCE]
    protocols = (DOCS / "protocols.md").read_text(encoding="utf-8")
    assert not [each.__name__ for each in get_args(Convergence) if f"murmur.{each.__name__}(" not in protocols]


def test_what_files_hold_is_documented() -> None:
    """Each field of a manifest, and each column that the row of every run has, is on the page of files."""
    files = (DOCS / "files.md").read_text(encoding="utf-8")
    assert not [name for name in (*Manifest.model_fields, *ABOUT_THE_RUN) if f"`{name}`" not in files]


def test_every_outcome_of_a_message_is_documented() -> None:
    """Each thing that can become of a message has its word on the page of scenarios."""
    scenarios = (DOCS / "scenarios.md").read_text(encoding="utf-8")
    assert not [name for name in OUTCOMES if f"`{name}`" not in scenarios]
