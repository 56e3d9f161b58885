"""Values of metrics for people: in the unit that suits them, with four significant digits at most."""

from __future__ import annotations

from typing import Any


def shown_metric(value: Any, unit: str) -> str:
    """Return the value of a metric for people: times and shares in the unit that suits them, `none` where unknown."""
    if value is None:
        return "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {shown_metric(each, unit)}" for key, each in value.items()) or "none"
    if unit == "ns":
        return seconds(value)
    if unit.startswith("share"):
        return f"{100 * value:,.0f} %" if abs(value) >= 10 else f"{100 * value:.3g} %"
    whole = isinstance(value, int) or abs(value) >= 1_000
    number = f"{value:,.0f}" if whole else f"{value:,.4g}"
    return f"{number} {unit}" if unit.endswith("/s") else number


def seconds(nanoseconds: float) -> str:
    """Return a time for people: four significant digits and a unit."""
    for unit, size in (("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1_000)):
        if abs(nanoseconds) >= size:
            return f"{nanoseconds / size:,.4g} {unit}"
    return f"{nanoseconds:.4g} ns"
