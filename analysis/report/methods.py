"""The methods of a run or a study in sentences that can be put into a paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.report.blocks import Code, Section
from analysis.report.facts import FaultFacts, RunFacts
from analysis.report.scenario_blocks import network_words
from analysis.report.words import count, kind_words, listed

NAMES = {"python": "Python", "simpy": "SimPy", "networkx": "NetworkX", "numpy": "NumPy", "pydantic": "Pydantic"}


def methods_of_run(facts: RunFacts) -> Section:
    """Return the methods of one run."""
    manifest = facts.run.manifest
    sentences = [
        simulator_sentence(manifest.murmur, manifest.versions),
        *(sentence for _, sentence in scenario_sentences(facts.scenario.plain, manifest.topology.nodes)),
        faults_sentence(facts.scenario.faults),
        f"The run has the seed {manifest.seed} and the digest {manifest.digest[:16]}; an equal digest is an equal run.",
    ]
    return methods_section(sentences)


def methods_section(sentences: Sequence[str], references: Sequence[str] = ()) -> Section:
    """Return sentences, and the works that they cite, as text to be copied."""
    text = " ".join(filter(None, sentences))
    if references:
        text += "\n\nReferences\n" + "\n".join(references)
    return Section("methods", "Methods, for a paper", (Code(text, "to be pasted", prose=True),))


def simulator_sentence(murmur: str, versions: Mapping[str, str]) -> str:
    """Return what ran it."""
    parts = [f"{NAMES.get(name, name)} {version}" for name, version in versions.items()]
    return f"Runs were simulated with Murmur {murmur}, a deterministic discrete-event simulator ({', '.join(parts)})."


def scenario_sentences(scenario: Mapping[str, Any], nodes: int | None) -> Iterator[tuple[str, str]]:
    """Yield what ran, where, for how long, under which load: each sentence after the block that it tells of."""
    yield "protocol", f"Nodes ran the protocol {kind_words(scenario['protocol'])}."
    size = "" if nodes is None or "nodes" in scenario["topology"] else f" of {count(nodes, 'node')}"
    yield "topology", f"Their topology was {kind_words(scenario['topology'])}{size}."
    yield "network", f"Links had {network_words(scenario.get('network') or {})}."
    if scenario.get("workload"):
        yield "workload", f"The workload was {kind_words(scenario['workload'])}."
    early = f" or until {scenario['stop_when']}" if scenario.get("stop_when") else ""
    yield "duration", f"A run lasted {scenario['duration']} of simulated time{early}."
    if scenario.get("checks"):
        yield "checks", f"Each run was checked for {listed(scenario['checks'], 20)}."


def faults_sentence(faults: Sequence[FaultFacts]) -> str:
    """Return what broke."""
    if not faults:
        return "No faults were injected."
    return f"Faults injected: {'; '.join(fault.words for fault in faults)}."
