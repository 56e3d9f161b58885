"""Overrides: each flag sets one field, by the rules of files, and leaves everything else as it was."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.document import Document
from scenarios.overrides import apply_overrides, flags_of, parse_override
from scenarios.yaml_loader import load_text
from topologies.errors import InputError

DATA = {"name": "x", "topology": {"nodes": 5}, "faults": [{"at": "1s"}, {"at": "2s"}], "samples": None}


@pytest.mark.parametrize(
    ("flag", "path", "value"),
    [
        ("a=1", ("a",), 1),
        ("a.b=0.1%", ("a", "b"), "0.1%"),
        ("a.0.b=no", ("a", "0", "b"), "no"),
        ("a[0].b=1e-3", ("a", "0", "b"), 0.001),
        ("a=", ("a",), None),
        ("a=b=c", ("a",), "b=c"),
        ("a=[1, {b: 2}]", ("a",), [1, {"b": 2}]),
        (" a = 'x y' ", ("a",), "x y"),
    ],
)
def test_a_flag_is_a_path_and_a_value_of_yaml(flag: str, path: tuple[str, ...], value: object) -> None:
    """The first equals sign parts path and value; brackets are positions; values are read as in a file."""
    assert parse_override(flag) == (path, value)


@pytest.mark.parametrize(
    ("flags", "changed"),
    [
        (["name=y"], {"name": "y"}),
        (["topology.nodes=7", "topology.nodes=8"], {"topology": {"nodes": 8}}),
        (["faults[1].at=3s"], {"faults": [{"at": "1s"}, {"at": "3s"}]}),
        (["faults.1.at=3s"], {"faults": [{"at": "1s"}, {"at": "3s"}]}),
        (["samples.every=1s"], {"samples": {"every": "1s"}}),
        (["network.latency.value=1ms"], {"network": {"latency": {"value": "1ms"}}}),
        (["topology={nodes: 1}", "topology.nodes=2"], {"topology": {"nodes": 2}}),
    ],
)
def test_flags_change_what_they_name_and_nothing_else(flags: list[str], changed: dict[str, object]) -> None:
    """Fields are set in order, blocks on the way are made, and the document that was given stays as it was."""
    before = deepcopy(DATA)
    assert apply_overrides(DATA, flags).data == DATA | changed
    assert before == DATA


def test_places_follow_the_last_who_spoke() -> None:
    """A field's place is the flag that set it or anything around it last, and otherwise its line."""
    document = load_text("name: x\ntopology:\n  kind: ring\n  nodes: 5\n", "x.yaml")
    changed = apply_overrides(document, ["topology.nodes=7", "topology={kind: star, nodes: 3}", "network.loss=1"])
    assert changed.place(("name",)) == "x.yaml:1"
    assert changed.place(("topology", "nodes")) == "--set topology={kind: star, nodes: 3}"
    assert changed.place(("network", "latency")) == "--set network.loss=1"
    assert apply_overrides(document, ["topology.nodes=7"]).place(("topology", "kind")) == "x.yaml:3"


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("name", r"--set: found 'name'; expected path=value"),
        ("", r"--set: found ''; expected path=value"),
        (".=1", r"--set: found '.=1'; expected path=value"),
        ("a" + ".a" * 60 + "=1", r"expected path=value"),
        ("name.x=1", r"--set name.x=1: name is 'x', which has no fields; set name itself"),
        ("faults[2].at=1s", r"found '2' after faults; expected a position from 0 to 1, such as faults\[0\]"),
        ("faults.-1.at=1s", r"found '-1' after faults"),
        ("faults.at=1s", r"found 'at' after faults"),
        ("a=*x", r"--set a: found '\*x', but no '&x' before it"),
        ("a=\udcff", r"--set a: found the character U\+DCFF"),
    ],
)
def test_a_flag_that_cannot_be_applied_is_refused(flag: str, message: str) -> None:
    """Each is an InputError that starts with the flag and says what would do."""
    with pytest.raises(InputError, match=message):
        apply_overrides(DATA, [flag])


@given(st.text(max_size=30) | st.text("abfault.[]0123=:{},-&*! ", max_size=30))
def test_any_flag_gives_a_document_or_an_input_error(flag: str) -> None:
    """No text of a flag fails in any way but an InputError that speaks of --set."""
    message = "--set"
    try:
        assert isinstance(apply_overrides(DATA, [flag]), Document)
    except InputError as error:
        message = str(error)
    assert message.startswith("--set")


@pytest.mark.parametrize(
    ("overrides", "flags"),
    [
        ("topology.nodes=7", ("topology.nodes=7",)),
        (iter(["a=1", "b=2"]), ("a=1", "b=2")),
        ({"topology.nodes": 7, "name": "7"}, ("topology.nodes=7", 'name="7"')),
        ({"protocol.range": ("1s", "2s"), "samples": None}, ('protocol.range=["1s", "2s"]', "samples=null")),
        ({}, ()),
    ],
)
def test_overrides_are_flags_or_one_of_them_or_a_mapping(overrides: Any, flags: tuple[str, ...]) -> None:
    """In Python a mapping from paths to values says the same as flags do, and a flag may come alone."""
    assert flags_of(overrides) == flags


PRINTABLE = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")))


@given(st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | PRINTABLE, st.lists, max_leaves=4))
def test_a_value_of_a_mapping_arrives_as_it_is(value: object) -> None:
    """Whatever plain value is given, the field has it, text that looks like something else included."""
    assert apply_overrides(DATA, {"samples": value}).data["samples"] == value


def test_a_value_that_is_no_plain_data_is_refused() -> None:
    """An object of Python's has no place in a scenario."""
    with pytest.raises(InputError, match=r"--set topology: found .*; expected plain data, as in a file"):
        apply_overrides(DATA, {"topology": object()})
