"""A strict reader of YAML: every file is plain data, or one InputError with file, line, column and remedy.

PyYAML only cuts the text into events here. What the events mean is decided in this package, because PyYAML's own
constructors follow YAML 1.1, keep the last of two equal keys in silence, and expand aliases without bound.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml

from scenarios.document import Document, FieldPath
from scenarios.yaml_scalars import Scalar, resolve
from sim.units import shown
from topologies.errors import InputError

MOST_BYTES: Final = 4_000_000
MOST_VALUES: Final = 100_000  # counted after aliases are expanded
MOST_ALIASES: Final = 1_000
DEEPEST: Final = 50

_PARSER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_DIRECTIVE: Final = re.compile(r"^%(?!YAML )", re.MULTILINE)  # %TAG costs the parser the square of their number

_REMEDIES: Final = (
    ("could not find expected ':'", "write each field as 'name: value'"),
    ("mapping values are not allowed", "indent the fields of a block evenly, and quote text that contains ': '"),
    ("found unexpected ':'", "quote text that contains ':'"),
    ("cannot start any token", "quote text that starts with that character"),
    ("expected ',' or", "separate items by ',' and close each '[' and '{'"),
    ("expected the node content", "separate items by ',' and close each '[' and '{'"),
    ("block end", "indent the fields of a block evenly"),
    ("block collection", "indent the items of a list evenly, each after '- '"),
    ("sequence entries", "start each item of a list on a line of its own, after '- '"),
    ("block mapping", "indent the fields of a block evenly"),
    ("end of stream", "close each quote"),
    ("undefined alias", "write the value itself"),
    ("escape", r"write a backslash as '\\', or use single quotes"),
)


@dataclass(frozen=True, slots=True)
class _Node:
    """A value as written: a scalar, a list of nodes, or fields as (key, line and column of the key, node)."""

    value: "_Value"
    place: tuple[int, int]


_Value = Scalar | list[_Node] | dict[str, tuple[tuple[int, int], _Node]]


def load_file(path: Path) -> Document:
    """Return the mapping in a YAML file; raises InputError for whatever is not one."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {reason}; expected a YAML file") from None
    return replace(load_bytes(content, str(path)), folder=path.absolute().parent)


def load_bytes(content: bytes, name: str) -> Document:
    """Return the mapping in YAML bytes, which messages call `name`."""
    if len(content) > MOST_BYTES:
        raise InputError(f"{name}: found more than {MOST_BYTES:,} bytes; a scenario or study file has at most that")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        found = f"found byte 0x{content[error.start]:02x}, which is not UTF-8"
        raise InputError(f"{name}:{line}:{column}: {found}; save the file as UTF-8 text") from None
    return load_text(text, name)


def load_text(text: str, name: str) -> Document:
    """Return the mapping in YAML text, which messages call `name`, with the line and column of each field."""
    composer = _Composer(name, text)
    root = composer.document()
    lines: dict[FieldPath, tuple[int, int]] = {}
    data = composer.expand(root, (), root.place, lines)
    if not isinstance(data, dict):
        found = "nothing" if data is None else "a list" if isinstance(data, list) else "a single value"
        composer.refuse(root.place, f"found {found}; expected fields, each as 'name: value'")
    return Document(name, data, lines)


def load_value(text: str, name: str) -> Any:
    """Return one value of any kind, written as in a file: `3s`, `0.1`, `[1, 2]`, `{kind: ring, nodes: 5}`."""
    composer = _Composer(name, text, flag=True)
    root = composer.document()
    return composer.expand(root, (), root.place, {})


class _Composer:
    """Builds one document from parser events, within bounds, and then its plain data."""

    def __init__(self, name: str, text: str, flag: bool = False) -> None:
        self.name = name
        self.flag = flag
        self.text = text
        self.events = self._events()
        self.anchors: dict[str, _Node | None] = {}  # None: still open
        self.composed = 0
        self.expanded = 0
        self.aliases = 0

    def refuse(self, place: tuple[int, int], message: str) -> NoReturn:
        """Raise the error of a place in this document; a flag's value needs no line."""
        raise InputError(f"{self.name}: {message}" if self.flag else f"{self.name}:{place[0]}:{place[1]}: {message}")

    def document(self) -> _Node:
        """Return the root of the only document."""
        root: _Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self.refuse(_place(event), "found a second document; a file holds one: split it, or remove '---'")
                root = self._node(next(self.events), 1)
        return root or _Node(None, (1, 1))

    def expand(
        self, node: _Node, path: FieldPath, place: tuple[int, int], lines: dict[FieldPath, tuple[int, int]]
    ) -> Any:
        """Return plain data, with its own copy of what an alias repeats, and note the place of each field."""
        self.expanded += 1
        if self.expanded > MOST_VALUES:
            self.refuse(place, f"found more than {MOST_VALUES:,} values, aliases expanded; write a smaller file")
        if len(path) > DEEPEST:
            self.refuse(place, f"found more than {DEEPEST} blocks inside each other; flatten the file")
        lines[path] = place
        if isinstance(node.value, dict):
            fields = node.value.items()
            return {key: self.expand(inner, (*path, key), at, lines) for key, (at, inner) in fields}
        if isinstance(node.value, list):
            return [self.expand(item, (*path, index), item.place, lines) for index, item in enumerate(node.value)]
        return node.value

    def _events(self) -> Iterator[yaml.Event]:
        """Yield the parser's events; what it cannot read raises InputError."""
        if strange := _UNPRINTABLE.search(self.text):
            found = f"found the character U+{ord(strange[0]):04X}, which text does not hold"
            self.refuse(self._at(strange.start()), f"{found}; remove it")
        if directive := _DIRECTIVE.search(self.text):
            self.refuse(self._at(directive.start()), "found a directive; remove the line, or indent it if it is text")
        try:
            yield from yaml.parse(self.text, Loader=_PARSER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            reason = ", ".join(filter(None, (error.context, error.problem)))
            self.refuse(place, f"not readable as YAML: {reason}; {self._remedy(reason, place)}")
        except yaml.YAMLError as error:
            self.refuse((1, 1), f"not readable as YAML: {' '.join(str(error).split())[:200]}; save it as UTF-8 text")

    def _at(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset in the text."""
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)

    def _remedy(self, reason: str, place: tuple[int, int]) -> str:
        """Return what to do about the parser's complaint."""
        line = next(itertools.islice(self.text.split("\n"), place[0] - 1, None), "")
        if "\t" in line[: len(line) - len(line.lstrip())] or line[place[1] - 1 : place[1]] == "\t":
            return "indent by spaces, never by tabs"
        return next((remedy for part, remedy in _REMEDIES if part in reason), "check the indentation and the quotes")

    def _node(self, event: Any, depth: int) -> _Node:
        """Return the node that starts with an event."""
        place = _place(event)
        self.composed += 1
        if self.composed > MOST_VALUES:
            self.refuse(place, f"found more than {MOST_VALUES:,} values; write a smaller file")
        if depth > DEEPEST:
            self.refuse(place, f"found more than {DEEPEST} blocks inside each other; flatten the file")
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event)
        if event.tag is not None:
            self.refuse(place, f"found the tag {shown(event.tag)}; remove it: quote a value to make it text")
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        node = _Node(self._value(event, depth), place)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _aliased(self, event: yaml.AliasEvent) -> _Node:
        """Return the node that an alias repeats."""
        name = str(event.anchor)[:60]
        self.aliases += 1
        if self.aliases > MOST_ALIASES:
            self.refuse(_place(event), f"found more than {MOST_ALIASES:,} aliases; write the values out")
        if event.anchor not in self.anchors:
            self.refuse(_place(event), f"found '*{name}', but no '&{name}' before it; define it first")
        node = self.anchors[event.anchor]
        if node is None:
            self.refuse(_place(event), f"found '*{name}' inside '&{name}' itself; write the value out")
        return node

    def _value(self, event: Any, depth: int) -> _Value:
        """Return the content of a scalar, list or mapping whose first event is given."""
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self._node(event, depth + 1))
            return items
        if isinstance(event, yaml.MappingStartEvent):
            return self._fields(depth)
        if event.implicit[0]:  # unquoted
            try:
                return resolve(event.value)
            except ValueError as error:
                self.refuse(_place(event), str(error))
        self._check_text(event)
        return str(event.value)

    def _fields(self, depth: int) -> dict[str, tuple[tuple[int, int], _Node]]:
        """Return the fields of a mapping, each once."""
        fields: dict[str, tuple[tuple[int, int], _Node]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            place, key = _place(event), self._node(event, depth + 1).value
            if not isinstance(key, str):
                found = "a block" if isinstance(key, list | dict) else shown(key)
                self.refuse(place, f"found {found} as the name of a field; expected text: put it in quotes")
            if key == "<<" and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:  # in quotes it is text
                self.refuse(place, "found '<<', a merge, which YAML 1.2 does not have; write the fields out")
            if key in fields:
                first = fields[key][0][0]
                self.refuse(place, f"found {shown(key)} a second time, first on line {first}; remove one of them")
            fields[key] = (place, self._node(next(self.events), depth + 1))
        return fields

    def _check_text(self, event: yaml.ScalarEvent) -> None:
        """Refuse halves of surrogate pairs, which an escape can spell but no file can hold."""
        if any("\ud800" <= character <= "\udfff" for character in event.value):
            self.refuse(_place(event), "found half of a surrogate pair; write the character itself")


def _place(event: yaml.Event) -> tuple[int, int]:
    assert event.start_mark is not None  # both parsers mark each event
    return event.start_mark.line + 1, event.start_mark.column + 1
