"""Invariants of every topology, over random parameters, with networkx as the judge."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from topologies.errors import InputError
from topologies.graph_import import topology_of
from topologies.graph_text import SUFFIXES, parse_graph
from topologies.links import as_links
from topologies.registry import TOPOLOGIES, build, configure

T = TypeVar("T")

SEEDS = st.integers(0, 2**64)


def _result_or_message(call: Callable[[], T]) -> T | str:
    try:
        return call()
    except InputError as error:
        return str(error)


def _fields(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), **fields})


def _sides(shortest: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(shortest, 5), min_size=1, max_size=3)


REGIONS = st.dictionaries(st.sampled_from(["eu-de", "eu-gb", "us-east", "jp-tok"]), st.integers(1, 6), min_size=1)

DETERMINISTIC = st.one_of(
    _fields("mesh", nodes=st.integers(1, 30)),
    _fields("mesh", nodes=st.integers(255, 259)),
    _fields("ring", nodes=st.integers(3, 60)),
    _fields("line", nodes=st.integers(1, 60)),
    _fields("star", nodes=st.integers(2, 60)),
    _fields("centralized", nodes=st.integers(2, 60)),
    st.integers(3, 50).flatmap(
        lambda n: _fields("circulant", nodes=st.just(n), each_side=st.integers(1, (n - 1) // 2))
    ),
    _fields("hierarchical", branching=st.integers(1, 6), nodes=st.integers(1, 90), sibling_links=st.booleans()),
    _fields("hierarchical", branching=st.integers(1, 3), levels=st.integers(1, 5), sibling_links=st.booleans()),
    _fields("grid", sides=_sides(1)),
    _fields("torus", sides=_sides(3)),
    _fields("hypercube", dimension=st.integers(0, 7)),
    _fields("barbell", clique=st.integers(2, 12), path=st.integers(0, 12)),
    _fields("regions", regions=REGIONS),
)

RANDOM_REGULAR = (
    st.tuples(st.integers(4, 40), st.integers(3, 39))
    .filter(lambda case: case[1] < case[0] and case[0] * case[1] % 2 == 0)
    .flatmap(lambda case: _fields("random-regular", nodes=st.just(case[0]), degree=st.just(case[1])))
)
SMALL_WORLD = st.integers(5, 60).flatmap(
    lambda n: _fields(
        "small-world",
        nodes=st.just(n),
        nearest=st.integers(1, (n - 1) // 2).map(lambda half: 2 * half),
        rewiring=st.floats(0, 1),
        connected=st.just(False),
    )
) | _fields("small-world", nodes=st.integers(5, 60))
SCALE_FREE = st.integers(2, 60).flatmap(
    lambda n: _fields("scale-free", nodes=st.just(n), links_per_node=st.integers(1, n - 1))
)
ERDOS_RENYI = _fields(
    "erdos-renyi", nodes=st.integers(1, 60), probability=st.floats(0, 1), connected=st.just(False)
) | _fields("erdos-renyi", nodes=st.integers(1, 60))
SERVED = st.tuples(st.integers(6, 40), st.integers(1, 5)).flatmap(
    lambda case: _fields("served", nodes=st.just(sum(case)), servers=st.just(case[1]), degree=st.just(4))
)
DRAWN = RANDOM_REGULAR | SERVED | SMALL_WORLD | SCALE_FREE | ERDOS_RENYI
ANY = DETERMINISTIC | DRAWN


@given(ANY, SEEDS)
def test_neighbors_are_a_simple_undirected_graph(config: dict[str, Any], seed: int) -> None:
    """Neighbours ascend, are other nodes, and are mutual; links, edges and graph all say the same."""
    topology = build(config, seed)
    for node, others in enumerate(topology.neighbors):
        assert list(others) == sorted(set(others) - {node})
        assert all(node in topology.neighbors[other] for other in others)
    graph = topology.graph
    assert list(graph.nodes) == list(range(topology.nodes))
    assert list(graph.edges) == list(topology.edges()) == sorted(topology.edges())
    assert topology.links == graph.number_of_edges()
    assert [tuple(sorted(graph.neighbors(node))) for node in graph] == list(map(tuple, topology.neighbors))


@given(ANY, SEEDS)
def test_connectedness_and_diameter_are_those_of_networkx(config: dict[str, Any], seed: int) -> None:
    """The stated formulas of the regular families, and what is computed for the others, are exact."""
    topology = build(config, seed)
    connected = networkx.is_connected(topology.graph)
    assert topology.is_connected == connected
    assert topology.diameter == (networkx.diameter(topology.graph) if connected else None)
    assert connected or config.get("connected") is False


@given(ANY, SEEDS)
def test_describe_agrees_with_networkx(config: dict[str, Any], seed: int) -> None:
    """Nodes, links and degrees are those that networkx counts."""
    topology = build(config, seed)
    degrees = [degree for _, degree in topology.graph.degree]
    described = topology.describe()
    assert described["nodes"] == len(degrees)
    assert described["links"] == sum(degrees) // 2
    assert (described["degree_min"], described["degree_max"]) == (min(degrees), max(degrees))
    assert described["degree_mean"] == sum(degrees) / len(degrees)


@given(ANY)
def test_sizes_are_known_before_building(config: dict[str, Any]) -> None:
    """The number of nodes is exact without building, and so is that of stored links, except where it is drawn."""
    checked = configure(config)
    topology = build(config, 3)
    assert checked.node_count == topology.nodes
    if not topology.implicit and config["kind"] != "erdos-renyi":
        assert checked.link_count == topology.links


@given(ANY, SEEDS)
def test_a_configuration_survives_its_own_dump(config: dict[str, Any], seed: int) -> None:
    """What a manifest keeps, all defaults filled in, through JSON and back, builds the same topology."""
    checked = configure(config)
    dumped = json.loads(checked.model_dump_json())
    assert configure(dumped) == checked
    assert build(dumped, seed).digest() == build(config, seed).digest()


@given(RANDOM_REGULAR, SEEDS)
def test_random_regular_graphs_are_regular(config: dict[str, Any], seed: int) -> None:
    """Every node has the degree that was asked for, sparse or dense, and the graph is connected."""
    topology = build(config, seed)
    assert networkx.is_k_regular(topology.graph, config["degree"])


@given(SMALL_WORLD, SEEDS)
def test_rewiring_keeps_the_number_of_links(config: dict[str, Any], seed: int) -> None:
    """A small world has n k / 2 links, and without rewiring it is the circulant graph."""
    topology, nearest = build(config, seed), config.get("nearest", 4)
    assert topology.links == config["nodes"] * nearest // 2
    if config.get("rewiring") == 0:
        lattice = {"kind": "circulant", "nodes": config["nodes"], "each_side": nearest // 2}
        assert topology.digest() == build(lattice).digest()


@given(SCALE_FREE, SEEDS)
def test_scale_free_graphs_have_their_links(config: dict[str, Any], seed: int) -> None:
    """m (n - m) links, and a degree of at least m for every node that joined."""
    topology, new = build(config, seed), config["links_per_node"]
    assert topology.links == new * (config["nodes"] - new)
    assert all(len(others) >= new for others in topology.neighbors[new + 1 :])


@given(st.integers(0, 8))
def test_hypercubes_are_bipartite_and_regular(dimension: int) -> None:
    """d 2^(d-1) links, degree d everywhere, and no odd cycle."""
    topology = build({"kind": "hypercube", "dimension": dimension})
    assert topology.links == dimension * 2**dimension // 2
    assert networkx.is_bipartite(topology.graph)
    assert networkx.is_k_regular(topology.graph, dimension)


@given(_sides(3), _sides(1))
def test_lattices_have_their_degrees(torus: list[int], grid: list[int]) -> None:
    """A torus is 2d-regular; a grid is bipartite with Σ n (side - 1) / side links."""
    closed, opened = build({"kind": "torus", "sides": torus}), build({"kind": "grid", "sides": grid})
    assert networkx.is_k_regular(closed.graph, 2 * len(torus))
    assert networkx.is_bipartite(opened.graph)
    assert opened.links == sum(opened.nodes * (side - 1) // side for side in grid)


@given(DETERMINISTIC, SEEDS, SEEDS)
def test_deterministic_kinds_ignore_the_seed(config: dict[str, Any], one: int, other: int) -> None:
    """Only what is random depends on the seed."""
    assert build(config, one).digest() == build(config, other).digest()


@given(DRAWN, SEEDS)
def test_a_draw_depends_on_its_seed_alone(config: dict[str, Any], seed: int) -> None:
    """Drawing twice gives the same graph, whatever was drawn in between."""
    first = build(config, seed).digest()
    build(config, seed + 1)
    assert build(config, seed).digest() == first


@given(ANY.filter(lambda config: config.get("nodes", 0) < 200), SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_a_foreign_graph_does_not_matter(config: dict[str, Any], seed: int, random: Any) -> None:
    """A topology's graph, with nodes and links shuffled and turned around, is the same topology again."""
    topology = build(config, seed)
    if not topology.is_connected:
        return
    nodes, edges = list(topology.graph.nodes(data=True)), list(topology.graph.edges(data=True))
    random.shuffle(nodes)
    random.shuffle(edges)
    shuffled = networkx.Graph()
    shuffled.add_nodes_from(nodes)
    shuffled.add_edges_from((b, a, attributes) for a, b, attributes in edges)
    assert topology_of(shuffled).digest() == topology.digest() == build(as_links(topology)).digest()


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(set(TOPOLOGIES) - {"file"})),
    st.dictionaries(
        st.sampled_from(["nodes", "degree", "sides", "levels", "branching", "probability", "regions", "links", "size"]),
        st.one_of(
            st.integers(-3, 30),
            st.integers(10**6 - 1, 10**20),
            st.floats(),
            st.text(max_size=5),
            st.none(),
            st.booleans(),
            st.lists(st.integers(-1, 9), max_size=3),
            st.lists(st.lists(st.integers(-1, 5), max_size=3), max_size=4),
            st.dictionaries(st.text(max_size=3), st.integers(-1, 5), max_size=2),
        ),
    ),
)
def test_any_parameters_are_accepted_or_refused(kind: str, fields: dict[str, Any]) -> None:
    """Whatever a scenario gives, the answer is a configuration of a bounded size or one InputError."""
    checked = _result_or_message(lambda: configure({"kind": kind, **fields}))
    if isinstance(checked, str):
        assert checked
        return
    assert 1 <= (checked.node_count or 0) <= 1_000_000
    assert 0 <= (checked.link_count or 0) <= 20_000_000


VALID = {
    "graphml": """<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="edge" attr.name="weight" attr.type="double"/><graph edgedefault="undirected">
<node id="a"/><node id="b"/><edge source="a" target="b"><data key="d0">2.5</data></edge></graph></graphml>""",
    "gml": 'graph [ node [ id 0 label "a" ] node [ id 1 label "b" ] edge [ source 0 target 1 weight 2.5 ] ]',
    "edge-list": "a b 2.5\nb c 1e3\n# end\n",
    "node-link": '{"nodes": [{"id": 0}, {"id": 1}], "links": [{"source": 0, "target": 1, "latency_ms": 2.5}]}',
}
MUTATIONS = st.lists(
    st.tuples(
        st.integers(0, 300),
        st.integers(0, 20),
        st.binary(max_size=3)
        | st.sampled_from([b"0", b"nan", b"-1", b"1e999", b"[", b"]", b"{", b"<node/>", b"&x;", b'"']),
    ),
    min_size=1,
    max_size=4,
)


def test_the_files_to_mutate_are_valid() -> None:
    """Before mutation each sample file is a connected graph, so that a mutation can also leave it one."""
    for format_name, text in VALID.items():
        assert topology_of(parse_graph(text.encode(), format_name, Path("graph"))).is_connected


@settings(max_examples=400)
@given(st.sampled_from(sorted(set(SUFFIXES.values()))), MUTATIONS)
def test_a_mutated_file_is_a_graph_or_an_input_error(format_name: str, mutations: list[tuple[int, int, bytes]]) -> None:
    """Whatever became of a file, reading it ends in a connected topology or in one InputError."""
    content = VALID[format_name].encode()
    for position, length, replacement in mutations:
        start = position % (len(content) + 1)
        content = content[:start] + replacement + content[start + length :]
    topology = _result_or_message(lambda: topology_of(parse_graph(content, format_name, Path("graph"))))
    assert topology if isinstance(topology, str) else topology.is_connected
