"""The published results on Raft, as data; times are measured in milliseconds, or in the range of the timeouts."""

from __future__ import annotations

from tests.published.measurement import Part, Quantity, Row, every, mean, quantile, share_above, shifted

PAPER = "Ongaro and Ousterhout, In search of an understandable consensus algorithm, USENIX ATC 2014, figure 16"
THESIS = "Ongaro, Consensus: bridging theory and practice, Stanford 2014"
MILLISECOND, SECOND = 1e6, 1e9
WON, FOLLOWED = "election_time_won", "election_time"
"""From the loss of the leader until the next has its votes, and until all that are up follow it."""
STABLE = "last_elected_at"


def _crash(number: str, least: int, most: int, within: float, *references: float, seconds: int = 3) -> Row:
    """A line of figure 16: election timeouts between `least` and `most` milliseconds."""
    crash = f"faults=[{{kind: crash, target: 0, when: {{whole: [1ns, {least * 500}us], broken: [1h, 1h]}}}}]"
    settings = (
        f"protocol.election_timeout=[{least}ms, {most}ms]",
        f"protocol.heartbeat={least * 500}us",
        f"duration={seconds}s",
        crash,
    )
    median, average, p90 = references
    quantities = (
        Quantity("median, ms", median, within * median, quantile(FOLLOWED, 0.5, scale=MILLISECOND)),
        Quantity("mean, ms", average, within * average, mean(FOLLOWED, scale=MILLISECOND)),
        Quantity("p90, ms", p90, 0.15 * p90, quantile(FOLLOWED, 0.9, scale=MILLISECOND), quick=False),
    )
    title = f"election after a crash, {least}–{most} ms"
    return Row(number, title, PAPER, {"": Part("raft-leader-crash", settings)}, quantities, 1000, 60)


def _never() -> Row:
    settings = (
        "protocol.election_timeout=[150ms, 150ms]",
        "duration=5s",
    )
    part = Part("raft-leader-crash", settings)
    quantity = Quantity("leaders in 5 s after the first", 0, 0, shifted(every("leaders_elected", 1), -1))
    return Row("R01", "election after a crash, 150–150 ms", PAPER, {"": part}, (quantity,), 100, 10)


def _wide_area(
    number: str, title: str, settings: tuple[str, ...], within: float, *references: float, seeds: int = 2000
) -> Row:
    """Time until the leader that stays is elected: one that is deposed before it is heard does not count.

    Where servers are down about a tenth of the elections takes a second round, so that p90 lies where few of them end:
    2,000 elections leave it open by 40 ms (s.e.), 20,000 by a third of that.
    """
    average, median, p90, p99 = references
    quantities = (
        Quantity("mean, ms", average, within * average, mean(STABLE, scale=MILLISECOND)),
        Quantity("median, ms", median, 0.02 * median, quantile(STABLE, 0.5, scale=MILLISECOND)),
        Quantity("p90, ms", p90, 0.04 * p90, quantile(STABLE, 0.9, scale=MILLISECOND), quick=False),
        Quantity("p99, ms", p99, 0.10 * p99, quantile(STABLE, 0.99, scale=MILLISECOND), quick=False),
    )
    source = f"{THESIS}, section 9.4, figures 9.12 and 9.13"
    return Row(number, title, source, {"": Part("raft-wide-area", settings)}, quantities, seeds, 60)


def _splits() -> Row:
    references = {10: (0.000592, 0.0012), 100: (0.0523, 0.011), 200: (0.1808, 0.019)}
    parts = {f"{delay} ms": Part("raft-vote-splits", (f"network.latency.value={delay}ms",)) for delay in references}
    quantities = tuple(
        Quantity(
            f"share split, latency {delay / 1000:g}",
            *reference,
            share_above("largest_term", 2, f"{delay} ms"),
            delay > 10,
        )
        for delay, reference in references.items()
    )
    return Row("R17", "split votes, n=5, s=4", f"{THESIS}, section 9.2", parts, quantities, 5000, 60)


def _first_timeout() -> Row:
    settings = ("network.latency.value=0s", "faults=[{kind: crash, target: 0, at: 0s}]", "duration=3s")
    quantities = (
        Quantity("mean of the first of 4 timeouts, in the range", 0.2, 0.01, shifted(mean(WON, scale=SECOND), -1)),
        Quantity("share within a quarter of the range", 0.6836, 0.01, shifted(share_above(WON, 1.25 * SECOND), 1, -1)),
    )
    parts = {"": Part("raft-vote-splits", settings)}
    return Row("R20", "the first timeout", f"{THESIS}, section 9.1", parts, quantities, 20_000, 60)


def _mean_election() -> Row:
    references = {100: (1.222, 0.03), 200: (1.659, 0.06)}
    parts = {f"{delay} ms": Part("raft-vote-splits", (f"network.latency.value={delay}ms",)) for delay in references}
    quantities = tuple(
        Quantity(f"mean, latency {delay / 1000:g}", time, within * time, mean(WON, f"{delay} ms", SECOND))
        for delay, (time, within) in references.items()
    )
    return Row("R21", "mean election time, n=5, s=4", f"{THESIS}, section 9.3", parts, quantities, 5000, 60)


def _messages() -> Row:
    sizes = (3, 5, 7)
    parts = {f"n={n}": Part("raft-messages", (f"topology.nodes={n}",)) for n in sizes}
    quantities = tuple(
        Quantity(f"messages for 100 entries, n={n}", 200 * (n - 1), 0, every("messages", 200 * (n - 1), f"n={n}"))
        for n in sizes
    )
    return Row("R23", "messages for an entry", "by counting: 2(n-1)", parts, quantities, 20, 3)


def _invariants() -> Row:
    part = Part("raft-invariants")
    quantity = Quantity("runs that violate a property", 0, 0, mean("violated"))
    source = "Ongaro and Ousterhout, USENIX ATC 2014, figure 3"
    return Row("R24", "five safety properties under faults", source, {"": part}, (quantity,), 1000, 20)


def _transfer() -> Row:
    parts = {"": Part("raft-transfer")}
    quantities = (
        Quantity(
            "longest, from the loss of the leader until all follow, ms",
            10,
            2.5,
            shifted(every(FOLLOWED, 0), 0, 1 / MILLISECOND),
        ),
        Quantity("leaders beside the first", 1, 0, shifted(every("leaders_elected", 2), -1)),
    )
    source = f"{THESIS}, section 3.10: below two round trips, of 10 ms here"
    return Row("R28", "leadership transfer", source, parts, quantities, 50, 10)


def _lease() -> Row:
    """Stale reads of a leader that is cut off, by how slow its clock is and what the lease allows for."""
    drift = "faults.0.drift_ppm={}"
    cases = {
        "no drift, bound 1": ("protocol.drift_bound=1.0", drift.format(0)),
        "slow by a fifth, bound 1.25": ("protocol.drift_bound=1.25", drift.format(-200_000)),
        "slow by a fifth, bound 1": ("protocol.drift_bound=1.0", drift.format(-200_000)),
    }
    parts = {name: Part("raft-lease", settings) for name, settings in cases.items()}
    references = dict(zip(parts, (0, 0, 1), strict=True))
    quantities = tuple(
        Quantity(f"stale reads in any run, {name}", found, 0, every("violated", 0, name))
        for name, found in references.items()
    )
    return Row("L03", "reads under a lease", f"{THESIS}, section 6.4.1", parts, quantities, 50, 3)


RAFT_ROWS = (
    _never(),
    _crash("R03", 150, 155, 0.20, 263, 302, 609, seconds=6),
    _crash("R05", 150, 200, 0.12, 146, 154, 193.5),
    _crash("R06", 150, 300, 0.12, 173.5, 179, 244),
    _crash("R07", 12, 24, 0.12, 29.8, 34.2, 53, seconds=1),
    _crash("R10", 100, 200, 0.12, 122, 128, 165.5),
    _wide_area("R11", "first election over a wide area, none down", (), 0.025, 430.0, 409, 489, 834),
    _wide_area(
        "R13",
        "the same, 2 of 5 down",
        ("faults=[{kind: crash, target: [3, 4], at: 0s}]",),
        0.04,
        631.6,
        469,
        1074,
        1930,
        seeds=20_000,
    ),
    _wide_area(
        "R15",
        "the same, 1 of 5 down, logs of 5 lengths",
        ("faults=[{kind: crash, target: {random: 1}, at: 0s}]", "protocol.initial_entries=[4, 3, 2, 1, 0]"),
        0.025,
        550.4,
        502,
        782,
        1315,
        seeds=20_000,
    ),
    _splits(),
    _first_timeout(),
    _mean_election(),
    _messages(),
    _invariants(),
    _transfer(),
    _lease(),
)
"""Rows of Raft, in the order of their numbers."""
