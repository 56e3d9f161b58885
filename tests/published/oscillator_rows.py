"""The published results on clocks and oscillators, as data."""

from __future__ import annotations

from math import cos, pi

from tests.published.measurement import (
    Part,
    Quantity,
    Row,
    deviation,
    every,
    excess,
    mean,
    mean_square,
    middle,
    share_above,
    share_of,
)

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


def _threshold() -> Row:
    """K_c = 2 gamma = 1 and r = sqrt(1 - K_c / K); nearer to the threshold 2,000 oscillators are a little below."""
    references = {1.2: (0.408, 0.02), 1.5: (0.5774, 0.01), 2.0: (0.7071, 0.01), 4.0: (0.8660, 0.01)}
    parts, quantities = {}, []
    for strength, (coherence, within) in references.items():
        part, quick = f"K={strength:g}", strength == 2.0
        parts[part] = Part("kuramoto-threshold", (f"protocol.strength={strength}",), quick=quick)
        quantities.append(Quantity(f"coherence, {part}", coherence, within, middle("coherence_mean", part), quick))
    source = "Kuramoto 1975 and 1984; Strogatz, Physica D 143, 2000"
    return Row("K01", "Kuramoto's oscillators, Lorentzian", source, parts, tuple(quantities), 1, 1)


def _incoherence() -> Row:
    quantities = (
        Quantity("mean coherence", (pi / 400) ** 0.5, 0.004, mean("coherence")),
        Quantity("mean squared coherence", 0.01, 0.0009, mean_square("coherence")),
    )
    parts = {"": Part("kuramoto-incoherence")}
    return Row("K04", "oscillators without coupling", "exact (random walk)", parts, quantities, 2000, 60)


def _relaxation() -> Row:
    """Looks are twenty a period, so that the period is short where relaxation is fast."""
    cases = {
        "ring of 16": ("{kind: ring, nodes: 16}", 0.15224, "100s", "1s", "50ms"),
        "star of 16": ("{kind: star, nodes: 16}", 1.0, "16s", "400ms", "20ms"),
        "16, all to all": ("{kind: mesh, nodes: 16}", 16.0, "1s", "100ms", "5ms"),
        "grid of 4 by 4": ("{kind: grid, sides: [4, 4]}", 0.58579, "30s", "1s", "50ms"),
        "path of 8": ("{kind: line, nodes: 8}", 0.15224, "100s", "1s", "50ms"),
        "hypercube of 16": ("{kind: hypercube, dimension: 4}", 2.0, "8s", "400ms", "20ms"),
    }
    parts, quantities = {}, []
    for part, (topology, rate, duration, period, step) in cases.items():
        times = (f"duration={duration}", f"protocol.period={period}", f"protocol.step={step}")
        settings = (f"topology={topology}", *times, f"protocol.snapshot={step}")
        parts[part] = Part("kuramoto-relaxation", settings)
        quantities.append(Quantity(f"rate, {part}", rate, 0.015 * rate, middle("decay_rate", part)))
    source = "Arenas, Díaz-Guilera and Pérez-Vicente, Physical Review Letters 96, 114102, 2006"
    return Row("K06", "relaxation at the algebraic connectivity", source, parts, tuple(quantities), 9, 3)


def _twisted(part: str, share: tuple[float, float], spread: tuple[float, float], quick: bool) -> list[Quantity]:
    return [
        Quantity(f"P(q=0), {part}", *share, share_of("winding", 0, part), quick),
        Quantity(f"standard deviation of q, {part}", *spread, deviation("winding", part), quick),
        Quantity(f"runs that end twisted, {part}", 1, 0, mean("twisted", part), quick),
    ]


def _twisted_rings() -> Row:
    """How long it takes goes with the square of the size."""
    references = {20: (0.492, 0.794), 40: (0.341, 1.149), 80: (0.235, 1.624)}
    parts, quantities = {}, []
    for n, (share, spread) in references.items():
        part, quick = f"n={n}", n == 20
        times = (f"duration={5 * n * n // 32}s", f"protocol.snapshot={n * n // 64}s")
        parts[part] = Part("kuramoto-twisted", (f"topology.nodes={n}", *times), quick=quick)
        quantities += _twisted(part, (share, 0.066), (spread, 0.18), quick)
    source = "Wiley, Strogatz and Girvan, Chaos 16, 015103, 2006; Groisman et al. 2025"
    return Row("K07", "twisted states of rings", source, parts, tuple(quantities), 500, 20)


def _twisted_wider_rings() -> Row:
    """The tolerance of the standard deviations is four standard errors at 300 seeds."""
    references = {2: (0.349, 1.170, 300, 250), 4: (0.459, 0.859, 80, 100), 10: (0.770, 0.479, 20, 50)}
    parts, quantities = {}, []
    for each_side, (share, spread, seconds, step) in references.items():
        part, quick = f"n=80 k={each_side}", each_side == 10
        times = (f"duration={seconds}s", f"protocol.step={step}ms", f"protocol.snapshot={seconds // 10}s")
        topology = f"topology={{kind: circulant, nodes: 80, each_side: {each_side}}}"
        parts[part] = Part("kuramoto-twisted", (topology, *times), quick=quick)
        quantities += _twisted(part, (share, 0.09), (spread, 0.163 * spread), quick)
    source = "Wiley, Strogatz and Girvan, Chaos 16, 015103, 2006; Groisman et al. 2025"
    return Row("K08", "twisted states with more neighbours", source, parts, tuple(quantities), 300, 20)


def _dense() -> Row:
    """0.769 of all possible neighbours is above the critical connectivity of at most 0.75; 0.41 is below."""
    parts = {
        f"k={each_side}": Part(
            "kuramoto-twisted",
            (
                f"topology={{kind: circulant, nodes: 40, each_side: {each_side}}}",
                "protocol.normalization=degree",
                "duration=200s",
                "protocol.snapshot=20s",
            ),
            quick=each_side == 15,
        )
        for each_side in (15, 8)
    }
    quantities = (
        Quantity("share in phase, 30 neighbours of 39", 1, 0, share_above("coherence", 0.999, "k=15")),
        Quantity("share in phase, 16 neighbours of 39", 0.905, 0.083, share_above("coherence", 0.999, "k=8"), False),
    )
    source = "Kassabov, Strogatz and Townsend, Sufficiently dense Kuramoto networks are globally synchronizing, 2021"
    return Row("K10", "dense networks", source, parts, quantities, 200, 10)


def _desync() -> Row:
    """The rounds have no tolerance in the source: four standard errors at 20 seeds are up to a quarter."""
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
        quantities.append(Quantity(rounds_taken, reference, 0.25 * reference, spaced, quick))
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


OSCILLATOR_ROWS = (
    _threshold(),
    _incoherence(),
    _relaxation(),
    _twisted_rings(),
    _twisted_wider_rings(),
    _dense(),
    _desync(),
    _fireflies(),
    _clocks(),
)
