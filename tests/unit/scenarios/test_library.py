"""The built-in scenarios: found by name, right, and as the JSON Schema for editors says."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scenarios import library
from scenarios.json_schema import json_schema
from scenarios.schema import scenario_of
from scenarios.yaml_loader import load_text
from tests.bad_scenarios import GOOD, WRONG_FIELDS
from topologies.errors import InputError


@pytest.fixture(name="schema", scope="module")
def _schema() -> dict[str, Any]:
    """Return the exported JSON Schema."""
    return json_schema()


def test_there_are_built_in_scenarios() -> None:
    """The library is shipped where the loader looks for it."""
    assert {"gossip-ring", "gossip-mesh", "gossip-partition-heal"} <= set(library.names())


@pytest.mark.parametrize("name", library.names())
def test_a_built_in_scenario_is_right(name: str, schema: dict[str, Any]) -> None:
    """Each is named for its file, says what it shows, fits the JSON Schema, and survives its canonical form."""
    scenario = library.load(name)
    assert scenario.name == name
    assert len(scenario.description) > 20
    assert scenario_of(scenario.canonical()) == scenario
    jsonschema.validate(library.read(name).data, schema)
    jsonschema.validate(scenario.canonical(), schema)
    assert library.text_of(name).startswith("#") or "name:" in library.text_of(name)


def test_overrides_apply_to_built_in_scenarios() -> None:
    """A built-in scenario is loaded with fields changed, and its mistakes name the flag."""
    assert library.load("gossip-ring", ["topology.nodes=64", "seed=9"]).topology.node_count == 64
    with pytest.raises(InputError, match=r"^--set topology.nodes=x: topology.nodes: found 'x'; expected an integer$"):
        library.load("gossip-ring", ["topology.nodes=x"])


def test_a_file_is_found_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path, or a name with a suffix, is a file; a built-in's bare name is never a file of the same name."""
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(GOOD.replace("gossip-ring", "mine"))
    Path("gossip-ring").write_text(GOOD.replace("gossip-ring", "mine"))
    Path("plain").write_text(GOOD.replace("gossip-ring", "mine"))
    for found in ("mine.yaml", "./mine.yaml", Path("mine.yaml"), "./gossip-ring", "plain"):
        assert library.load(found).name == "mine"
    assert library.load("gossip-ring").name == "gossip-ring"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gosip-ring", r"no built-in scenario and no file called 'gosip-ring'; did you mean 'gossip-ring'\?"),
        ("xyzzy", r"`murmur list scenarios` names them"),
        ("none.yaml", r"^none.yaml: cannot be read: No such file"),
        ("a/b", r"^a/b: cannot be read"),
        ("", r"found no built-in scenario and no file called ''"),
        ("x" * 10_000, r"found no built-in scenario"),
        ("a\x00b", r"found no built-in scenario"),
        ("../library/gossip-ring", r"cannot be read"),
    ],
)
def test_an_unknown_scenario_is_refused(name: str, message: str) -> None:
    """A name that is nothing is an InputError with the nearest name or the way to find one."""
    with pytest.raises(InputError, match=message):
        library.load(name)
    with pytest.raises(InputError):
        library.text_of(name)


def test_json_schema_is_a_schema(schema: dict[str, Any]) -> None:
    """The exported schema is valid draft 2020-12, with a description for every field of a scenario."""
    jsonschema.Draft202012Validator.check_schema(schema)
    assert all(field.get("description") for field in schema["properties"].values())
    assert schema["properties"]["network"]["default"]["latency"] == {"kind": "constant", "value": "1ms"}


@pytest.mark.parametrize(
    "case", ["unknown field", "unknown topology", "duration without unit", "no nodes", "fault as a word"]
)
def test_json_schema_finds_mistakes_too(case: str, schema: dict[str, Any]) -> None:
    """An editor that has the schema marks what the loader refuses."""
    content = next(each.content for each in WRONG_FIELDS if each.name == case)
    assert isinstance(content, str)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(load_text(content, "x.yaml").data, schema)
