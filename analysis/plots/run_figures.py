"""From runs to what each plot draws."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.fault_tally import FaultTally, did_nothing
from analysis.fault_words import layer_of, target_words
from analysis.plots.course import course_of
from analysis.plots.fault_spans import FAULT, RECORD_KINDS, FaultSpan, cut_links, fault_spans, strikes
from analysis.plots.fault_timeline import MOST_ROWS, FaultRow, FaultTimeline
from analysis.plots.message_arrows import MessageArrow
from analysis.plots.message_load import MessageLoad
from analysis.plots.run_view import RunView
from analysis.plots.space_time import MOST_MESSAGES, SpaceTime
from analysis.plots.spread import SpreadFigure, SpreadSeries
from analysis.plots.topology_snapshot import TopologySnapshot
from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.records import Record

MOST_SERIES: Final = 8
MOST_TARGETS: Final = 4
"""Targets of a fault that are named."""
LIVENESS: Final = "liveness"
_MOST_SEEDS_NAMED: Final = 5


def spread_figure(runs: Sequence[RunView]) -> SpreadFigure:
    """Return the courses of runs, those of one scenario as one series.

    Raises InputError for more than 8 scenarios, for the same run twice, and for scenarios whose progress is measured
    in different ways.
    """
    groups = by_scenario(runs)
    courses = [[course_of(run) for run in group] for group in groups]
    quantities = {found[0].quantity: group[0].name for group, found in zip(groups, courses, strict=True)}
    if len(quantities) > 1:
        ways = "; ".join(f"{name}: {quantity}" for quantity, name in quantities.items())
        raise InputError(f"found runs whose progress is measured in different ways ({ways}); draw them one by one")
    labels = labels_of([group[0].scenario for group in groups])
    items = max(course.items for found in courses for course in found)
    return SpreadFigure(
        series=[
            SpreadSeries(label, [course.curve for course in found])
            for label, found in zip(labels, courses, strict=True)
        ],
        end=max(run.end for run in runs),
        name=", ".join(dict.fromkeys(run.name for run in runs)),
        facts=facts(runs) + (f", mean of {items} items" if items > 1 else ""),
        quantity=courses[0][0].quantity,
        spans=[span for run in runs for span in spans_of(run)],
        logarithmic=courses[0][0].logarithmic,
    )


def topology_figure(run: RunView) -> TopologySnapshot:
    """Return the topology of a run, its first receipts, its crashed nodes and the links that partitions cut."""
    course, spans, topology = course_of(run), spans_of(run), run.topology()
    crashes = [(span.node, span.unmended) for span in spans if span.kind == "crashed" and span.node is not None]
    return TopologySnapshot(
        topology=topology,
        moments=course.moments,
        name=run.name,
        facts=facts([run]),
        event=course.event,
        down={node for node, unmended in crashes if unmended},
        restarted={node for node, unmended in crashes if not unmended},
        cut=set() if topology.implicit else cut_links(spans, topology.edges(), topology.nodes),
    )


def load_figure(run: RunView) -> MessageLoad:
    """Return how many messages each node sent, as far as their fate was decided, and how many it received."""
    sent, received = np.zeros(run.nodes, np.int64), np.zeros(run.nodes, np.int64)
    for sources, destinations, delivered in run.message_ends("load"):
        sent += np.bincount(sources, minlength=run.nodes)
        received += np.bincount(destinations[delivered], minlength=run.nodes)
    return MessageLoad(sent, received, run.name, facts([run]))


def space_time_figure(run: RunView) -> SpaceTime:
    """Return the messages of a run, up to the time of the 1,000th where there are more, and what broke until then."""
    rows = list(islice(run.messages("space-time"), MOST_MESSAGES + 1))
    end = run.end if len(rows) <= MOST_MESSAGES else rows[MOST_MESSAGES - 1].time
    shortened = "" if end == run.end else f"; until the {MOST_MESSAGES:,}th of its messages"
    course = course_of(run) if run.convergence is not None else None
    return SpaceTime(
        nodes=run.nodes,
        messages=[arrow_of(row) for row in rows[:MOST_MESSAGES]],
        end=end,
        name=run.name,
        facts=facts([run]) + shortened,
        spans=[replace(span, end=min(span.end, end)) for span in spans_of(run) if span.begin <= end],
        moments=[(node, time) for node, time in sorted(course.moments.items()) if time <= end] if course else (),
        event=course.event if course else "",
        kinds=run.payloads,
    )


def arrow_of(row: Record) -> MessageArrow:
    """Return a message as it is drawn, from the record of what became of it."""
    of = row.fields
    return MessageArrow(of["source"], of["destination"], of["sent_at"], row.time, of["message"], row.kind)


def faults_figure(run: RunView) -> FaultTimeline:
    """Return what each fault of a run did and when, in the order of the plan; raises InputError where it had none."""
    records = list(run.states((FAULT, LIVENESS)))
    tally = FaultTally()
    for record in records:
        if record.kind == FAULT:
            tally.observe(record)
    struck: dict[str, list[FaultSpan]] = {}
    for span in strikes(records, run.end):
        struck.setdefault(span.id, []).append(span)
    rows = [_fault_row(told, struck.get(told["id"], [])) for told in tally.told()]
    if not rows:
        raise InputError(f"{run.name}: the run had no faults, which this plot needs; give its scenario some")
    healed = [record.time for record in records if record.kind == LIVENESS]
    shortened = f"; the first {MOST_ROWS} of {len(rows)} faults" if len(rows) > MOST_ROWS else ""
    return FaultTimeline(rows, run.end, run.name, facts([run]) + shortened, healed[0] if healed else None)


def _fault_row(told: dict[str, Any], struck: Sequence[FaultSpan]) -> FaultRow:
    """Return the row of a fault, with the words beside it: on whom, and what it touched."""
    name, kind = told["id"], told["fault"]
    layer = layer_of(kind)
    if not told["strikes"]:
        return FaultRow(name, layer, (), "", "off" if told["off"] else "never fired", idle=True)
    targets = target_words(kind, told["targets"], MOST_TARGETS) or ("all links" if layer == "network" else "all")
    if did_nothing(kind, told["touched"], told["effect"]):
        return FaultRow(name, layer, struck, f"on {targets}", "touched nothing", idle=True)
    if not told["touched"]:
        verb = "on" if layer else "ended"
        return FaultRow(name, layer, struck, f"{verb} {targets}", f"changed {told['effect']:,}" if layer else "")
    return FaultRow(name, layer, struck, f"on {targets}", f"touched {told['touched']:,}")


def spans_of(run: RunView) -> list[FaultSpan]:
    """Return what was broken in a run, and when."""
    return fault_spans(run.states(RECORD_KINDS), run.end)


def facts(runs: Sequence[RunView]) -> str:
    """Return the facts of runs in a few words: topology, number of nodes, seeds."""
    kinds = {str(run.scenario.get("topology", {}).get("kind", "")) for run in runs}
    sizes = sorted({run.nodes for run in runs})
    kind = [*kinds] if len(kinds) == 1 and "" not in kinds else []
    nodes = f"{sizes[0]:,} node{'s' * (sizes[0] != 1)}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,} nodes"
    return ", ".join([*kind, nodes, _seeds(sorted({run.seed for run in runs}))])


def _seeds(seeds: Sequence[int]) -> str:
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    if seeds[-1] - seeds[0] == len(seeds) - 1:
        return f"seeds {seeds[0]}–{seeds[-1]}"
    return f"seeds {', '.join(map(str, seeds))}" if len(seeds) <= _MOST_SEEDS_NAMED else f"{len(seeds)} seeds"


def by_scenario(runs: Sequence[RunView]) -> list[list[RunView]]:
    """Return the runs of each scenario, in the order in which they were given."""
    groups: dict[str, dict[int, RunView]] = {}
    for run in runs:
        group = groups.setdefault(json.dumps(run.scenario, sort_keys=True), {})
        if run.seed in group:
            raise InputError(f"found the same run twice: {run.name} with seed {run.seed}; name each run once")
        group[run.seed] = run
    if len(groups) > MOST_SERIES:
        raise InputError(f"found runs of {len(groups)} scenarios; expected at most {MOST_SERIES}: draw fewer at a time")
    return [list(group.values()) for group in groups.values()]


def labels_of(scenarios: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what tells scenarios apart: nothing where there is one, their names, or the fields that differ."""
    if len(scenarios) == 1:
        return [""]
    names = [str(scenario.get("name")) for scenario in scenarios]
    if len(set(names)) == len(names):
        return names
    fields = [dict(_fields(scenario)) for scenario in scenarios]
    paths = sorted({path for found in fields for path in found})
    telling = [path for path in paths if len({found.get(path) for found in fields}) > 1 and path != "description"]
    return [", ".join(_told(path, found.get(path, "–")) for path in telling) for found in fields]


def _told(path: str, value: str) -> str:
    return value if path == "name" else f"{path.rpartition('.')[2]} {value}"


def _fields(data: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the dotted path and the text of each value in plain data."""
    inner = data.items() if isinstance(data, dict | Mapping) else enumerate(data) if isinstance(data, list) else None
    if inner is None:
        yield path, str(data)
        return
    for key, value in inner:
        yield from _fields(value, f"{path}.{key}" if path else str(key))
