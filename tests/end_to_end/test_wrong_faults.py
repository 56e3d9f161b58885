"""Faults, budgets, liveness phases and plans that cannot be: `murmur check` finds each, with its place and a remedy."""

from pathlib import Path

import pytest

from scenarios.command_line.main import main

HEAD = """\
name: x
duration: 30s
topology: {kind: ring, nodes: 10}
protocol: {kind: sir}
"""
LIVENESS = "liveness: {at: 10s, within: 5s}\n"
SLOWER = "{kind: slow-core, at: 1s, speed: 0.5, target: 1}"


def fault(fields: str, *more: str) -> str:
    """A list of faults, the first of them at 1 s where it has no time of its own."""
    first = fields if "at:" in fields or "when:" in fields else f"at: 1s, {fields}"
    return "faults:\n" + "".join(f"  - {{{item}}}\n" for item in (first, *more))


WRONG = [
    ("unknown role", fault("kind: crash, target: {role: king}"), ":6: faults[0].target.role", "one of susceptible"),
    ("no leader", fault("kind: crash, target: leader"), ":6: faults[0].target", "one of susceptible"),
    ("node that is none", fault("kind: crash, target: 10"), ":6: faults[0].target", "from 0 to 9"),
    ("more than all", fault("kind: crash, target: {random: 11}"), ":6: faults[0].target.random", "at most 10"),
    ("nobody", fault("kind: crash, target: []"), ":6: faults[0].target", "at least one node"),
    ("region of a ring", fault("kind: crash, target: {region: eu}"), ":6: faults[0].target.region", "give lists of"),
    ("link that is none", fault("kind: loss, links: [[0, 5]]"), ":6: faults[0].links[0]", "have no link"),
    ("links that are too many", fault("kind: loss, links: {random: 11}"), ":6: faults[0].links.random", "at most 10"),
    ("joins from nowhere", fault("kind: join, target: 11"), ":6: faults[0].target", "from 0 to 9"),
    ("core without cores", f"faults: [{SLOWER}]\n", ":5: faults[0].kind", "give the scenario `hardware`, or"),
    ("unknown lie", fault("kind: lying, target: 1, probability: 1, lie: x"), ":6: faults[0].lie", "one of altered"),
    ("unknown message", fault("kind: drop, every: 1, messages: [x]"), ":6: faults[0].messages[0]", "one of Contact"),
    (
        "unknown record",
        fault("kind: crash, target: 1, when: {after: infectd}"),
        ":6: faults[0].when.after",
        "did you mean 'infected'?",
    ),
    (
        "heal before its cut",
        fault("kind: heal, at: 1s", "kind: partition, at: 2s, groups: [[0]]"),
        ":6: faults[0].at",
        "with no earlier 'partition' to end; add one",
    ),
    (
        "heal before a scheduled cut",
        fault("kind: partition, when: {every: 5s, start: 1s}, groups: [[0]]", "kind: heal, at: 6s"),
        ":7: faults[1].at",
        "with no earlier 'partition' to end; add one",
    ),
    (
        "heal before a listed cut",
        fault("kind: partition, when: {strikes: [{at: 9s}, {at: 8s}]}, groups: [[0]]", "kind: heal, at: 8s"),
        ":7: faults[1].at",
        "with no earlier 'partition' to end; add one",
    ),
    (
        "heal of another",
        fault("kind: partition, at: 1s, groups: [[0]], name: a", "kind: heal, at: 2s, name: b"),
        ":7: faults[1].at",
        "called 'b' to end; add one",
    ),
    (
        "budget that the list breaks",
        "budget: minority\n"
        + fault("kind: crash, at: 1s, target: [0, 1, 2]", "kind: pause, at: 2s, target: [3, 4, 5]"),
        ":8: faults[1]",
        "expected at most 4 nodes, the budget 'minority': strike fewer",
    ),
    (
        "budget that one breaks",
        "budget: none\n" + fault("kind: crash, target: 1"),
        ":7: faults[0]: found 1 node of 10",
        "expected at most no node",
    ),
    (
        "budget that each of many breaks",
        "budget: minority\n" + fault("kind: crash, target: all, when: {every: 1s}"),
        ":7: faults[0]: found 10 nodes",
        "expected at most 4 nodes",
    ),
    (
        "budget that a listed strike breaks",
        "budget: none\n" + fault("kind: crash, target: all, when: {strikes: [{at: 1s, node: 3}]}"),
        ":7: faults[0]: found 1 node of 10",
        "strike fewer, heal earlier, or widen budget",
    ),
    ("unknown budget", "budget: half\n", ":5: budget: found 'half'", "one of unbounded, none"),
    ("end of a schedule", fault("kind: crash, target: 1, when: {every: 5s, until: 5s}"), "when.until", "make it later"),
    ("late start", fault("kind: crash, target: 1, when: {every: 1s, start: 31s}"), "when.start: found 31s", "earlier"),
    ("late strike", fault("kind: crash, target: 1, when: {strikes: [{at: 1s}, {at: 30s}]}"), "strikes[1].at", "30s"),
    ("liveness beyond the end", "liveness: {at: 29s, within: 5s}\n", ":5: liveness.within: found", "begin earlier"),
    ("core that is none", "liveness: {at: 9s, within: 5s, core: 10}\n", ":5: liveness.core", "from 0 to 9"),
    ("fault in the phase", LIVENESS + fault("kind: crash, at: 12s, target: 1"), ":7: faults[0].at: found 12s", "10s"),
    ("fault at its begin", LIVENESS + fault("kind: crash, at: 10s, target: 1"), ":7: faults[0].at", "make it earlier"),
    (
        "schedule in the phase",
        LIVENESS + fault("kind: crash, target: 1, when: {every: 1s, start: 10s}"),
        ":7: faults[0].when.start",
        "less than 10s",
    ),
    ("plan in the phase", LIVENESS + "faults: {kind: random, start: 10s}\n", ":6: faults.start", "less than 10s"),
    ("plan into the phase", LIVENESS + "faults: {kind: random, until: 11s}\n", ":6: faults.until", "at most 10s"),
    ("unknown layer", "faults: {kind: random, layers: [nod]}\n", ":5: faults.layers[0]: found 'nod'", "one of node"),
    ("unknown kind", "faults: {kind: random, only: [los]}\n", ":5: faults.only[0]: found 'los'", "one of crash"),
    ("kind without a form", "faults: {kind: random, only: [heal]}\n", ":5: faults.only[0]", "write it out in a list"),
    ("nothing left", "faults: {kind: random, only: [loss], without: [loss]}\n", ":5: faults.without", "widen"),
    ("nothing here", "faults: {kind: random, only: [slow-core]}\n", ":5: faults.only: found no kind", "widen layers"),
    (
        "no room",
        "budget: none\nfaults: {kind: random, only: [crash]}\n",
        ":6: faults.only: found no kind",
        "the budget",
    ),
    (
        "most below fewest",
        "faults: {kind: random, fewest: 5, most: 2}\n",
        ":5: faults.most: found 2",
        "at least fewest",
    ),
    ("plan that ends first", "faults: {kind: random, start: 5s, until: 2s}\n", ":5: faults.until", "make it later"),
    ("plan beyond the end", "faults: {kind: random, until: 31s}\n", ":5: faults.until: found 31s", "at most its"),
    ("plan that starts late", "faults: {kind: random, start: 25s}\n", ":5: faults.start: found", "make it earlier"),
]


@pytest.mark.parametrize(("content", "place", "remedy"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_check_finds_what_cannot_be(
    content: str, place: str, remedy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends with exit code 2 and one message that names the line, the field, what was found and what to do."""
    file = tmp_path / "wrong.yaml"
    file.write_text(HEAD + content, encoding="utf-8")
    assert main(["check", str(file)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{file}:" in told.err
    assert place in told.err
    assert remedy in told.err
    assert "Traceback" not in told.err
