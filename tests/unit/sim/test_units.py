"""Units: exact reading, canonical writing, and a message that shows the right form for everything else."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from sim import units
from sim.units import (
    Bandwidth,
    Duration,
    PositiveDuration,
    Probability,
    Rate,
    Size,
    as_written,
    format_bandwidth,
    format_duration,
    format_rate,
    format_size,
    parse_bandwidth,
    parse_duration,
    parse_probability,
    parse_rate,
    parse_size,
    shown,
)
from topologies.errors import InputError


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0", 0),
        (0, 0),
        ("0ms", 0),
        ("-0s", 0),
        ("1ns", 1),
        ("1us", 1_000),
        ("1µs", 1_000),
        ("1μs", 1_000),
        ("150ms", 150_000_000),
        ("1.5ms", 1_500_000),
        (" 1.5 ms ", 1_500_000),
        (".5s", 500_000_000),
        ("5.s", 5_000_000_000),
        ("+2s", 2_000_000_000),
        ("1e3ms", 1_000_000_000),
        ("1e-3ms", 1_000),
        ("0.1s", 100_000_000),
        ("0.000000001s", 1),
        ("4.35s", 4_350_000_000),  # 4.35 * 10**9 is not whole in binary floating point
        ("1.1min", 66_000_000_000),
        ("2h", 7_200_000_000_000),
        ("1d", 86_400_000_000_000),
        ("9223372036854775807ns", 2**63 - 1),
    ],
)
def test_a_duration_is_read_exactly(text: object, nanoseconds: int) -> None:
    """A duration is the exact number of nanoseconds that its text says."""
    assert parse_duration(text) == nanoseconds
    assert type(parse_duration(text)) is int


@pytest.mark.parametrize(
    ("value", "fragment"),
    [
        ("1.5ns", "not a whole number of nanoseconds"),
        ("0.1us0", "unknown"),
        ("1e-10s", "not a whole number of nanoseconds"),
        ("-5ms", "negative"),
        ("9223372036854775808ns", "292 years"),
        ("300000d", "292 years"),
        ("1e999d", "292 years"),
        ("1e9999d", "unknown"),
        ("5", "no unit"),
        (5, "no unit"),
        (-5, "no unit"),
        (1.5, "no unit"),
        (float("nan"), "no unit"),
        (float("inf"), "no unit"),
        ("nan", "found 'nan'"),
        ("inf s", "found 'inf s'"),
        ("5sec", "'sec' is unknown (known: ns, us"),
        ("5 M", "'M' is unknown"),
        ("5ms 3s", "unknown"),
        ("5,5ms", "unknown"),
        ("1_000ms", "unknown"),
        ("٣s", "found '٣s'"),
        ("", "found ''"),
        ("ms", "found 'ms'"),
        ("\x00", "found"),
        ("1s\n2s", "unknown"),
        pytest.param("9" * 100_000 + "s", "...", id="long"),
        pytest.param(10**10_000, "digits", id="huge"),
        (True, "found true"),
        (False, "found false"),
        (0.0, "no unit"),
        (None, "found nothing"),
        ([1], "found [1]"),
        (b"1s", "found b'1s'"),
    ],
)
def test_what_is_no_duration_is_refused_with_examples(value: object, fragment: str) -> None:
    """Each bad duration is an InputError of modest length that shows the value, the reason and right values."""
    with pytest.raises(InputError) as caught:
        parse_duration(value)
    message = str(caught.value)
    assert fragment in message
    assert "expected a duration such as 150ms, 2s or 1h" in message
    assert len(message) < 300


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0"),
        (1, "1ns"),
        (999, "999ns"),
        (1_000, "1us"),
        (1_500, "1.5us"),
        (150_000_000, "150ms"),
        (500_000_000, "500ms"),
        (1_500_000_000, "1.5s"),
        (60_000_000_000, "60s"),
        (120_000_000_000, "2min"),
        (3_600_000_000_000, "1h"),
        (86_400_000_000_000, "1d"),
        (-2_000_000_000, "-2s"),
    ],
)
def test_a_duration_is_written_as_people_would(nanoseconds: int, text: str) -> None:
    """Canonical text is the shortest exact one with a number of at least 1."""
    assert format_duration(nanoseconds) == text


@given(st.integers(0, 2**63 - 1) | st.integers(0, 2**33).map(lambda whole: whole * 1_000_000_000))
def test_writing_and_reading_a_duration_are_inverse(nanoseconds: int) -> None:
    """Every duration that fits is read back from its canonical text to the nanosecond."""
    nanoseconds = min(nanoseconds, 2**63 - 1)
    assert parse_duration(format_duration(nanoseconds)) == nanoseconds


@given(
    st.fractions(min_value=0, max_value=10**6, max_denominator=1).map(int),
    st.integers(0, 999_999_999),
)
def test_decimal_seconds_are_exact(seconds: int, nanoseconds: int) -> None:
    """Seconds with nine decimal places are the integer they spell, never a neighbour."""
    assert parse_duration(f"{seconds}.{nanoseconds:09d}s") == seconds * 10**9 + nanoseconds


@given(st.text(max_size=12) | st.floats() | st.integers() | st.binary(max_size=4))
def test_any_value_is_a_quantity_or_an_input_error(value: object) -> None:
    """No value whatever makes a parser fail in any way but InputError."""
    for parse in (parse_duration, parse_rate, parse_size, parse_bandwidth, parse_probability):
        message = "expected"
        try:
            assert parse(value) >= 0
        except InputError as error:
            message = str(error)
        assert "expected" in message


@pytest.mark.parametrize(
    ("text", "per_second"),
    [("100/s", 100.0), ("5/min", 5 / 60), ("0/s", 0.0), ("1/ms", 1000.0), ("0.5 /s", 0.5), ("1/d", 1 / 86400)],
)
def test_a_rate_is_events_per_second(text: str, per_second: float) -> None:
    """A rate of any unit is the nearest float number of events per second."""
    assert parse_rate(text) == per_second


@pytest.mark.parametrize("value", ["100", 100, 1.5, "-1/s", "2/ns", "1/week", "/s", "nan/s", None, True])
def test_what_is_no_rate_is_refused(value: object) -> None:
    """A rate needs a unit of time and lies from 0 to one per nanosecond."""
    with pytest.raises(InputError, match=r"expected a rate such as 100/s or 5/min"):
        parse_rate(value)


@given(st.floats(0, 10**9))
def test_writing_and_reading_a_rate_are_inverse(per_second: float) -> None:
    """Every rate is read back from its text as the same float."""
    assert parse_rate(format_rate(per_second)) == per_second


@pytest.mark.parametrize(
    ("value", "size"),
    [("64KB", 64_000), ("64kB", 64_000), ("1MiB", 2**20), ("1.5KiB", 1536), (0, 0), (17, 17), ("17B", 17), ("0B", 0)],
)
def test_a_size_is_bytes(value: object, size: int) -> None:
    """A size is a whole number of bytes, decimal or binary as its unit says."""
    assert parse_size(value) == size


@pytest.mark.parametrize(
    "value", [-1, 2**61, 1.5, "1.5B", "64kb", "64", "-1KB", True, None, "9999999TiB", pytest.param(10**9999, id="huge")]
)
def test_what_is_no_size_is_refused(value: object) -> None:
    """Fractions of a byte, unknown units, negative and boundless sizes are refused."""
    with pytest.raises(InputError, match="expected a size such as 512B, 64KB or 1MiB"):
        parse_size(value)


@pytest.mark.parametrize(
    ("text", "bits"),
    [("10Mbit/s", 10**7), ("1MB/s", 8 * 10**6), ("1Gbps", 10**9), ("1KiB/s", 8192), ("0.5kbit/s", 500)],
)
def test_a_bandwidth_is_bits_per_second(text: str, bits: int) -> None:
    """Bits and bytes per second are told apart."""
    assert parse_bandwidth(text) == bits


@pytest.mark.parametrize("value", ["0bit/s", "10", 10, "10Mbit", "10 mbit/s", "-1Mbit/s", "0.5bit/s", "inf", None])
def test_what_is_no_bandwidth_is_refused(value: object) -> None:
    """A bandwidth has a unit per second and lets something pass."""
    with pytest.raises(InputError, match="expected a bandwidth such as 10Mbit/s, 1Gbit/s or 1MB/s"):
        parse_bandwidth(value)


@given(st.integers(1, 2**60))
def test_writing_and_reading_sizes_and_bandwidths_are_inverse(amount: int) -> None:
    """Every size and bandwidth is read back from its canonical text."""
    assert parse_size(format_size(amount)) == amount
    assert parse_bandwidth(format_bandwidth(min(amount, 10**18))) == min(amount, 10**18)


@pytest.mark.parametrize(
    ("value", "probability"),
    [(0, 0.0), (1, 1.0), (0.25, 0.25), ("0.1%", 0.001), ("100%", 1.0), ("33.3%", 0.333), ("0.5", 0.5), (" 5 % ", 0.05)],
)
def test_a_probability_is_a_number_or_per_cent(value: object, probability: float) -> None:
    """Per cent is the float nearest to the exact hundredth."""
    assert parse_probability(value) == probability
    assert type(parse_probability(value)) is float


@pytest.mark.parametrize(
    "value",
    [
        -0.1,
        1.1,
        "101%",
        "-1%",
        float("nan"),
        float("inf"),
        True,
        None,
        "often",
        "",
        pytest.param(10**9999, id="huge"),
        [0.5],
    ],
)
def test_what_is_no_probability_is_refused(value: object) -> None:
    """Anything outside 0 to 1 is refused with both right forms in the message."""
    with pytest.raises(InputError, match=r"expected a probability from 0 to 1, or in per cent, such as 0.001 or 0.1%"):
        parse_probability(value)


class Config(BaseModel):
    """A configuration with one field of each type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    delay: Duration = 0
    period: PositiveDuration = units.SECOND
    rest: Duration | None = None
    loss: Probability = 0.0
    rate: Rate = 5.0
    size: Size = 1024
    bandwidth: Bandwidth | None = None


TEXTS = {
    "delay": "1.5ms",
    "period": "2s",
    "rest": "0",
    "loss": 0.001,
    "rate": "0.5/s",
    "size": "64KB",
    "bandwidth": "10Mbit/s",
}


def test_types_hold_numbers_and_serialise_to_canonical_text() -> None:
    """A strict model holds plain numbers, dumps canonical text, and is equal to what its dump is read as."""
    config = Config.model_validate(TEXTS | {"loss": "0.1%"})
    assert (config.delay, config.period, config.rest) == (1_500_000, 2_000_000_000, 0)
    assert (config.loss, config.rate, config.size, config.bandwidth) == (0.001, 0.5, 64_000, 10**7)
    assert config.model_dump() == TEXTS
    assert config.model_dump(mode="json") == TEXTS
    assert Config.model_validate(config.model_dump()) == config
    assert Config.model_validate(Config().model_dump()) == Config()


def test_a_positive_duration_is_not_zero() -> None:
    """PositiveDuration refuses 0 in each spelling, with examples."""
    for zero in (0, "0", "0s"):
        with pytest.raises(ValidationError, match="found 0; expected a duration longer than 0 such as 150ms"):
            TypeAdapter(PositiveDuration).validate_python(zero)


def test_a_program_may_give_numbers_in_base_units_and_a_file_may_not() -> None:
    """Plain numbers are nanoseconds, events and bits per second; the same numbers from a file lack their unit."""
    numbers = {"delay": 5, "period": 7, "rest": 0, "rate": 2.5, "bandwidth": 9, "size": 3, "loss": 0.5}
    config = Config(delay=5, period=7, rest=0, rate=2.5, bandwidth=9, size=3, loss=0.5)
    quantities = {"delay": "5ns", "period": "7ns", "rest": "0", "rate": "2.5/s", "bandwidth": "9bit/s", "size": "3B"}
    assert config.model_dump() == {**quantities, "loss": 0.5}
    with pytest.raises(ValidationError) as caught:
        Config.model_validate(as_written(numbers))
    assert [error["loc"] for error in caught.value.errors()] == [("delay",), ("period",), ("rate",), ("bandwidth",)]
    assert all("which has no unit" in error["msg"] for error in caught.value.errors())


@pytest.mark.parametrize(
    "numbers",
    [{"delay": -1}, {"delay": 2**63}, {"period": 0}, {"rate": -0.5}, {"rate": float("nan")}, {"bandwidth": 0}],
)
def test_a_number_from_a_program_is_bounded_too(numbers: dict[str, object]) -> None:
    """A number in base units that no text could spell is refused like that text."""
    with pytest.raises(ValidationError, match="expected a"):
        Config.model_validate(numbers)


def test_marks_do_not_outlive_validation() -> None:
    """A validated model holds plain numbers although the data were marked as written."""
    config = Config.model_validate(as_written({"size": 3, "loss": 0.5, "delay": 0}))
    assert {type(config.size), type(config.delay), type(config.loss)} == {int, float}


def test_json_schema_agrees_with_the_parsers() -> None:
    """JSON Schema shows text with a pattern and examples, defaults as text, and accepts what the model accepts."""
    jsonschema = pytest.importorskip("jsonschema")
    written = Config.model_json_schema(mode="serialization")
    schema = Config.model_json_schema()
    properties = written["properties"]
    assert properties["delay"]["default"] == "0"
    assert properties["period"]["default"] == "1s"
    assert properties["rate"]["default"] == "5/s"
    assert properties["size"]["default"] == "1KiB"
    assert properties["period"]["type"] == "string"
    jsonschema.validate(TEXTS | {"loss": "0.1%", "delay": 0}, schema)
    for field, wrong in [("delay", 5), ("delay", "5"), ("period", "5sec"), ("loss", 2), ("rate", 5), ("bandwidth", 1)]:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({field: wrong}, schema)


def test_shown_never_fails_and_stays_short() -> None:
    """A value is shown on one short line, however large it is."""
    assert shown("a\nb") == r"'a\nb'"
    assert len(shown("x" * 10**6)) == 60
    assert shown(10**10_000) == "an integer of about 9966 digits"
    assert len(shown([Fraction(1, 3)] * 1000)) == 60
