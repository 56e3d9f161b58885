"""Where the nodes of a topology are drawn: the same place each time, and the place that shows its form.

Positions are an array of shape (nodes, 2). Families with a form of their own get it; other graphs of up to 1,500 nodes
are laid out by forces (Kamada and Kawai 1989 up to 200 nodes, Fruchterman and Reingold 1991 from a fixed start beyond);
larger ones fill a disc, ordered by distance in hops from `center`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, pi, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from topologies.topology import Topology

Positions = NDArray[np.float64]

MOST_LAID_OUT_BY_FORCES: Final = 1_500
_MOST_KAMADA_KAWAI: Final = 200
MOST_ON_CIRCLE: Final = 150
_GOLDEN_ANGLE: Final = pi * (3 - sqrt(5))
_SEED: Final = 1


def positions(topology: Topology, center: int = 0) -> Positions:
    """Return where each node is drawn; `center` is the node from which distances count in large graphs."""
    form = _FORMS.get(topology.kind)
    if form is not None:
        return form(topology)
    if topology.regions is not None:
        return _by_region(topology)
    if topology.implicit or topology.nodes > MOST_LAID_OUT_BY_FORCES:
        return _disc_by_distance(topology, center)
    return _by_forces(topology)


def _circle(topology: Topology) -> Positions:
    """Node 0 at the top, the others clockwise."""
    angle = pi / 2 - 2 * pi * np.arange(topology.nodes) / topology.nodes
    return np.column_stack((np.cos(angle), np.sin(angle)))


def _circle_or_disc(topology: Topology) -> Positions:
    """A circle while its nodes can be told apart: in a complete graph no place says more than another."""
    return _circle(topology) if topology.nodes <= MOST_ON_CIRCLE else _sunflower(topology.nodes)


def _hub_and_spokes(topology: Topology) -> Positions:
    """The node with most neighbours in the middle of a circle of the others."""
    hub = max(range(topology.nodes), key=lambda node: (len(topology.neighbors[node]), -node))
    others = [node for node in range(topology.nodes) if node != hub]
    angle = pi / 2 - 2 * pi * np.arange(len(others)) / max(len(others), 1)
    places = np.zeros((topology.nodes, 2))
    places[others] = np.column_stack((np.cos(angle), np.sin(angle)))
    return places


def _rows(topology: Topology) -> Positions:
    """A long line folded into rows, to and fro, so that neighbours stay side by side."""
    length = topology.nodes if topology.nodes <= 12 else ceil(sqrt(1.6 * topology.nodes))
    row, column = np.divmod(np.arange(topology.nodes), length)
    return np.column_stack((np.where(row % 2, length - 1 - column, column), -row)).astype(np.float64)


def _lattice(topology: Topology) -> Positions:
    """A lattice of two dimensions as it is; others by forces. Node numbers run along the last axis first."""
    shape = _lattice_shape(topology)
    if shape is None:
        return _disc_by_distance(topology, 0) if topology.nodes > MOST_LAID_OUT_BY_FORCES else _by_forces(topology)
    row, column = np.divmod(np.arange(topology.nodes), shape[1])
    return np.column_stack((column, -row)).astype(np.float64)


def _lattice_shape(topology: Topology) -> tuple[int, int] | None:
    """Return rows and columns of a two-dimensional lattice, told from the links of its first node; else None."""
    steps = [step for step in topology.neighbors[0] if step > 1]
    for columns in steps:
        rows, rest = divmod(topology.nodes, columns)
        if rest == 0 and rows > 1 and _is_lattice(topology, rows, columns):
            return rows, columns
    return None


def _is_lattice(topology: Topology, rows: int, columns: int) -> bool:
    """Whether every link joins neighbours in a row or a column, over the edge included."""
    for node, other in topology.edges():
        across = abs(node % columns - other % columns)
        down = abs(node // columns - other // columns)
        if (across, down) not in ((1, 0), (columns - 1, 0), (0, 1), (0, rows - 1)):
            return False
    return True


def _tree(topology: Topology) -> Positions:
    """Levels on circles around the root, node 0; each branch has the angle that its leaves need."""
    level, parent, order = _breadth_first(topology, 0)
    leaves = np.zeros(topology.nodes)
    for node in reversed(order):
        leaves[node] = max(leaves[node], 1.0)
        if parent[node] >= 0:
            leaves[parent[node]] += leaves[node]
    begin = np.zeros(topology.nodes)
    used = np.zeros(topology.nodes)
    for node in order[1:]:
        above = parent[node]
        begin[node] = begin[above] + used[above]
        used[above] += leaves[node]
    angle = pi / 2 - 2 * pi * (begin + leaves / 2) / leaves[0]
    radius = np.asarray(level, dtype=np.float64)
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))


def _by_region(topology: Topology) -> Positions:
    """Each region a disc of its nodes, the regions on a circle, in the order of their names' first nodes."""
    assert topology.regions is not None
    names = list(dict.fromkeys(topology.regions))
    members = [[node for node, region in enumerate(topology.regions) if region == name] for name in names]
    places = np.zeros((topology.nodes, 2))
    widest = max(map(len, members))
    spacing = 0.0 if len(names) == 1 else 1.5 * sqrt(widest) / np.sin(pi / len(names))
    for number, nodes in enumerate(members):
        angle = pi / 2 - 2 * pi * number / len(names)
        places[nodes] = _sunflower(len(nodes)) + spacing * np.array((np.cos(angle), np.sin(angle)))
    return places


def _by_forces(topology: Topology) -> Positions:
    import networkx

    if topology.nodes <= _MOST_KAMADA_KAWAI and topology.is_connected:
        found = networkx.kamada_kawai_layout(topology.graph, weight=None)
    else:
        found = networkx.spring_layout(topology.graph, seed=_SEED, weight=None, k=1.6 / sqrt(topology.nodes))
    return np.array([found[node] for node in range(topology.nodes)])


def _disc_by_distance(topology: Topology, center: int) -> Positions:
    """A disc filled evenly from the centre outwards, in the order of distance from `center`."""
    _, _, order = _breadth_first(topology, center)
    places = np.empty((topology.nodes, 2))
    places[order] = _sunflower(topology.nodes)
    return places


def _sunflower(number: int) -> Positions:
    """Points that fill a disc evenly from the centre outwards (Vogel 1979, Mathematical Biosciences 44)."""
    index = np.arange(number)
    radius, angle = np.sqrt(index), index * _GOLDEN_ANGLE
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))


def _breadth_first(topology: Topology, root: int) -> tuple[list[int], list[int], list[int]]:
    """Return each node's level and parent, and the order of visit; what the root cannot reach comes last."""
    level, parent = [-1] * topology.nodes, [-1] * topology.nodes
    order: list[int] = []
    for start in (root, *range(topology.nodes)):
        if level[start] >= 0:
            continue
        level[start] = 0 if start == root else max(level) + 1
        queue = [start]
        for node in queue:
            for other in topology.neighbors[node]:
                if level[other] < 0:
                    level[other], parent[other] = level[node] + 1, node
                    queue.append(other)
        order += queue
    return level, parent, order


_FORMS: Final[dict[str, Callable[[Topology], Positions]]] = {
    "mesh": _circle_or_disc,
    "ring": _circle,
    "circulant": _circle,
    "small-world": _circle,
    "star": _hub_and_spokes,
    "centralized": _hub_and_spokes,
    "hierarchical": _tree,
    "line": _rows,
    "grid": _lattice,
    "torus": _lattice,
}
