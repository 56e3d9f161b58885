"""The strict YAML reader: YAML 1.2 values, exact places, and one clear error for everything else."""

import json
import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scenarios import yaml_loader
from scenarios.yaml_loader import load_bytes, load_file, load_text, load_value
from topologies.errors import InputError


@pytest.fixture(params=["libyaml", "pure Python"])
def _each_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with the compiled parser, where there is one, and with the one in Python."""
    parser = yaml.SafeLoader if request.param == "pure Python" else getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    monkeypatch.setattr(yaml_loader, "_PARSER", parser)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("true", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        ("", None),
        ("~", None),
        ("null", None),
        ("nULL", "nULL"),
        ("'null'", "null"),
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1.5e+3", -1500.0),
        ("1:30", "1:30"),
        ("2024-01-01", "2024-01-01"),
        ("017", 17),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("-7", -7),
        ("+7", 7),
        ("'7'", "7"),
        ('"7"', "7"),
        ("-", None),
        ("--", "--"),
        ("1.2.3", "1.2.3"),
        ("150ms", "150ms"),
        ("0.1%", "0.1%"),
        ("1e999", float("inf")),
        ("-.inf", float("-inf")),
        ("=", "="),
        ("{'<<': 1}", {"<<": 1}),
        ("[1, [no, 2.5], {a: ~}]", [1, ["no", 2.5], {"a": None}]),
        ("{a: b}", {"a": "b"}),
        ("|\n text\n", "text\n"),
    ],
)
@pytest.mark.usefixtures("_each_parser")
def test_a_word_means_what_yaml_1_2_says(text: str, value: object) -> None:
    """Unquoted words follow the core schema of YAML 1.2, and quoted ones are text."""
    loaded = load_value(text, "a flag") if text != "-" else load_value(text, "a flag")[0]
    assert loaded == value
    assert type(loaded) is type(value)


def test_not_a_number_is_read_for_the_schema_to_refuse() -> None:
    """`.nan` is a float that differs from itself."""
    value = load_value(".nan", "a flag")
    assert isinstance(value, float)
    assert math.isnan(value)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{','.join(['*' + chr(97 + level)] * 9)}]\n" for level in range(12)
)

REFUSED = [
    ("duplicate key", "a: 1\nb: 2\na: 3\n", ":3:1:", "found 'a' a second time, first on line 1; remove"),
    ("duplicate in a block", "x:\n  a: 1\n  'a': 3\n", ":3:3:", "first on line 2"),
    ("duplicate in a flow", "x: {a: 1, a: 2}", ":1:11:", "a second time"),
    ("exploding aliases", BOMB, ":1:", "100,000 values, aliases expanded"),
    ("aliases without end", "a: &x [*x]\n", ":1:8:", "inside '&x' itself; write the value out"),
    ("a cycle through a mapping", "a: &x\n  b: &y {c: *x}\n", ":2:13:", "inside '&x' itself"),
    ("too many aliases", "a: &a x\nb: [" + "*a, " * 2000 + "]", ":2:", "more than 1,000 aliases"),
    ("unknown alias", "a: *b", ":1:4:", "no '&b' before it; define it first"),
    (
        "an alias of great depth",
        "\n".join(["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 99)]),
        ":1:",
        "",
    ),
    ("deep lists", "a: " + "[" * 100_000, ":1:53:", "more than 50 blocks inside each other; flatten"),
    ("deep mappings", "a: " + "{a: " * 100_000, ":1:", "more than 50 blocks"),
    ("deep blocks", "\n".join(" " * depth + "a:" for depth in range(500)), ":50:50:", "more than 50 blocks"),
    ("too many values", "a: [" + "1," * 200_000 + "]", ":1:", "more than 100,000 values"),
    ("tab in the indentation", "a:\n\tb: 1\n", ":2:1:", "indent by spaces, never by tabs"),
    ("two documents", "a: 1\n---\nb: 1\n", ":2:1:", "a file holds one"),
    ("a list at the root", "- 1\n", ":1:1:", "found a list; expected fields"),
    ("a word at the root", "hello\n", ":1:1:", "found a single value; expected fields"),
    ("nothing", "", ":1:1:", "found nothing; expected fields"),
    ("only a comment", "# name: x\n", ":1:1:", "found nothing"),
    ("own tag", "a: !ring 1\n", ":1:4:", "found the tag '!ring'; remove it"),
    ("tag of a Python object", "a: !!python/object/apply:os.system [ls]", ":1:4:", "found the tag"),
    ("tag of a core type", "a: !!str 5", ":1:4:", "quote a value to make it text"),
    ("very long integer", "a: " + "9" * 100_000, ":1:4:", "a number of 100000 digits; expected at most 400"),
    ("very long hexadecimal", "a: 0x" + "f" * 10_000, ":1:4:", "digits; expected at most 400"),
    ("a number as a key", "1: a", ":1:1:", "found 1 as the name of a field; expected text: put it in quotes"),
    ("null as a key", "~: a", ":1:1:", "as the name of a field"),
    ("a list as a key", "? [a]\n: 1", ":1:3:", "a block as the name of a field"),
    ("a merge", "a: &a {b: 1}\nc:\n  <<: *a\n", ":3:3:", "a merge, which YAML 1.2 does not have"),
    ("open bracket", "a: [1, 2\nb: 3", ":2:", "close each '['"),
    ("open quote", "a: 'x\nb: 3", ":2:", "close each quote"),
    ("uneven indentation", "a:\n  b: 1\n c: 2", ":3:2:", "evenly"),
    ("two colons", "a: b: c", ":1:5:", "quote text that contains ': '"),
    ("reserved character", "a: @x", ":1:4:", "quote text that starts with that character"),
    ("control character", "a: \x00", ":1:4:", "U+0000"),
    ("surrogate", "a: x\ud800", ":1:5:", "U+D800"),
    ("escaped surrogate", 'a: "\\ud800"', ":1:", ""),
    ("unknown escape", 'a: "\\q"', ":1:", "use single quotes"),
    ("tag directives", "%TAG ! tag:x,2000:\n" * 100_000 + "---\na: 1", ":1:1:", "found a directive"),
    ("other version", "%YAML 3.0\n---\na: 1", ":1:1:", "incompatible"),
]


@pytest.mark.parametrize(("text", "place", "fragment"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
@pytest.mark.usefixtures("_each_parser")
def test_what_is_no_plain_mapping_is_refused_with_its_place(text: str, place: str, fragment: str) -> None:
    """Each malformed text is one InputError of one line with file, line, column and remedy."""
    with pytest.raises(InputError) as caught:
        load_text(text, "gossip.yaml")
    message = str(caught.value)
    assert message.startswith("gossip.yaml" + place)
    assert fragment in message
    assert len(message) < 300
    assert "\n" not in message


def test_bytes_that_are_not_utf_8_are_refused_with_their_place() -> None:
    """A stray byte is named with its line and column; a byte order mark of UTF-8 is not stray."""
    with pytest.raises(InputError, match=r"^x.yaml:2:4: found byte 0xff, which is not UTF-8; save the file as UTF-8"):
        load_bytes(b"a: 1\nb: \xff", "x.yaml")
    with pytest.raises(InputError, match="not UTF-8"):
        load_bytes("a: 1".encode("utf-16"), "x.yaml")
    assert load_bytes(b"\xef\xbb\xbfa: 1", "x.yaml").data == {"a": 1}


def test_a_large_file_is_refused_unread() -> None:
    """More bytes than the bound are refused before any of them are parsed."""
    with pytest.raises(InputError, match="more than 4,000,000 bytes"):
        load_bytes(b"#" * 4_000_001, "x.yaml")


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    """A missing file, a folder and an impossible name are each an InputError with the path."""
    for path in (tmp_path / "none.yaml", tmp_path, Path("a\x00b")):
        with pytest.raises(InputError, match=r"cannot be read: .*; expected a YAML file"):
            load_file(path)


def test_each_field_has_its_line_and_column(tmp_path: Path) -> None:
    """Fields are placed by their names, list items by their first character, aliases where their value stands."""
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\nb:\n  c: [5, &six 6]\n  d:\n    - e: 7\n      f: *six\n")
    document = load_file(path)
    assert document.data == {"a": 1, "b": {"c": [5, 6], "d": [{"e": 7, "f": 6}]}}
    assert document.lines == {
        (): (1, 1),
        ("a",): (1, 1),
        ("b",): (2, 1),
        ("b", "c"): (3, 3),
        ("b", "c", 0): (3, 7),
        ("b", "c", 1): (3, 10),
        ("b", "d"): (4, 3),
        ("b", "d", 0): (5, 7),
        ("b", "d", 0, "e"): (5, 7),
        ("b", "d", 0, "f"): (6, 7),
    }
    assert document.place(("b", "d", 0, "g")) == f"{path}:5"


def test_a_repeated_value_is_a_copy() -> None:
    """What an alias repeats can be changed in one place alone."""
    data = load_text("a: &x {y: [1]}\nb: *x\n", "x.yaml").data
    data["a"]["y"].append(2)
    assert data["b"] == {"y": [1]}


TEXT = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), max_size=12)  # no line breaks
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(TEXT, PLAIN, max_size=5))
def test_json_is_read_as_itself(data: dict[str, object]) -> None:
    """Plain data written as JSON, which YAML 1.2 contains, is read back unchanged."""
    assert load_text(json.dumps(data, ensure_ascii=False), "x.yaml").data == data


@given(st.text(max_size=60) | st.text("ab:-[]{}*&!|>'\"#%@? \n\t1.~", max_size=40))
def test_any_text_is_data_or_an_input_error(text: str) -> None:
    """No text makes the reader fail in any way but an InputError that starts with the file's name."""
    message = "x.yaml:"
    try:
        assert isinstance(load_text(text, "x.yaml").data, dict)
    except InputError as error:
        message = str(error)
    assert message.startswith("x.yaml:")
