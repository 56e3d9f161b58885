"""Scenario files and flags that are wrong, with what the one error must say: one table for loader and command line.

A case is a file's content, flags for `--set`, and fragments of the message. GOOD is a scenario that each case spoils.
"""

from dataclasses import dataclass

GOOD = """\
name: gossip-ring
description: A rumour on a ring.
duration: 30s
seed: 7
topology: {kind: ring, nodes: 10}
network:
  latency: {kind: lognormal, median: 5ms, sigma: 0.4}
  loss: 0.1%
protocol: {kind: gossip}
faults:
  - {kind: crash, at: 5s, target: [3]}
  - {kind: partition, at: 12s, groups: [[0, 1, 2], [4, 5, 6]]}
  - {kind: heal, at: 17s}
"""

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{','.join(['*' + chr(97 + level)] * 9)}]\n" for level in range(12)
)


@dataclass(frozen=True)
class BadScenario:
    """One case: a name, the file, the flags, and what the message has to contain."""

    name: str
    content: str | bytes
    flags: tuple[str, ...]
    fragments: tuple[str, ...]


def _file(name: str, content: str | bytes, *fragments: str) -> BadScenario:
    return BadScenario(name, content, (), fragments)


def _line(name: str, old: str, new: str, *fragments: str) -> BadScenario:
    """Return GOOD with one part of its text replaced."""
    assert GOOD.count(old) == 1, old
    return BadScenario(name, GOOD.replace(old, new), (), fragments)


def _flag(name: str, flag: str, *fragments: str) -> BadScenario:
    return BadScenario(name, GOOD, (flag,), fragments)


UNREADABLE = [
    _file("nothing", "", ":1:1: found nothing; expected fields"),
    _file("a comment only", "# gossip\n", "found nothing"),
    _file("a list", "- name: x\n", ":1:1: found a list"),
    _file("a word", "gossip\n", "found a single value"),
    _file("two documents", GOOD + "---\n" + GOOD, ":14:1: found a second document"),
    _file("not UTF-8", b"name: caf\xe9\n", ":1:10: found byte 0xe9, which is not UTF-8"),
    _file("UTF-16", GOOD.encode("utf-16"), "not UTF-8; save the file as UTF-8"),
    _file("binary", bytes(range(256)), ":2:118: found byte 0x80"),
    _file("control character", "name: \x07\n", ":1:7: found the character U+0007"),
    _file("too large", b"# " + b"x" * 4_000_001, "more than 4,000,000 bytes"),
    _file("tab", "topology:\n\tkind: ring\n", ":2:1:", "indent by spaces"),
    _file("uneven", "topology:\n  kind: ring\n nodes: 5\n", ":3:2:", "evenly"),
    _file("open bracket", "checks: [a, b\nname: x\n", "close each '['"),
    _file("open quote", 'name: "x\nduration: 3s\n', "close each quote"),
    _file("reserved character", "name: @x\n", ":1:7:", "quote text"),
    _file("colon in text", "description: rumour: spread\n", ":1:", "quote text that contains ': '"),
    _file("duplicate key", GOOD + "seed: 8\n", ":14:1: found 'seed' a second time, first on line 4; remove one"),
    _line("duplicate in a block", "nodes: 10}", "nodes: 10, nodes: 11}", ":5:", "'nodes' a second time"),
    _file("exploding aliases", BOMB, "100,000 values, aliases expanded"),
    _file("endless alias", "name: &x [*x]\n", ":1:11: found '*x' inside '&x' itself"),
    _file("unknown alias", "name: *x\n", "no '&x' before it"),
    _file("many aliases", "a: &a x\nb: [" + "*a, " * 2000 + "]\n", "more than 1,000 aliases"),
    _file("deep", "a: " + "[" * 100_000, "more than 50 blocks inside each other"),
    _file("many values", "a: [" + "1, " * 200_000 + "]", "more than 100,000 values"),
    _file("own tag", "name: !name x\n", ":1:7: found the tag '!name'; remove it"),
    _file("Python object", "name: !!python/object/apply:os.system [ls]\n", "found the tag"),
    _file("merge", "a: &a {kind: ring}\ntopology:\n  <<: *a\n", ":3:3: found '<<', a merge"),
    _file("number as a key", GOOD + "1: x\n", "found 1 as the name of a field; expected text: put it in quotes"),
    _file("list as a key", "? [a]\n: 1\n", "a block as the name of a field"),
    _file("digits without end", "seed: " + "9" * 100_000 + "\n", "a number of 100000 digits"),
]

WRONG_FIELDS = [
    _file("only a name", "name: x\n", "duration: missing field 'duration'", "topology: missing", "protocol: missing"),
    _line(
        "unknown field", "duration:", "durration:", ":3: durration: unknown field 'durration'; did you mean 'duration'?"
    ),
    _line("unknown field far from any", "seed:", "xyzzy:", ":4: xyzzy: unknown field 'xyzzy'; known here: name,"),
    _line(
        "unknown field in a block", "nodes: 10", "nods: 10", ":5: topology.nods: unknown field", "did you mean 'nodes'?"
    ),
    _line("name with a space", "gossip-ring", "gossip ring", ":1: name: found 'gossip ring'; expected a name of"),
    _line("name that climbs", "gossip-ring", "../../etc/passwd", ":1: name: found '../../etc/passwd'"),
    _line("name that is a number", "gossip-ring", "5", ":1: name: found 5; expected text; put it in quotes"),
    _line("name without end", "gossip-ring", "x" * 1000, ":1: name: found 'xxx", "at most 100"),
    _line(
        "duration without unit", "30s", "30", ":3: duration: found 30, which has no unit; expected a duration such as"
    ),
    _line("duration of an unknown unit", "30s", "30sec", "whose unit 'sec' is unknown (known: ns, us, ms, s,"),
    _line("negative duration", "30s", "-30s", ":3: duration: found '-30s', which is negative"),
    _line("duration of nothing", "30s", "0", ":3: duration: found 0; expected a duration longer than 0"),
    _line("duration finer than a nanosecond", "30s", "0.5ns", "not a whole number of nanoseconds"),
    _line("duration beyond all time", "30s", "300000d", "more than 292 years"),
    _line("duration not a number", "30s", ".nan", ":3: duration: found nan"),
    _line("duration without end", "30s", ".inf", ":3: duration: found inf"),
    _line("duration left out", "30s", "", ":3: duration: found nothing; expected a duration"),
    _line("duration as in YAML 1.1", "30s", "1:30", ":3: duration: found '1:30'"),
    _line("negative seed", "seed: 7", "seed: -7", ":4: seed: found -7; expected an integer from 0"),
    _line("seed with a fraction", "seed: 7", "seed: 7.5", ":4: seed: found 7.5; expected an integer"),
    _line("seed too large", "seed: 7", "seed: 18446744073709551616", ":4: seed: found 18446744073709551616"),
    _line("seed as a word", "seed: 7", "seed: lucky", ":4: seed: found 'lucky'", "hexadecimal"),
    _line("hash that reads as a number", "seed: 7", "seed: 1234567e1", "put a hash in quotes"),
    _line(
        "topology as a word", "{kind: ring, nodes: 10}", "ring", ":5: topology: found 'ring'; expected a topology as"
    ),
    _line("topology without kind", "kind: ring, ", "", ":5: topology.kind: missing field 'kind'; expected one of"),
    _line(
        "unknown topology", "kind: ring", "kind: rng", ":5: topology.kind: found 'rng'; expected one of", "mean 'ring'?"
    ),
    _line("topology of a number", "kind: ring", "kind: 5", ":5: topology.kind: found 5; expected one of"),
    _line("no nodes", "nodes: 10", "nodes: 0", ":5: topology.nodes: found 0; expected an integer of at least 3"),
    _line("negative nodes", "nodes: 10", "nodes: -1", ":5: topology.nodes: found -1"),
    _line(
        "a billion nodes", "nodes: 10", "nodes: 1000000000", ":5: topology.nodes: found 1000000000", "at most 1000000"
    ),
    _line("nodes as text", "nodes: 10", "nodes: '10'", "found '10'; expected an integer; remove the quotes"),
    _line("nodes with a fraction", "nodes: 10", "nodes: 10.5", ":5: topology.nodes: found 10.5; expected an integer"),
    _line("nodes yes or no", "nodes: 10", "nodes: true", ":5: topology.nodes: found true; expected an integer"),
    _line("nodes left out", ", nodes: 10", "", ":5: topology.nodes: missing field 'nodes' (number of nodes"),
    _line(
        "odd degrees",
        "{kind: ring, nodes: 10}",
        "{kind: random-regular, nodes: 5, degree: 3}",
        ":5: topology",
    ),
    _line(
        "unknown latency", "lognormal", "lognorml", ":7: network.latency.kind: found 'lognorml'", "mean 'lognormal'?"
    ),
    _line("latency without unit", "5ms", "5", ":7: network.latency.median: found 5, which has no unit"),
    _line("negative spread", "0.4", "-0.4", ":7: network.latency.sigma: found -0.4; expected a number of at least 0"),
    _line("spread not a number", "0.4", ".nan", ":7: network.latency.sigma: found nan; expected a finite number"),
    _line(
        "loss beyond certainty", "0.1%", "150%", ":8: network.loss: found '150%'; expected a probability from 0 to 1"
    ),
    _line("negative loss", "0.1%", "-0.1", ":8: network.loss: found -0.1; expected a probability"),
    _line("loss not a number", "0.1%", ".nan", ":8: network.loss: found nan; expected a probability"),
    _line("loss as a list", "0.1%", "[1]", ":8: network.loss: found [1]"),
    _file("block as a word", GOOD + "clocks: fast\n", ":14: clocks: found 'fast'; expected a block of fields"),
    _line("protocol as a list", "{kind: gossip}", "[gossip]", ":9: protocol: found ['gossip']; expected a protocol as"),
    _line(
        "unknown protocol", "kind: gossip", "kind: gosip", ":9: protocol.kind: found 'gosip'", "did you mean 'gossip'?"
    ),
    _line(
        "protocol option",
        "{kind: gossip}",
        "{kind: gossip, fanuot: 2}",
        ":9: protocol.fanuot",
        "did you mean 'fanout'?",
    ),
    _line("plugin", "kind: gossip", "kind: 'os.path:Join'", "run code of the module os.path", "add --plugin os.path"),
    _line(
        "plugin with a space",
        "kind: gossip",
        "kind: 'os :x'",
        ":9: protocol.kind: found 'os :x'",
        "package.module:Class",
    ),
    _line("a list under a field", "faults:\n", "faults:\n  x: 1\n", ":12:3: not readable as YAML"),
    _line(
        "fault as a word", "{kind: heal, at: 17s}", "heal", ":13: faults[2]: found 'heal'; expected a fault as fields"
    ),
    _line("fault without kind", "kind: heal, ", "", ":13: faults[2].kind: missing field 'kind'; expected one of"),
    _line("unknown fault", "kind: crash", "kind: crsh", ":11: faults[0].kind: found 'crsh'", "did you mean 'crash'?"),
    _line("fault at no unit", "at: 5s", "at: 5", ":11: faults[0].at: found 5, which has no unit"),
    _line(
        "fault after the end",
        "at: 17s",
        "at: 40s",
        ":13: faults[2].at: found 40s, after the end",
        "less than its duration, 30s",
    ),
    _line("fault at the end", "at: 17s", "at: 30s", ":13: faults[2].at: found 30s, the end of the run"),
    _line("node beyond the last", "target: [3]", "target: [10]", ":11: faults[0].target[0]", "from 0 to 9"),
    _line("negative node", "target: [3]", "target: [-3]", ":11: faults[0].target[0]: found "),
    _line("group beyond the last", "[4, 5, 6]", "[4, 5, 60]", ":12: faults[1].groups[1][2]: found node 60"),
    _line("heal before the partition", "at: 17s", "at: 7s", ":13: faults[2].at: found 'heal' at 7s, with no earlier"),
    _file(
        "unknown end",
        GOOD + "stop_when: never\n",
        ":14: stop_when: found 'never'; expected one of converged, quiescent",
    ),
    _file(
        "unknown tie-break", GOOD + "tie_break: lifo\n", ":14: tie_break: found 'lifo'; expected one of fifo, shuffled"
    ),
    _file(
        "unknown detail",
        GOOD + "detail: everything\n",
        ":14: detail: found 'everything'; expected one of summary, states",
    ),
    _file("samples of nothing", GOOD + "samples: {}\n", ":14: samples.every: missing field 'every'"),
    _file("samples without pause", GOOD + "samples: {every: 0s}\n", ":14: samples.every: found 0; expected a duration"),
    _file(
        "no events", GOOD + "limits: {events: 0}\n", ":14: limits.events: found 0; expected an integer of at least 1"
    ),
    _file(
        "checks as a word", GOOD + "checks: safety\n", ":14: checks: found 'safety'; expected a list such as [safety]"
    ),
    _file("checks of numbers", GOOD + "checks: [5]\n", ":14: checks[0]: found 5; expected text; put it in quotes"),
    _file("unknown workload", GOOD + "workload: {kind: 7}\n", ":14: workload.kind: found 7; expected"),
    _file(
        "workload with a mistyped field",
        GOOD + "workload: {kind: register, raet: 5/s}\n",
        ":14: workload.raet: unknown field 'raet'; did you mean 'rate'?",
    ),
    _file(
        "clients that wait and do not",
        GOOD + "workload: {kind: bank, rate: 5/s, think: 1s}\n",
        ":14: workload.think: with a rate clients do not wait for answers; leave think or rate out",
    ),
    _file(
        "popularity of no kind",
        GOOD + "workload: {kind: register, popularity: {kind: zip}}\n",
        ":14: workload.popularity.kind: found 'zip'; expected one of uniform, zipf; did you mean 'zipf'?",
    ),
    _file(
        "administration of nothing",
        GOOD + "workload: {kind: register, administration: [{at: 1s}]}\n",
        ":14: workload.administration[0]: found nothing to do; expected add, remove or learners, or transfer",
    ),
    _file(
        "administration after the end",
        GOOD + "workload: {kind: register, administration: [{at: 31s, add: [1]}]}\n",
        ":14: workload.administration[0].at: found 31s, after the end of the run",
    ),
    _file("clocks beyond reason", GOOD + "clocks: {drift_ppm: 1e9}\n", ":14: clocks.drift_ppm: found 1000000000.0"),
    _line(
        "everything at once",
        "nodes: 10}\nnetwork:\n  latency: {kind: lognormal, median: 5ms",
        "nodes: 1}\nnetwork:\n  latency: {kind: lognormal, median: 5",
        ":5: topology.nodes: found 1",
        ":7: network.latency.median: found 5",
    ),
]

WRONG_FLAGS = [
    _flag("flag without a value", "topology.nodes", "--set: found 'topology.nodes'; expected path=value"),
    _flag("flag without a path", "=5", "--set: found '=5'; expected path=value"),
    _flag("flag with a hole", "topology..nodes=5", "--set: found 'topology..nodes=5'; expected path=value"),
    _flag(
        "flag of an unknown block",
        "topolgy.nodes=5",
        "--set topolgy.nodes=5: topolgy: unknown field",
        "mean 'topology'?",
    ),
    _flag(
        "flag of an unknown field", "topology.nods=5", "--set topology.nods=5: topology.nods: unknown", "mean 'nodes'?"
    ),
    _flag("flag with a bad value", "topology.nodes=many", "--set topology.nodes=many: topology.nodes: found 'many'"),
    _flag("flag without unit", "duration=5", "--set duration=5: duration: found 5, which has no unit"),
    _flag("flag into text", "name.first=x", "--set name.first=x: name is 'gossip-ring', which has no fields"),
    _flag(
        "flag beyond a list", "faults[9].at=1s", "--set faults[9].at=1s: found '9' after faults; expected a position"
    ),
    _flag(
        "flag into a list by name", "faults.crash.at=1s", "found 'crash' after faults; expected a position from 0 to 2"
    ),
    _flag("flag that is no YAML", "checks=[a", "--set checks: not readable as YAML"),
    _flag("flag of a bomb", "checks=[" + "[" * 100, "--set checks: found more than 50 blocks"),
    _flag("flag with a tag", "name=!!python/name:os.system x", "--set name: found the tag"),
    _flag("flag that leaves a fault behind", "duration=6s", ":12: faults[1].at: found 12s, after the end"),
    _flag("flag without end", "name=" + "x" * 5000, "--set name=xxx", "..."),
    _flag(
        "flag of a plugin",
        "protocol={kind: 'mine:Own'}",
        "--set protocol={kind: 'mine:Own'}: protocol.kind",
        "--plugin mine",
    ),
]

BAD_SCENARIOS = UNREADABLE + WRONG_FIELDS + WRONG_FLAGS
