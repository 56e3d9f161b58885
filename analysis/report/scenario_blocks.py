"""The setup of one scenario: what runs, where, what breaks, and the scenario as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from analysis.report.blocks import Bullets, Cell, Code, Column, Facts, Figure, Fold, Paragraph, Table
from analysis.report.facts import FaultFacts, ScenarioFacts
from analysis.report.pictures import picture_of
from analysis.report.words import kind_words, listed
from topologies.errors import InputError
from topologies.topology import Topology

NO_EFFECT: Final = "no delay and no loss"
MOST_NODES: Final = 5_000
"""Nodes beyond which a topology is told in words alone."""


def scenario_facts(scenario: Mapping[str, Any]) -> Facts:
    """Return a scenario in a few lines."""
    return Facts(tuple(_pairs(scenario)))


def _pairs(scenario: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "protocol", kind_words(scenario["protocol"])
    yield "topology", kind_words(scenario["topology"])
    yield "network", network_words(scenario.get("network") or {})
    workload = scenario.get("workload")
    if workload:
        yield "workload", kind_words(workload)
    for name in ("clocks", "handling", "hardware", "liveness"):
        if scenario.get(name):
            yield name, kind_words(scenario[name])
    ends = f", or earlier when {scenario['stop_when']}" if scenario.get("stop_when") else ""
    yield "duration", f"{scenario['duration']} of simulated time{ends}"
    yield "checks", ", ".join(scenario.get("checks") or ()) or "none"


def network_words(network: Mapping[str, Any]) -> str:
    """Return what links do to messages, leaving out what they do not."""
    parts = [f"latency {kind_words(network['latency'])}"] if network.get("latency") else []
    loss = network.get("loss") or {}
    if loss.get("kind") != "independent":
        parts += [f"loss {kind_words(loss)}"] if loss else []
    elif loss.get("probability"):
        parts.append(f"loss {100 * loss['probability']:.4g} %")
    for name in ("duplication", "reordering", "corruption", "bandwidth"):
        if network.get(name):
            parts.append(f"{name} {kind_words(network[name])}")
    return "; ".join(parts) or NO_EFFECT


def fault_table(faults: Sequence[FaultFacts], name: str, caption: str) -> Table | Paragraph:
    """Return the plan of faults, each in words, and what each came to where that is known."""
    if not faults:
        return Paragraph("Nothing breaks: the plan has no faults.")
    columns = [Column("fault"), Column("kind"), Column("what breaks, and when")]
    ran = any(fault.came_to for fault in faults)
    rows = [
        tuple(map(Cell, (fault.id, fault.kind, fault.words, *([fault.came_to] if ran else [])))) for fault in faults
    ]
    return Table(name, caption, tuple([*columns, Column("what it came to")] if ran else columns), tuple(rows))


def topology_figure(topology: Topology, name: str, whose: str = "") -> Figure | None:
    """Return a picture of a topology; None where it cannot be seen."""
    from analysis.report.topology_picture import draw_plain_topology, topology_words

    if not 1 < topology.nodes <= MOST_NODES:
        return None
    try:
        picture = picture_of(draw_plain_topology(topology))
    except InputError:
        return None
    words = topology_words(topology)
    size = words.removeprefix(f"{topology.kind}: ") if topology.kind in whose else words
    return Figure(
        name, f"The topology{whose}: {size}.", f"The topology {words}, nodes as dots, links as lines.", picture
    )


def in_full(scenario: ScenarioFacts, summary: str) -> Fold:
    """Return the scenario as a file, which runs as it is."""
    return Fold(summary, (Code(scenario.text, "save as scenario.yaml; murmur run scenario.yaml runs it"),))


def left_out_fold(left_out: Sequence[tuple[str, str]]) -> list[Fold]:
    """Return which plots are not there, and why; nothing where all are."""
    if not left_out:
        return []
    names = listed([name for name, _ in left_out], 6)
    items = tuple(f"{name}: {reason}" for name, reason in left_out)
    return [Fold(f"Plots that do not fit, or are left out: {names}", (Bullets(items),))]
