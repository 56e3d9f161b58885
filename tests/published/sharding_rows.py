"""Published results on consistent hashing, as data."""

from __future__ import annotations

from math import sqrt

import numpy as np

from tests.published.measurement import Part, Quantity, Row, Samples, Statistic, column, every, mean

KARGER = "Karger et al., Consistent hashing and random trees, STOC 1997; spacings of a Dirichlet distribution"


def root_mean_square(metric: str, part: str) -> Statistic:
    """The root of the mean square over seeds: of variations, that of the shares of all rings."""

    def statistic(samples: Samples) -> tuple[float, float]:
        squares = column(samples, part, metric) ** 2
        root = sqrt(float(np.mean(squares)))
        return root, float(np.std(squares, ddof=1)) / sqrt(len(squares)) / (2 * root)

    return statistic


def _shares(
    number: str, nodes: int, references: dict[int, tuple[float, float | None]], within: float, seeds: int
) -> Row:
    """For each number of virtual nodes the variation of the shares, and the mean of the largest over the mean share.

    The largest of 100 exponential arcs varies so much that 100 rings leave its mean open by 3 % (s.e.): these take 600.
    """
    parts, quantities = {}, []
    for virtual, (variation, largest) in references.items():
        part = f"v={virtual}"
        settings = (
            f"topology.nodes={nodes}",
            f"protocol.members={nodes}",
            f"protocol.placement.virtual_nodes={virtual}",
            "workload=null",
            "duration=10ms",
        )
        quick = nodes * virtual <= 1000
        parts[part] = Part("hash-ring", settings, quick=quick)
        share = root_mean_square("shard_share_variation", part)
        quantities.append(Quantity(f"variation of shares, {part}", variation, within * variation, share, quick))
        if largest is not None:
            mean_largest = mean("shard_share_max", part)
            quantities.append(Quantity(f"largest over mean, {part}", largest, within * largest, mean_largest, quick))
    title = f"shares of a hash ring of {nodes} nodes"
    return Row(number, title, KARGER, parts, tuple(quantities), seeds, 6)


def _moves() -> Row:
    quantities = (
        Quantity("share that moves on a join", 1 / 11, 0.006, mean("moved_on_join")),
        Quantity("share that moves on a leave", 1 / 11, 0.006, mean("moved_on_leave")),
        Quantity("share between members that stay, in any run", 0, 0, every("moved_elsewhere", 0)),
    )
    title = "what moves when one of 11 nodes joins, and when one leaves"
    return Row("C03", title, KARGER, {"": Part("hash-ring")}, quantities, 100, 6)


SHARDING_ROWS = (
    _shares(
        "C01",
        10,
        {1: (0.9045, 2.929), 10: (0.2985, None), 100: (0.0948, 1.158), 200: (0.0671, None)},
        0.05,
        200,
    ),
    _shares("C02", 100, {1: (0.9900, 5.187), 100: (0.0995, 1.275)}, 0.04, 600),
    _moves(),
)
