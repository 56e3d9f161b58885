"""The setup of a study: what differs between its cells, what they share, and each scenario in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from analysis.canonical import canonical_json
from analysis.report.blocks import Block, Cell, Code, Column, Facts, Figure, Fold, Paragraph, Section, Table
from analysis.report.facts import StudyFacts
from analysis.report.scenario_blocks import fault_table, in_full, scenario_facts, topology_figure
from analysis.report.words import count, listed, one_line

MOST_IN_FULL: Final = 100
"""Cells whose scenarios are shown in full; all of them are files of the study."""
MOST_PLANS: Final = 6
MOST_FIELDS: Final = 40
LONGEST: Final = 250
"""Letters of what differs between cells, beyond which there is an example in place of it."""
LEFT_OUT: Final = "left out"
"""In place of the value of a field that other kinds have."""
_NOTHING: Final = frozenset({LEFT_OUT, "none", "false", "0", "0B", "0.0"})
"""What a field says that asks for nothing."""
_NOT_TOLD: Final = ("description", "seed", "detail")


def setup(facts: StudyFacts) -> Section:
    """What differs, what is the same, what breaks, where it runs, and the scenarios in full."""
    blocks: list[Block] = [*_differences(facts), _shared(facts), *_faults(facts), *_topologies(facts)]
    return Section("setup", "Setup", (*blocks, _in_full(facts)))


def _in_full(facts: StudyFacts) -> Fold:
    """Return the scenarios as files, which run as they are."""
    if len(facts.cells) == 1:
        return in_full(facts.cells[0], "The scenario in full")
    shown = facts.cells[:MOST_IN_FULL]
    codes = [
        Code(scenario.text, f"{facts.label(number)}: cells/cell-{number:04}.yaml")
        for number, scenario in enumerate(shown)
    ]
    left = len(facts.cells) - len(shown)
    more = [Paragraph(f"Those of {left:,} more cells are in the folder cells of the study.")] if left else []
    return Fold(f"The scenarios of {count(len(shown), 'cell')} in full: what is not at its default", (*codes, *more))


def differing(scenarios: list[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the fields in which scenarios differ, by dotted path, each with its values in order."""
    flat = [dict(_flat(scenario, "")) for scenario in scenarios]
    paths = dict.fromkeys(path for fields in flat for path in fields)
    values = {path: list(dict.fromkeys(fields.get(path, LEFT_OUT) for fields in flat)) for path in paths}
    telling = {path: found for path, found in values.items() if not _NOTHING.issuperset(found)}
    return {path: found for path, found in telling.items() if len({*found} - {LEFT_OUT}) > 1}


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if path or name not in _NOT_TOLD:
                yield from _flat(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, "none" if value is None or value == [] else one_line(value)


def _differences(facts: StudyFacts) -> Iterator[Block]:
    fields = differing([scenario.plain for scenario in facts.cells])
    if not fields:
        return
    rows = tuple((Cell(path), Cell(listed(values, 10))) for path, values in list(fields.items())[:MOST_FIELDS])
    note = f"And {len(fields) - MOST_FIELDS} more fields." if len(fields) > MOST_FIELDS else ""
    columns = (Column("field"), Column("values"))
    yield Table("table-differences", "What differs between the cells", columns, rows, note)


def _shared(facts: StudyFacts) -> Facts:
    """Return the scenarios in a few lines, with all the words that a line has in some cell."""
    lines: dict[str, list[str]] = {}
    for scenario in facts.cells:
        for name, words in scenario_facts(scenario.plain).pairs:
            lines.setdefault(name, []).append(words)
    return Facts(tuple((name, _in_cells(list(dict.fromkeys(words)))) for name, words in lines.items()))


def _in_cells(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    told = listed(words, 5)
    return f"differs between cells: {told}" if len(told) < LONGEST else f"differs between cells, such as {words[0]}"


def _faults(facts: StudyFacts) -> Iterator[Block]:
    """Yield each plan of faults once, with the cells that have it."""
    plans: dict[str, list[int]] = {}
    for number, scenario in enumerate(facts.cells):
        plans.setdefault(canonical_json([[fault.kind, fault.words] for fault in scenario.faults]), []).append(number)
    if len(plans) == 1:
        yield fault_table(facts.cells[0].faults, "table-faults", "The plan of faults, in all cells")
        return
    for place, cells in enumerate(list(plans.values())[:MOST_PLANS]):
        whose = listed([facts.label(cell) for cell in cells], 4)
        faults = facts.cells[cells[0]].faults
        if faults:
            yield fault_table(faults, f"table-faults-{place}", f"The plan of faults of {whose}")
        else:
            yield Paragraph(f"Nothing breaks in {whose}.")
    if len(plans) > MOST_PLANS:
        yield Paragraph(f"And {len(plans) - MOST_PLANS} more plans, in the scenarios below.")


def _topologies(facts: StudyFacts) -> Iterator[Figure]:
    """Yield pictures of the topologies that are there to be seen."""
    shown = [number for number, scenario in enumerate(facts.cells) if scenario.topology is not None]
    for number in shown:
        topology = facts.cells[number].topology
        assert topology is not None
        label = facts.label(number)
        picture = topology_figure(topology, f"figure-topology-{number}", f" of {label}" if label else "")
        if picture is not None:
            yield picture
