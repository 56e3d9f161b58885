"""Values as EDN, the text form of Clojure's data (github.com/edn-format/edn), as far as histories need it.

None is nil, texts are strings, sequences are vectors, mappings are maps. What is read is what was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import isinf, isnan
from typing import Any, Final, NamedTuple

from topologies.errors import InputError

DEEPEST: Final = 64
"""Levels of nesting that are read."""
_LONG: Final = 1 << 63
_ESCAPES: Final = {"\t": "\\t", "\r": "\\r", "\n": "\\n", "\\": "\\\\", '"': '\\"'}
_UNESCAPED: Final = {text[1]: character for character, text in _ESCAPES.items()} | {"b": "\b", "f": "\f"}
_TOKEN: Final = re.compile(
    r'[\s,]*(?:;[^\n]*[\s,]*)*("(?:[^"\\]|\\.)*"|#\{|#_|##?[^\s,()\[\]{}"]*|[()\[\]{}]|[^\s,()\[\]{}";]+|)'
)
_INTEGER: Final = re.compile(r"[+-]?\d+N?", re.ASCII)
_FLOAT: Final = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?M?", re.ASCII)
_KEYWORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9*+!?$%&=<>._-]*", re.ASCII)
_STRING_PART: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_NAMED: Final[dict[str, Any]] = {"nil": None, "true": True, "false": False}
_SYMBOLIC: Final = {"##Inf": float("inf"), "##-Inf": float("-inf"), "##NaN": float("nan")}
_CLOSERS: Final = {"[": "]", "(": ")", "{": "}", "#{": "}"}


class Keyword(NamedTuple):
    """An EDN keyword, such as `:process`; its name is without the colon."""

    name: str


def edn(value: Any) -> str:
    """Return a value as EDN in one line; raises TypeError for what EDN has no form for here."""
    form = _FORMS.get(type(value))
    if form is not None:
        return form(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{edn(key)} {edn(item)}" for key, item in value.items()) + "}"
    raise TypeError(f"no EDN for {type(value).__name__}")


def _vector(items: Any) -> str:
    return "[" + " ".join(map(edn, items)) + "]"


def _integer(value: int) -> str:
    return str(value) if -_LONG <= value < _LONG else f"{value}N"


def _float(value: float) -> str:
    if isnan(value):
        return "##NaN"
    return ("##Inf" if value > 0 else "##-Inf") if isinf(value) else repr(value)


def _string(text: str) -> str:
    """A string whose line breaks, control characters and halves of surrogate pairs are escaped."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_ESCAPES.get(each) or _character(each) for each in text) + '"'


def _character(character: str) -> str:
    plain = character.isprintable() or ord(character) > 0xFFFF
    return character if plain else f"\\u{ord(character):04x}"


_FORMS: Final[dict[type, Callable[[Any], str]]] = {
    type(None): lambda _: "nil",
    bool: lambda value: "true" if value else "false",
    int: _integer,
    float: _float,
    str: _string,
    tuple: _vector,
    list: _vector,
    Keyword: lambda value: f":{value.name}",
    dict: lambda value: "{" + ", ".join(f"{edn(key)} {edn(item)}" for key, item in value.items()) + "}",
}


def name_of(text: str) -> Keyword | str:
    """A name as the keyword that EDN has for it, or as a string where there is none."""
    return Keyword(text) if _KEYWORD.fullmatch(text) else text


def read_edn(text: str) -> Any:
    """Return the one value that a text holds: vectors, lists and sets as tuples, maps as dicts, tags passed over.

    Raises InputError with the place of what is wrong.
    """
    reader = _Reader(text)
    value = reader.value(reader.next(), 0)
    if reader.next():
        raise reader.wrong("expected nothing after the value")
    return value


class _Reader:
    """The tokens of a text, one after the other."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.token = ""

    def next(self) -> str:
        """Return the next token; empty at the end."""
        match = _TOKEN.match(self.text, self.place)
        assert match is not None
        self.token, self.place = match[1], match.end()
        if not self.token and self.place < len(self.text):
            self.token = self.text[self.place]
            raise self.wrong("expected a value, such as a string that ends")
        return self.token

    def wrong(self, expected: str) -> InputError:
        """Make the error for the token just read."""
        found = f"found {self.token[:40]!r}" if self.token else "found the end"
        return InputError(f"column {self.place - len(self.token) + 1}: {found}; {expected}")

    def value(self, token: str, depth: int) -> Any:
        """Return the value that begins with a token."""
        if token in _CLOSERS:
            return self._collection(token, depth)
        if token.startswith('"'):
            return _STRING_PART.sub(self._unescaped, token[1:-1])
        if token.startswith(":") and len(token) > 1:
            return Keyword(token[1:])
        if token in _NAMED or token in _SYMBOLIC:
            return _NAMED[token] if token in _NAMED else _SYMBOLIC[token]
        if _INTEGER.fullmatch(token):
            return int(token.removesuffix("N"))
        if _FLOAT.fullmatch(token):
            return float(token.removesuffix("M"))
        if token.startswith("#") and len(token) > 1 and depth < DEEPEST:
            followed = self.value(self.next(), depth + 1)
            return self.value(self.next(), depth + 1) if token == "#_" else followed
        raise self.wrong(f"expected a value of EDN, nested no deeper than {DEEPEST}")

    def _collection(self, token: str, depth: int) -> Any:
        if depth == DEEPEST:
            raise self.wrong(f"expected no more than {DEEPEST} levels")
        items = []
        while (inner := self.next()) != _CLOSERS[token]:
            items.append(self.value(inner, depth + 1))
        if token != "{":
            return tuple(items)
        if len(items) % 2:
            raise self.wrong("expected a value for each key of the map")
        try:
            return dict(zip(items[::2], items[1::2], strict=True))
        except TypeError:
            raise self.wrong("expected no map as the key of a map") from None

    def _unescaped(self, match: re.Match[str]) -> str:
        part = match[1]
        if len(part) == 5:
            return chr(int(part[1:], 16))
        if part not in _UNESCAPED:
            raise self.wrong(f"expected no escape such as \\{part}")
        return _UNESCAPED[part]
