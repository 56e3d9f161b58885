"""The sections of a report on one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from analysis.checks import CHECKS
from analysis.metrics import METRICS
from analysis.report.blocks import Block, Bullets, Cell, Code, Column, Facts, Fold, Paragraph, Section, Table, Tone
from analysis.report.facts import RunFacts
from analysis.report.scenario_blocks import fault_table, in_full, scenario_facts, topology_figure
from analysis.report.words import count, listed, metric_words, one_line
from analysis.shown_value import seconds, shown_metric

TONES: Final[dict[str, Tone]] = {"holds": "good", "violated": "bad", "unknown": "unknown"}
ORDER: Final = ("violated", "unknown", "holds")
MOST_EVIDENCE: Final = 10


def question(facts: RunFacts) -> Section:
    """What the scenario asks."""
    scenario = facts.scenario.plain
    words = str(scenario.get("description") or "").strip() or "The scenario does not say: give it a description."
    return Section("question", "Question", (Paragraph(words),))


def answer(facts: RunFacts) -> Section:
    """What the run came to, in a few sentences."""
    return Section(
        "answer", "Answer in brief", (_verdict_line(facts.summary["verdicts"]), Bullets(tuple(_points(facts))))
    )


def _verdict_line(verdicts: list[Mapping[str, Any]]) -> Paragraph:
    found = [each["verdict"] for each in verdicts]
    if not found:
        return Paragraph("No checks: the scenario asks for none, so that nothing is known to hold.", "unknown")
    for worst in ORDER[:2]:
        names = [each["check"] for each in verdicts if each["verdict"] == worst]
        if names:
            return Paragraph(f"{listed(names)}: {worst}, of {count(len(found), 'check')}.", TONES[worst])
    return Paragraph(f"All {count(len(found), 'check')} hold.", "good")


def _points(facts: RunFacts) -> Iterator[str]:
    summary = facts.summary
    metrics = summary["metrics"]
    if "converged_at" in metrics:
        at = metrics["converged_at"]
        yield "It did not converge while it lasted." if at is None else f"It converged at {seconds(at)}."
    where = f"{summary['protocol']} on {count(summary['nodes'], 'node')} ({summary['topology']})"
    why = ended_words(summary["ended_by"])
    yield f"{where} ran for {seconds(summary['ended_ns'])} of simulated time ({why})."
    balance = summary["balance"]
    lost = [f"{name} {number:,}" for name, number in balance["outcomes"].items() if name != "delivered" and number]
    lost += [f"in flight {balance['in_flight']:,}"] if balance["in_flight"] else []
    lost += [f"waiting at nodes {balance['waiting']:,}"] if balance["waiting"] else []
    went = f"; not delivered: {', '.join(lost)}" if lost else ""
    copied = f" and {balance['duplicated']:,} copied" if balance["duplicated"] else ""
    delivered = balance["outcomes"].get("delivered", 0)
    yield f"{count(balance['sent'], 'message')} sent{copied}, {delivered:,} delivered{went}."
    struck = [fault for fault in summary["faults"] if fault["strikes"]]
    if summary["faults"]:
        strikes = sum(fault["strikes"] for fault in struck)
        planned = count(len(summary["faults"]), "planned fault")
        yield f"{len(struck)} of {planned} fired, {count(strikes, 'time')} in all."
    yield "This is one run under one seed: it shows what can happen, not how often; murmur study tells that."


def ended_words(by: str) -> str:
    """Return why a run ended, for people."""
    words = {
        "duration": "its duration was over",
        "quiescent": "nothing was left to happen",
        "converged": "it had converged",
    }
    return words.get(by, by)


def verdicts(facts: RunFacts) -> Section:
    """Each check with its verdict, the reason, and the records that show it."""
    found = sorted(facts.summary["verdicts"], key=lambda each: ORDER.index(each["verdict"]))
    if not found:
        return Section("verdicts", "Verdicts", ())
    rows = tuple(
        (
            Cell(each["check"]),
            Cell(each["verdict"], float(ORDER.index(each["verdict"])), TONES[each["verdict"]]),
            Cell(each["reason"]),
        )
        for each in found
    )
    columns = (Column("check"), Column("verdict"), Column("why"))
    table = Table("table-verdicts", "What each check came to", columns, rows)
    evidence = tuple(_evidence(each) for each in found if each["evidence"])
    asked = tuple(f"{each['check']}: {CHECKS[each['check']].description}" for each in found if each["check"] in CHECKS)
    meaning = (Fold("What each check asks", (Bullets(asked),)),) if asked else ()
    return Section("verdicts", "Verdicts", (table, *evidence, *meaning))


def _evidence(verdict: Mapping[str, Any]) -> Fold:
    """Return the records that show a verdict, as they are."""
    records = verdict["evidence"][:MOST_EVIDENCE]
    rows = tuple(tuple(_record(record)) for record in records)
    columns = (Column("at", True), Column("node", True), Column("record"), Column("fields"))
    name = f"table-evidence-{verdict['check']}"
    table = Table(name, f"Records that show {verdict['check']}: {verdict['verdict']}", columns, rows)
    return Fold(f"{verdict['check']}: the {count(len(records), 'record')} that show it", (table,))


def _record(record: Mapping[str, Any]) -> Iterator[Cell]:
    time, node = record.get("time"), record.get("node")
    yield Cell(seconds(time), float(time)) if isinstance(time, int) else Cell("")
    yield Cell("" if node is None else str(node), None if node is None else float(node))
    yield Cell(str(record.get("kind", "")))
    fields = record.get("fields", {name: value for name, value in record.items() if name not in _OF_EACH_RECORD})
    yield Cell(", ".join(f"{name} {one_line(value)}" for name, value in fields.items()))


_OF_EACH_RECORD: Final = ("time", "sequence", "node", "kind")


def metrics(facts: RunFacts) -> Section:
    """All metrics of the run."""
    rows = []
    for name, value in facts.summary["metrics"].items():
        metric = METRICS[name]
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        rows.append(
            (Cell(metric_words(name)), Cell(shown_metric(value, metric.unit), number), Cell(metric.description))
        )
    columns = (Column("metric"), Column("value"), Column("what it says"))
    table = Table("table-metrics", "What was measured", columns, tuple(rows))
    return Section("metrics", "Measurements", (table,) if rows else ())


def setup(facts: RunFacts) -> Section:
    """The scenario, its faults, its topology."""
    blocks: list[Block] = [scenario_facts(facts.scenario.plain)]
    blocks.append(fault_table(facts.scenario.faults, "table-faults", "The plan of faults, and what came of it"))
    if facts.scenario.topology is not None:
        picture = topology_figure(facts.scenario.topology, "figure-plain-topology")
        blocks += [picture] if picture is not None else []
    blocks.append(in_full(facts.scenario, "The scenario in full: what is not at its default"))
    return Section("setup", "Setup", tuple(blocks))


def reproduction(facts: RunFacts) -> Section:
    """Commands that make the run again, and compare."""
    seed = facts.run.manifest.seed
    lead = Paragraph(
        "Commands are to be run in the folder of the run, where its manifest.json is. The manifest alone is enough to "
        "run it again, to the bit."
    )
    commands = (
        Code("murmur replay .", "runs it again and compares the digests"),
        Code(f"murmur run scenario.yaml --seed {seed}", "runs the scenario above, saved as scenario.yaml"),
        *(
            (Code("murmur explain .", "what each fault cost: the same run without it"),)
            if facts.summary["faults"]
            else ()
        ),
        Code("murmur report .", "writes this page again, the same bytes"),
    )
    return Section("reproduction", "How to make it again", (lead, *commands))


def versions(facts: RunFacts) -> Section:
    """Versions and digests."""
    manifest = facts.run.manifest
    pairs = [
        ("seed", str(manifest.seed)),
        ("digest of the run", manifest.digest),
        ("digest of its topology", manifest.topology.digest),
        ("checksum of its manifest", manifest.checksum),
        ("Murmur", manifest.murmur),
        *manifest.versions.items(),
        ("level of detail", manifest.detail),
        ("records kept", f"{manifest.counts.rows:,}"),
    ]
    notices = (Bullets(facts.run.notices),) if facts.run.notices else ()
    return Section("versions", "Versions and digests", (Facts(tuple(pairs)), *notices))


def limits(facts: RunFacts) -> Section:
    """What one run cannot say."""
    items = [
        "One run under one seed: another seed may end otherwise. How often, a study tells.",
        "That a check holds in this run does not prove that it always does; murmur hunt looks for violations.",
        "Latencies, losses and faults are those of the scenario: a model, not a measurement of a real network.",
    ]
    if facts.run.manifest.detail in ("summary", "states"):
        items.append("The run kept no single messages; with --detail messages, more can be drawn of it.")
    return Section("limits", "What it does not say", (Bullets(tuple(items)),))
