"""What an unquoted word means in a scenario file: the core schema of YAML 1.2 (section 10.3.2 of the specification).

PyYAML's own rules are those of YAML 1.1, by which `no` is false, `1:30` is 90, `1e-3` is text and `017` is 15.
"""

import re
from collections.abc import Callable
from typing import Final

Scalar = None | bool | int | float | str

MOST_DIGITS: Final = 400  # any finite float fits, and far less than what Python takes long to convert

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_NUMBERS: Final[tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...]] = (
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 0)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)"), lambda text: float(text.replace(".", ""))),
    (re.compile(r"\.(nan|NaN|NAN)"), lambda text: float(text[1:])),
)


def resolve(text: str) -> Scalar:
    """Return the value of an unquoted scalar.

    Infinities and NaN are numbers here; the schema refuses them. Raises ValueError for a number of more than
    `MOST_DIGITS` characters.
    """
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0] not in "+-.0123456789":
        return text
    for pattern, convert in _NUMBERS:
        if pattern.fullmatch(text):
            if len(text) > MOST_DIGITS:
                raise ValueError(f"found a number of {len(text)} digits; expected at most {MOST_DIGITS}")
            return convert(text)
    return text
