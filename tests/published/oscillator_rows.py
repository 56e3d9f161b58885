"""The published results on clocks and oscillators, as data."""

from __future__ import annotations

from tests.published.measurement import Part, Quantity, Row, every, excess

ROUNDING = 1e-6
"""Corrections are whole nanoseconds, a ten-millionth of the uncertainty here."""


def _clocks() -> Row:
    """The bound is u (1 - 1/n), u = 10 ms; it is reached where all that one node hears is slow, and another's fast."""
    uncertainty, slow = 1e7, "faults=[{kind: delay, links: {of: 1, direction: in}, extra: 10ms, at: 0s}]"
    parts, quantities = {}, []
    for n in (2, 4, 10):
        nodes, bound = f"topology.nodes={n}", uncertainty * (1 - 1 / n)
        parts[f"drawn n={n}"] = Part("clock-averaging", (nodes,))
        parts[f"worst n={n}"] = Part("clock-averaging", (nodes, "network={latency: 90ms}", slow))
        beyond = excess("clock_skew", bound, f"drawn n={n}", bound)
        quantities.append(Quantity(f"largest skew beyond the bound, as its share, n={n}", 0, ROUNDING, beyond))
        reached = every("clock_skew", bound, f"worst n={n}")
        quantities.append(Quantity(f"skew of the worst delays, ns, n={n}", bound, 1, reached))
    source = "Lundelius and Lynch, An upper and lower bound for clock synchronization, 1984"
    return Row("K14", "clocks corrected by averaging", source, parts, tuple(quantities), 1000, 10)


OSCILLATOR_ROWS = (_clocks(),)
