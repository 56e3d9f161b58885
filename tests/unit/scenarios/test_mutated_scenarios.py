"""Scenarios changed at random: whatever comes out is a scenario, or one error that names the file."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scenarios.schema import Scenario, scenario_of
from scenarios.yaml_loader import load_bytes, load_text
from tests.bad_scenarios import GOOD
from topologies.errors import InputError

FRAGMENTS = [
    "\t",
    "\n",
    "  ",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "!!x ",
    "'",
    '"',
    "#",
    "|",
    "<<: ",
    "---\n",
    "\x00",
]
LINES = GOOD.splitlines(keepends=True)

edits = st.sampled_from(FRAGMENTS) | st.text(max_size=3) | st.integers(1, 20)
words = st.sampled_from(["ring", "kind", "nodes", "5", "-1", "1e999", ".nan", "0", "99999999", "no", "~", "[]", "{}"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def outcome(content: bytes | dict[str, Any]) -> Scenario | str:
    """Return the scenario, or the message of the one error that may be raised."""
    try:
        document = load_bytes(content, "mutated.yaml") if isinstance(content, bytes) else content
        return scenario_of(document, name="mutated.yaml")
    except InputError as error:
        return str(error)


def assert_sound(result: Scenario | str) -> None:
    """A result is a scenario that survives its canonical form, or lines that each name the file."""
    if isinstance(result, Scenario):
        assert scenario_of(result.canonical()) == result
    else:
        assert result
        assert all(line.startswith("mutated.yaml") for line in result.splitlines())


@given(st.data())
def test_text_with_random_edits(data: st.DataObject) -> None:
    """Insertions and deletions at random places never lead to anything but a scenario or an InputError."""
    text = GOOD
    for _ in range(data.draw(st.integers(1, 4))):
        place, edit = data.draw(st.integers(0, len(text))), data.draw(edits)
        text = text[:place] + text[place + edit :] if isinstance(edit, int) else text[:place] + edit + text[place:]
    assert_sound(outcome(text.encode("utf-8", "surrogatepass")))


@given(st.permutations(LINES), st.integers(0, len(LINES)))
def test_lines_in_another_order(lines: list[str], kept: int) -> None:
    """Lines shuffled and dropped never lead to anything but a scenario or an InputError."""
    assert_sound(outcome("".join(lines[:kept]).encode()))


@given(st.binary(max_size=100), st.integers(0, len(GOOD)))
def test_bytes_in_the_middle(noise: bytes, place: int) -> None:
    """Random bytes anywhere never lead to anything but a scenario or an InputError."""
    assert_sound(outcome(GOOD[:place].encode() + noise + GOOD[place:].encode()))


@given(st.data())
def test_data_with_a_part_replaced(data: st.DataObject) -> None:
    """Any field anywhere replaced by any value never leads to anything but a scenario or an InputError."""
    root = load_text(GOOD, "mutated.yaml").data
    for _ in range(data.draw(st.integers(1, 3))):
        block: Any = root
        while True:
            keys = list(block) if isinstance(block, dict) else list(range(len(block)))
            if isinstance(block, dict) and (not keys or data.draw(st.booleans())):
                keys.append(data.draw(words | st.text(max_size=6)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            inner = block[key] if isinstance(block, list) or key in block else None
            if not isinstance(inner, dict | list) or data.draw(st.booleans()):
                block[key] = data.draw(values)
                break
            block = inner
    assert_sound(outcome(root))


@given(values)
def test_any_value_as_a_block(value: Any) -> None:
    """Each field of a scenario takes any plain value whatever to a scenario or an InputError."""
    for name in Scenario.model_fields:
        assert_sound(outcome(load_text(GOOD, "mutated.yaml").data | {name: value}))
