"""Quantities as people write them: durations, probabilities, rates, sizes and bandwidths.

Text with a unit is parsed once, at the edge of the program; inside it quantities are plain numbers: nanoseconds,
events per second, bytes, bits per second. Parsing is exact: `1.5ms` is 1,500,000 ns because 1.5 is read as a fraction
and never as a binary float.

The names at the bottom (`Duration`, `Rate`, ...) are pydantic types for configuration models: they accept the text,
hold the number, serialise to canonical text, and appear in JSON Schema as text with a pattern and examples. Python code
may also give them the number itself, in base units. A number in a file may not do so: whoever reads a file passes its
data through `as_written`, so that `delay: 5` is refused for its missing unit.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from topologies.errors import InputError

NANOSECOND: Final = 1
MICROSECOND: Final = 1_000
MILLISECOND: Final = 1_000_000
SECOND: Final = 1_000_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

LONGEST: Final = 2**63 - 1  # int64, the type of the time column on disk: 292 years of nanoseconds

_NUMBER: Final = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_SPLIT: Final = re.compile(rf"\s*([+-]?)({_NUMBER})\s*([^\s0-9.+-].*?)?\s*", re.DOTALL)
_MOST_CHARACTERS: Final = 64


_WORDS: Final = {"None": "nothing", "True": "true", "False": "false"}


def shown(value: object, width: int = 60) -> str:
    """Return a value as an error message shows it: on one line, cut at `width` characters, never failing."""
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python agrees to print
        text = f"an integer of about {value.bit_length() * 3 // 10} digits" if isinstance(value, int) else "a value"
    text = _WORDS.get(text, text)
    return text if len(text) <= width else text[: width - 3] + "..."


class WrittenInteger(int):
    """An integer as it stood in a file, where a quantity must have its unit."""


class WrittenFloat(float):
    """A float as it stood in a file, where a quantity must have its unit."""


def as_written(data: object) -> object:
    """Return a copy of plain data whose numbers are marked as written in a file, not computed by a program."""
    if isinstance(data, dict):
        return {key: as_written(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_written(value) for value in data]
    marked = {int: WrittenInteger, float: WrittenFloat}.get(type(data))
    return data if marked is None else marked(data)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit: how it is read, bounded and written.

    `units` maps a spelling to its size in base units; `also` holds spellings that are read and never written.
    `largest` is in base units, and `bound` says in words what it is.
    """

    noun: str
    examples: tuple[str, ...]
    units: Mapping[str, int | Fraction]
    largest: int
    bound: str
    also: Mapping[str, int] = field(default_factory=dict)

    def parse(self, value: object) -> Fraction:
        """Return a quantity in base units, exactly.

        Raises InputError for anything but text of a number and a known unit, from 0 to `largest`.
        """
        if not isinstance(value, str):
            number = isinstance(value, int | float) and not isinstance(value, bool)
            raise self.refused(value, ", which has no unit" if number else "")
        parts = _SPLIT.fullmatch(value) if len(value) <= _MOST_CHARACTERS else None
        if parts is None:
            raise self.refused(value)
        sign, number_text, unit = parts.groups()
        if unit is None:
            raise self.refused(value, ", which has no unit")
        size = self.units.get(unit) or self.also.get(unit)
        if size is None:
            raise self.refused(value, f", whose unit {shown(unit)} is unknown (known: {', '.join(self.units)})")
        amount = Fraction(number_text) * size
        if sign == "-" and amount:
            raise self.refused(value, ", which is negative")
        if amount > self.largest:
            raise self.refused(value, f", which is more than {self.bound}")
        return amount

    def unit_in(self, text: str) -> str | None:
        """Return the unit of a text, as the text writes it; None where it is no number with such a unit."""
        parts = _SPLIT.fullmatch(text) if len(text) <= _MOST_CHARACTERS else None
        unit = None if parts is None else parts[3]
        return unit if unit in self.units or unit in self.also else None

    def accept(self, value: object, number: type[int] | type[float], parse: Callable[[object], Any]) -> Any:
        """Return a program's number in base units as it is, and anything else parsed as text."""
        if type(value) is not number:
            return parse(value)
        if not 0 <= value <= self.largest:
            raise self.refused(value, f", which is not from 0 to {self.bound}")
        return value

    def parse_whole(self, value: object, base_unit: str) -> int:
        """Return a quantity as a whole number of base units; a fraction of one raises InputError."""
        amount = self.parse(value)
        if amount.denominator != 1:
            raise self.refused(value, f", which is not a whole number of {base_unit}")
        return amount.numerator

    def format(self, amount: int) -> str:
        """Return the shortest exact text of an amount with a number of at least 1; of equals, the larger unit."""
        largest_first = sorted(self.units.items(), key=lambda unit: unit[1], reverse=True)
        fitting = [(unit, size) for unit, size in largest_first if size <= amount] or largest_first[-1:]
        texts = [number + unit for unit, size in fitting if (number := _exact_decimal(amount / Fraction(size)))]
        return min(texts, key=len)

    def refused(self, value: object, because: str = "") -> InputError:
        """Return the error for a value that is not such a quantity."""
        examples = f"{', '.join(self.examples[:-1])} or {self.examples[-1]}"
        return InputError(f"found {shown(value)}{because}; expected {self.noun} such as {examples}")

    def pattern(self) -> str:
        """Return the regular expression (of the dialect of JSON Schema) of the accepted text."""
        return rf"^\s*\+?{_NUMBER}\s*({'|'.join(map(re.escape, [*self.units, *self.also]))})\s*$"

    def json_schema(self, **further: object) -> dict[str, Any]:
        """Return the JSON Schema of the accepted text, with `further` keywords over it."""
        return {"type": "string", "pattern": self.pattern(), "examples": list(self.examples), **further}


def _exact_decimal(number: Fraction) -> str:
    """Return a fraction's finite decimal text, or nothing where it has none (a third of an hour)."""
    remainder, places = number.denominator, 0
    while remainder % 10 == 0 or remainder % 2 == 0 or remainder % 5 == 0:
        remainder //= 10 if remainder % 10 == 0 else 2 if remainder % 2 == 0 else 5
        places += 1
    if remainder != 1:
        return ""
    digits = str(number.numerator * 10**places // number.denominator).rjust(places + 1, "0")
    return (digits[:-places] + "." + digits[-places:]).rstrip("0").rstrip(".") if places else digits


_DURATION: Final = Quantity(
    "a duration",
    ("150ms", "2s", "1h"),
    {
        "ns": NANOSECOND,
        "us": MICROSECOND,
        "ms": MILLISECOND,
        "s": SECOND,
        "min": MINUTE,
        "h": HOUR,
        "d": DAY,
    },
    LONGEST,
    "292 years, the longest that fits",
    also={"µs": MICROSECOND, "μs": MICROSECOND},  # the micro sign and the Greek letter
)

_RATE: Final = Quantity(
    "a rate",
    ("100/s", "5/min"),
    {f"/{unit}": Fraction(SECOND, size) for unit, size in _DURATION.units.items()},
    SECOND,
    "one per nanosecond",
)

_BYTES: Final = {
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}

_SIZE: Final = Quantity("a size", ("512B", "64KB", "1MiB"), _BYTES, 2**60, "1,048,576 TiB", also={"kB": 10**3})

_BITS: Final = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}

_BANDWIDTH: Final = Quantity(
    "a bandwidth",
    ("10Mbit/s", "1Gbit/s", "1MB/s"),
    {f"{prefix}bit/s": size for prefix, size in _BITS.items()},
    10**18,
    "1,000,000 Tbit/s",
    also={
        **{f"{prefix}bps": size for prefix, size in _BITS.items()},
        **{f"{unit}/s": 8 * size for unit, size in _BYTES.items()},
        "kB/s": 8 * 10**3,
    },
)

QUANTITIES: Final = (_DURATION, _RATE, _SIZE, _BANDWIDTH)
"""Every quantity with units; no two have a unit in common."""


def parse_duration(value: object) -> int:
    """Return a duration such as `150ms` in nanoseconds.

    Units are ns, us (or µs), ms, s, min, h and d; 0 may stand without one. Raises InputError for a bare number, a
    negative one, a fraction of a nanosecond, or more than 292 years.
    """
    if value == "0" or (isinstance(value, int) and not isinstance(value, bool) and value == 0):
        return 0
    return _DURATION.parse_whole(value, "nanoseconds")


def format_duration(nanoseconds: int) -> str:
    """Return the shortest exact text of a duration: 150,000,000 is `150ms`. `parse_duration` is its inverse."""
    if nanoseconds < 0:  # a difference of two clocks may be; no file holds one
        return "-" + format_duration(-nanoseconds)
    return _DURATION.format(nanoseconds) if nanoseconds else "0"


def parse_rate(value: object) -> float:
    """Return a rate such as `100/s` or `5/min` in events per second; at most one event per nanosecond."""
    return float(_RATE.parse(value))


def format_rate(per_second: float) -> str:
    """Return the shortest text of a rate that `parse_rate` reads as the same number."""
    return f"{per_second!r}/s".replace(".0/s", "/s")


def parse_size(value: object) -> int:
    """Return a size such as `64KB` (64,000) or `1MiB` (1,048,576) in bytes; a bare integer is bytes."""
    if not isinstance(value, int) or isinstance(value, bool):
        return _SIZE.parse_whole(value, "bytes")
    if not 0 <= value <= _SIZE.largest:
        raise _SIZE.refused(value, ", which is negative" if value < 0 else f", which is more than {_SIZE.bound}")
    return int(value)


def format_size(size: int) -> str:
    """Return the shortest exact text of a size in bytes."""
    return _SIZE.format(size)


def parse_bandwidth(value: object) -> int:
    """Return a bandwidth such as `10Mbit/s` or `1MB/s` in bits per second, which is more than 0."""
    bits_per_second = _BANDWIDTH.parse_whole(value, "bits per second")
    if bits_per_second == 0:
        raise _BANDWIDTH.refused(value, ", through which nothing would ever pass")
    return bits_per_second


def format_bandwidth(bits_per_second: int) -> str:
    """Return the shortest exact text of a bandwidth in bits per second."""
    return _BANDWIDTH.format(bits_per_second)


def parse_probability(value: object) -> float:
    """Return a probability from 0 to 1, given as a number or as text in per cent such as `0.1%`."""
    wanted = "expected a probability from 0 to 1, or in per cent, such as 0.001 or 0.1%"
    if isinstance(value, str):
        parts = re.fullmatch(rf"\s*({_NUMBER})\s*(%?)\s*", value) if len(value) <= _MOST_CHARACTERS else None
        exact = Fraction(parts[1]) / (100 if parts[2] else 1) if parts else None
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        exact = Fraction(value)
    else:
        exact = None
    if exact is None or exact > 1:
        raise InputError(f"found {shown(value)}; {wanted}")
    return float(exact)


def _accept_duration(value: object) -> int:
    return int(_DURATION.accept(value, int, parse_duration))


def _accept_positive_duration(value: object) -> int:
    nanoseconds = _accept_duration(value)
    if nanoseconds == 0:
        raise InputError("found 0; expected a duration longer than 0 such as 150ms, 2s or 1h")
    return nanoseconds


def _accept_rate(value: object) -> float:
    return float(_RATE.accept(value, float, parse_rate))


def _accept_bandwidth(value: object) -> int:
    bits_per_second = int(_BANDWIDTH.accept(value, int, parse_bandwidth))
    return bits_per_second or parse_bandwidth("0bit/s")


Duration = Annotated[
    int,
    BeforeValidator(_accept_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(
        _DURATION.json_schema(type=["string", "integer"], minimum=0, maximum=0, pattern=f"^0$|{_DURATION.pattern()}")
    ),
]
"""Nanoseconds, at least 0, written as `150ms`."""

PositiveDuration = Annotated[
    int,
    BeforeValidator(_accept_positive_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(_DURATION.json_schema()),
]
"""Nanoseconds, more than 0, written as `150ms`."""

Rate = Annotated[
    float,
    BeforeValidator(_accept_rate),
    PlainSerializer(format_rate, return_type=str),
    WithJsonSchema(_RATE.json_schema()),
]
"""Events per second, at least 0, written as `100/s` or `5/min`."""

Size = Annotated[
    int,
    BeforeValidator(parse_size),
    PlainSerializer(format_size, return_type=str),
    WithJsonSchema(_SIZE.json_schema(type=["string", "integer"], minimum=0)),
]
"""Bytes, written as `64KB`, `1MiB` or a bare number of bytes."""

Bandwidth = Annotated[
    int,
    BeforeValidator(_accept_bandwidth),
    PlainSerializer(format_bandwidth, return_type=str),
    WithJsonSchema(_BANDWIDTH.json_schema()),
]
"""Bits per second, more than 0, written as `10Mbit/s` or `1MB/s`."""

Probability = Annotated[
    float,
    BeforeValidator(parse_probability),
    WithJsonSchema(
        {
            "type": ["number", "string"],
            "minimum": 0,
            "maximum": 1,
            "pattern": rf"^\s*{_NUMBER}\s*%?\s*$",
            "examples": [0.001, "0.1%"],
        }
    ),
]
"""A number from 0 to 1, also written in per cent as `0.1%`."""
