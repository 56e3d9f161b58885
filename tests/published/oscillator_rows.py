"""The published results on clocks and oscillators, as data."""

from __future__ import annotations

from math import cos, pi

from tests.published.measurement import Part, Quantity, Row, every, excess, mean, share_above

SECOND = 1e9
CONVERGED = "first_converged_at"
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


def _desync() -> Row:
    """The rounds have no tolerance in the source: four standard errors at 20 seeds are up to a tenth."""
    rounds = {(10, 0.5): 37, (10, 0.95): 26, (20, 0.5): 148, (20, 0.95): 78}
    within = {(10, 0.5): 0.003, (20, 0.5): 0.002, (20, 0.95): 0.002}
    parts, quantities = {}, []
    for (n, alpha), reference in rounds.items():
        part, quick = f"n={n} alpha={alpha}", n == 10
        settings = (f"topology.nodes={n}", f"protocol.strategy.alpha={alpha}", f"duration={5 * reference}s")
        parts[part] = Part("desync", settings, quick=quick)
        if (n, alpha) in within:
            factor = 1 - alpha * (1 - cos(2 * pi / n))
            shrinks = mean("gap_error_factor", part)
            quantities.append(Quantity(f"factor, {part}", factor, within[n, alpha], shrinks, quick))
        spaced = mean("evenly_spaced_at", part, SECOND)
        rounds_taken = f"rounds to gaps within 1 %, {part}"
        quantities.append(Quantity(rounds_taken, reference, 0.15 * reference, spaced, quick))
    source = "Degesys et al., IPSN 2007; Patel et al., SASO 2007; the factor by linear analysis"
    return Row("K12", "desynchronisation", source, parts, tuple(quantities), 20, 5)


def _fireflies() -> Row:
    references = {(2, 0.1): 4.69, (10, 0.05): 2.67, (100, 0.003): 8.40}
    parts, quantities = {}, []
    for (n, strength), periods in references.items():
        part, quick = f"n={n} strength={strength}", n < 100
        parts[part] = Part("fireflies", (f"topology.nodes={n}", f"protocol.strategy.strength={strength}"), quick=quick)
        as_one, taken = share_above(CONVERGED, 0, part), mean(CONVERGED, part, SECOND)
        quantities.append(Quantity(f"share that flash as one, {part}", 1, 0, as_one, quick))
        quantities.append(Quantity(f"periods, {part}", periods, 0.25 * periods, taken, quick))
    source = "Mirollo and Strogatz, SIAM Journal on Applied Mathematics 50(6), 1990"
    return Row("K13", "fireflies", source, parts, tuple(quantities), 300, 8)


OSCILLATOR_ROWS = (_desync(), _fireflies(), _clocks())
