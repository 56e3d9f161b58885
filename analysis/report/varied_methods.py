"""The scenarios of a study in sentences for a paper: what all cells share, and what was varied over which values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from analysis.report.methods import scenario_sentences
from analysis.report.scenario_blocks import NO_EFFECT, network_words
from analysis.report.study_setup import LEFT_OUT, differing
from analysis.report.words import kind_words, listed

BLOCKS: Final = {
    "protocol": "The protocol",
    "topology": "The topology",
    "network": "The network",
    "workload": "The workload",
    "duration": "The simulated time of a run",
    "stop_when": "What ended a run early",
    "checks": "What runs were checked for",
}
MOST_VALUES: Final = 8
MOST_FIELDS: Final = 6


def sentences_of_scenarios(scenarios: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each block that cells share, and for each that they do not, what varies in it."""
    varied = [name for name in BLOCKS if any(each.get(name) != scenarios[0].get(name) for each in scenarios)]
    whole = scenario_sentences(scenarios[0], None)
    blocks = {"duration", "stop_when"}  # are told in one sentence
    for name, sentence in whole:
        if not (blocks if name in blocks else {name}) & {*varied}:
            yield sentence
    for name in varied:
        yield _varied_sentence(name, [each.get(name) for each in scenarios])


def _varied_sentence(name: str, blocks: Sequence[Any]) -> str:
    fields = differing([{name: block} for block in blocks])
    told = [_field_words(path.removeprefix(name).lstrip("."), values) for path, values in fields.items()]
    common = shared(blocks)
    words = network_words(common) if name == "network" and common else kind_words(common) if common else ""
    in_all = f"; common to all cells: {words}" if words and words != NO_EFFECT else ""
    differs = f"in {listed(told, MOST_FIELDS)}" if name not in fields else f"between cells ({told[0]})"
    return f"{BLOCKS[name]} differed {differs if told else 'between cells'}{in_all}."


def _field_words(path: str, values: Sequence[str]) -> str:
    known = [value for value in values if value != LEFT_OUT]
    words = listed(known, 12) if len(known) <= MOST_VALUES else f"{len(known):,} values"
    return f"{path.replace('_', ' ')} ({words})" if path else words


def shared(values: Sequence[Any]) -> Any:
    """Return what plain values have in common: of mappings the fields that all have alike; None where nothing."""
    first = values[0]
    if all(value == first for value in values):
        return first
    if not all(isinstance(value, Mapping) for value in values):
        return None
    common = {name: shared([value[name] for value in values]) for name in first if all(name in each for each in values)}
    return {name: value for name, value in common.items() if value is not None} or None
