"""Tables of claims: what they may say, which runs they take, and one clear error for each mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scenarios.claims import library
from scenarios.claims.plan import Plan, plan_of
from scenarios.claims.schema import ClaimsFile, claims_file_of, side_of
from scenarios.json_schema import json_schema
from scenarios.yaml_loader import load_text
from topologies.errors import InputError

HEAD = """\
name: mine
claims:
  fast:
    text: It is fast.
    source: its authors
"""
BODY = """\
    measure: {kind: value, metric: converged_at}
    claimed: {at_most: 2s}
    scenario: gossip-ring
    setups: {small: {}}
"""
GOOD = HEAD + BODY


def swapped(found: str, replacement: str) -> str:
    """The good table with one line's text replaced."""
    assert found in GOOD
    return GOOD.replace(found, replacement)


COMPARED = swapped("{kind: value, metric: converged_at}", "{kind: difference, metric: messages}").replace("2s", "-90%")
GROWTH = swapped(
    "{kind: value, metric: converged_at}",
    "{kind: growth, metric: converged_at, over: topology.nodes, sizes: [8, 16, 32]}",
).replace("2s", "1")


@pytest.mark.parametrize("name", library.names())
def test_a_built_in_table_is_right(name: str) -> None:
    """Each is named for its file, fits the JSON Schema, has only right scenarios, and takes runs for all claims."""
    document = library.read(name)
    jsonschema.validate(document.data, json_schema(ClaimsFile))
    plan = plan_of(name, runs=1)
    assert plan.table.name == name
    assert plan.table.description
    for design in plan.designs.values():
        design.refuse_what_cannot_run()
    assert [each.name for each in plan.claims] == list(document.data["claims"])
    assert "claims:" in library.text_of(name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (swapped("metric: converged_at", "metric: converged"), "t.yaml:6: claims.fast.measure.metric: unknown metric"),
        (swapped("kind: value", "kind: values"), "t.yaml:6: claims.fast.measure.kind: found 'values'; expected one of"),
        (swapped("kind: value, metric", "metric"), "t.yaml:6: claims.fast.measure.kind: missing field 'kind'"),
        (
            swapped("{at_most: 2s}", "{at_most: 2}"),
            "claims.fast.claimed.at_most: found 2, which has no unit; expected a",
        ),
        (
            swapped("{at_most: 2s}", "{at_most: 5%}"),
            "claims.fast.claimed.at_most: found '5%', whose unit '%' is unknown",
        ),
        (
            swapped("{at_most: 2s}", "{}"),
            "claims.fast.claimed: found no bound; expected one of at_most, at_least, between",
        ),
        (
            swapped("{at_most: 2s}", "{at_most: 2s, at_least: 1s}"),
            "found at_most and at_least; expected one of at_most",
        ),
        (
            swapped("{at_most: 2s}", "{about: 2s}"),
            "claims.fast.claimed: missing field 'tolerance'; about and tolerance",
        ),
        (swapped("{at_most: 2s}", "{between: [2s, 1s]}"), "claimed.between: found ['2s', '1s']; expected the smaller"),
        (
            swapped("at_most", "at_mots"),
            "claims.fast.claimed.at_mots: unknown field 'at_mots'; did you mean 'at_most'?",
        ),
        (
            swapped("metric: converged_at", "metric: converged_at, statistic: mean"),
            "may never come and then has no mean",
        ),
        (
            swapped("metric: converged_at", "metric: messages, statistic: p0"),
            "expected median, mean, or a quantile such",
        ),
        (
            swapped("value, metric: converged_at", "holds, check: convergd"),
            "measure.check: found 'convergd'; expected one",
        ),
        (swapped("    scenario: gossip-ring\n", ""), "claims.fast.setups.small.scenario: missing field 'scenario'"),
        (
            swapped("gossip-ring", "gossip-rnig"),
            "t.yaml:8: cases.small.scenario: found no built-in scenario and no file",
        ),
        (swapped("gossip-ring", "gossip-rnig"), "did you mean 'gossip-ring'? (in the claim fast)"),
        (swapped("{small: {}}", "{small: {set: {protocol.perod: 1s}}}"), "t.yaml:9: cases.small.set['protocol.perod']"),
        (swapped("{small: {}}", "{small: {set: {seed: 1}}}"), "the study itself gives each run its seed"),
        (swapped("{small: {}}", "{}"), "claims.fast.setups: found {}; expected at least 1 item"),
        (swapped("{small: {}}", f"{{{'x' * 49}: {{}}}}"), "found a name of 49 characters; expected at most 48"),
        (swapped("{small: {}}", "{small: {sizes: [3, 4, 5]}}"), "found sizes, which only a growth has; remove them"),
        (swapped("{small: {}}", "{small: {against: {}}}"), "found against, which only a ratio and a difference have"),
        (
            swapped("text: It is fast.", "txt: It is fast."),
            "claims.fast.txt: unknown field 'txt'; did you mean 'text'?",
        ),
        (COMPARED, "claims.fast.setups.small.against: found nothing that tells the baseline from what is measured"),
        (GROWTH.replace("[8, 16, 32]", "[8, 32, 16]"), "expected at least 3 sizes, ascending, each once"),
        (GROWTH.replace("{}", "{sizes: [8, 9]}"), "setups.small.sizes: found [8, 9]; expected at least 3 sizes"),
        (GROWTH.replace("at_most: 1", "at_most: 10%"), "expected a number: what is measured is in exponent"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_remedy(text: str, message: str) -> None:
    """Each mistake is one line that names file, line and field, what was found and what was expected."""
    with pytest.raises(InputError) as caught:
        plan_of_text(text)
    lines = [line for line in str(caught.value).splitlines() if message in line]
    assert len(lines) == 1, caught.value
    assert lines[0].startswith("t.yaml:")


def plan_of_text(text: str, **options: Any) -> Plan:
    """What the table in a text would run."""
    return plan_of(load_text(text, "t.yaml"), **options)


def test_all_mistakes_of_a_table_come_at_once() -> None:
    """Two mistakes in two claims are two lines."""
    second = BODY.replace("2s", "5").replace("gossip-ring", "gossip-mesh")
    text = swapped("2s", "3") + "  slow:\n    text: It is slow.\n    source: others\n" + second
    with pytest.raises(InputError) as caught:
        plan_of_text(text)
    assert [line.partition(": ")[2].partition(":")[0] for line in str(caught.value).splitlines()] == [
        "claims.fast.claimed.at_most",
        "claims.slow.claimed.at_most",
    ]


def test_what_is_said_further_inside_wins() -> None:
    """Fields of the claim, the setup, the side in all setups and in this one come one after another."""
    text = COMPARED.replace(
        "    setups: {small: {}}\n",
        "    set: {topology.nodes: 9, network.loss: 1%}\n"
        "    against: {scenario: gossip-mesh, set: {network.loss: 3%}}\n"
        "    setups: {small: {set: {network.loss: 2%}, against: {set: {topology.nodes: 7}}}}\n",
    )
    claim = claims_file_of(load_text(text, "t.yaml")).claims["fast"]
    ours, theirs = side_of(claim, "small", "measured"), side_of(claim, "small", "against")
    assert (ours.scenario, ours.set) == ("gossip-ring", {"topology.nodes": 9, "network.loss": "2%"})
    assert (theirs.scenario, theirs.set) == ("gossip-mesh", {"network.loss": "3%", "topology.nodes": 7})
    assert theirs.places["topology.nodes"] == ("setups", "small", "against", "set", "topology.nodes")


def test_claims_with_the_same_setups_share_their_runs() -> None:
    """Two claims about the same runs take one study, named for the first, also where only the second is asked for."""
    often = BODY.replace("value, metric: converged_at", "came, metric: converged_at").replace("2s", "1")
    text = GOOD + "  often:\n    text: It comes.\n    source: others\n" + often
    plan = plan_of_text(text, runs=7)
    assert {each.name: each.setups["small"].study for each in plan.claims} == {"fast": "fast", "often": "fast"}
    assert (plan.runs, list(plan.designs)) == (7, ["fast"])
    alone = plan_of_text(text, runs=7, only=["often"])
    assert alone.designs["fast"].about() == plan.designs["fast"].about()
    apart = plan_of_text(text + "    times: 3\n", runs=7)
    assert (apart.runs, list(apart.designs)) == (28, ["fast", "often"])


def test_a_claim_about_some_of_the_runs_of_an_earlier_one_shares_them() -> None:
    """What is compared is also measured by itself, in the cells of the comparison."""
    compared = COMPARED.replace("{small: {}}", "{a: {set: {network.loss: 1%}}, b: {set: {network.loss: 2%}}}")
    compared = compared.replace("    setups", "    against: {scenario: gossip-mesh}\n    setups")
    alone = BODY.replace("{small: {}}", "{only b: {set: {network.loss: 2%}}}")
    plan = plan_of_text(compared + "  quick:\n    text: It is quick.\n    source: others\n" + alone, runs=5)
    shown = plan.claims[1].setups["only b"]
    assert (shown.study, list(shown.cells.values())) == ("fast", [plan.claims[0].setups["b"].cells["measured"]])
    assert plan.runs == 20
    assert plan.designs["fast"].file.metrics == ("messages", "converged_at")


def test_a_baseline_that_all_setups_share_runs_once() -> None:
    """Setups that change only what is measured have one baseline."""
    text = COMPARED.replace(
        "{small: {}}",
        "{a: {measured: {set: {network.loss: 1%}}}, b: {measured: {set: {network.loss: 2%}}}}",
    )
    plan = plan_of_text(text, runs=2)
    cells = {name: shown.cells for name, shown in plan.claims[0].setups.items()}
    assert cells == {"a": {"measured": 0, "against": 1}, "b": {"measured": 2, "against": 1}}
    assert plan.runs == 6


def test_a_setup_may_take_more_runs_than_others() -> None:
    """Setups that take another multiple of the usual runs are in a study of their own."""
    plan = plan_of_text(swapped("{small: {}}", "{small: {times: 20}, large: {times: 0.1}, other: {}}"), runs=10)
    assert {name: plan.designs[shown.study].file.seeds for name, shown in plan.claims[0].setups.items()} == {
        "small": 200,
        "large": 1,
        "other": 10,
    }
    assert list(plan.designs) == ["fast-x20", "fast-x0.1", "fast-x1"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runs": 0}, "runs: found 0; expected an integer from 1 to 65,536"),
        ({"only": ["fats"]}, "--only: found 'fats'; expected fast; did you mean 'fast'?"),
        ({"seed": "none"}, "found 'none'"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], message: str) -> None:
    """The number of runs, the names of claims and the seed have to make sense."""
    with pytest.raises(InputError) as caught:
        plan_of_text(GOOD, **options)
    assert message in str(caught.value)


def test_files_of_other_kinds_are_told_apart(tmp_path: Path) -> None:
    """A scenario or a study where a table is expected is named, with the command that runs it."""
    from scenarios.library import text_of as scenario_text
    from scenarios.study.library import text_of as study_text

    (tmp_path / "a.yaml").write_text(scenario_text("gossip-ring"))
    (tmp_path / "b.yaml").write_text(study_text("gossip-by-topology"))
    with pytest.raises(InputError, match=r"is a scenario, not a table of claims; `murmur run "):
        library.read(tmp_path / "a.yaml")
    with pytest.raises(InputError, match=r"is a study, not a table of claims; `murmur study "):
        library.read(tmp_path / "b.yaml")
    with pytest.raises(InputError, match=r"no built-in table of claims .* did you mean 'gossip'"):
        library.read("gosip")
