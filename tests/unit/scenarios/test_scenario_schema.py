"""The scenario model: defaults, canonical form, seeds, blocks made by programs."""

import json

import pytest
from pydantic import ValidationError

from scenarios.schema import Scenario, scenario_of
from scenarios.seed import parse_seed
from scenarios.yaml_loader import load_text
from tests.bad_scenarios import GOOD
from topologies.errors import InputError
from topologies.ring import RingConfig

MINIMAL = {"name": "x", "duration": "1s", "topology": {"kind": "ring", "nodes": 5}, "protocol": {"kind": "gossip"}}


def test_a_scenario_survives_its_canonical_form() -> None:
    """Canonical data, written as JSON and read again, is an equal scenario with the same canonical data."""
    for data in (MINIMAL, load_text(GOOD, "good.yaml").data):
        scenario = scenario_of(data)
        canonical = scenario.canonical()
        again = scenario_of(json.loads(json.dumps(canonical, allow_nan=False)))
        assert again == scenario
        assert again.canonical() == canonical


def test_canonical_form_holds_every_default() -> None:
    """A field that was left out stands in the canonical form with its default, quantities with their units."""
    canonical = scenario_of(MINIMAL).canonical()
    assert set(canonical) == set(Scenario.model_fields)
    assert canonical["seed"] == 0
    assert canonical["network"]["latency"] == {"kind": "constant", "value": "1ms"}
    assert canonical["detail"] == "states"
    assert canonical["limits"] == {"events": 1_000_000_000}
    assert canonical["stop_when"] is None


def test_every_optional_block_survives_too() -> None:
    """Clocks, samples, ends and details come through the canonical form as they were given."""
    more = {
        "clocks": {"offset": "10ms", "drift_ppm": 50},
        "samples": {"every": "1s"},
        "stop_when": "converged",
        "tie_break": "shuffled",
        "detail": "all",
        "limits": {"events": 1000},
    }
    canonical = scenario_of(MINIMAL | more).canonical()
    assert {name: canonical[name] for name in more} == more
    assert scenario_of(canonical).canonical() == canonical


def test_a_scenario_cannot_be_changed() -> None:
    """A scenario is a value: assigning to a field is an error."""
    with pytest.raises(ValidationError, match="frozen"):
        scenario_of(MINIMAL).seed = 5  # type: ignore[misc]


def test_programs_may_give_blocks_as_objects() -> None:
    """A configuration object stands for its block, and one of another family is refused."""
    ring = RingConfig(nodes=5)
    assert scenario_of(MINIMAL | {"topology": ring}) == scenario_of(MINIMAL)
    with pytest.raises(InputError, match=r"scenario: topology: found .*; expected a topology"):
        scenario_of(MINIMAL | {"topology": scenario_of(MINIMAL).network})


@pytest.mark.parametrize(
    ("value", "seed"),
    [
        (0, 0),
        (2**64 - 1, 2**64 - 1),
        ("abc1234", 0xABC1234),
        ("DEADBEEF", 0xDEADBEEF),
        ("0123456789abcdef0123456789abcdef01234567", 0x0123456789ABCDEF),
    ],
)
def test_a_seed_is_a_number_or_a_commit(value: object, seed: int) -> None:
    """A number is itself, and a commit's hash is its first 16 hexadecimal digits."""
    assert parse_seed(value) == seed
    scenario = scenario_of(MINIMAL | {"seed": value})
    assert scenario.seed == seed
    assert scenario_of(scenario.canonical()).seed == seed


@pytest.mark.parametrize("value", [-1, 2**64, 1.5, "123", "xyz1234", "", None, True, "a" * 65, [1]])
def test_what_is_no_seed_is_refused(value: object) -> None:
    """Anything else is an InputError that says what a seed is."""
    with pytest.raises(InputError, match="expected an integer from 0 to 18446744073709551615, or a commit's hash"):
        parse_seed(value)


def test_details_of_too_many_nodes_are_refused() -> None:
    """A row for each message is refused for a population whose rows nobody could keep."""
    large = MINIMAL | {"topology": {"kind": "ring", "nodes": 50_001}}
    assert scenario_of(large | {"detail": "states"}).detail == "states"
    with pytest.raises(InputError, match=r"scenario: detail: found 'messages' with 50,001 nodes; expected summary or"):
        scenario_of(large | {"detail": "messages"})
