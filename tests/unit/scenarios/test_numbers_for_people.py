"""Metrics are told to people in the unit that suits them."""

import pytest

from scenarios.command_line.summary import shown_metric


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "ns", "none"),
        (1_234_567_890, "ns", "1.235 s"),
        (12_345, "ns", "12.35 µs"),
        (0.98765, "share", "98.8 %"),
        (0.5, "share of node-time", "50 %"),
        (12_345, "messages", "12,345"),
        (12_345.6, "messages", "12,346"),
        (6.70849, "messages/node", "6.708"),
        (100.51388949, "operations/s", "100.5 operations/s"),
        ({"crash": 5_000_000, "loss": None}, "ns", "crash: 5 ms, loss: none"),
        ({}, "messages", "none"),
    ],
)
def test_a_metric_is_told_with_its_unit(value: object, unit: str, text: str) -> None:
    """Times and shares find their unit, rates name theirs, counts need none, mappings tell each entry."""
    assert shown_metric(value, unit) == text
