"""Graphs from files: the formats, the order of nodes, delays and weights, and everything that a file can get wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import pytest

from topologies.errors import InputError
from topologies.graph_import import topology_of
from topologies.links import as_links
from topologies.registry import build
from topologies.topology import Topology

Writer = Callable[[Any, Path], None]


def _write_json(graph: Any, path: Path) -> None:
    path.write_text(json.dumps(networkx.node_link_data(graph, edges="links")))


def _write_json_edges(graph: Any, path: Path) -> None:
    path.write_text(json.dumps(networkx.node_link_data(graph, edges="edges")))


def _write_edges(graph: Any, path: Path) -> None:
    networkx.write_edgelist(graph, path, data=["latency_ms"])


FORMATS: dict[str, Writer] = {
    "g.graphml": networkx.write_graphml,
    "g.gml": networkx.write_gml,
    "g.json": _write_json,
    "h.json": _write_json_edges,
    "g.edges": _write_edges,
}


def _tour() -> Any:
    """A ring of twelve with a chord, whose nodes come in no order, with a delay on every link."""
    graph = networkx.Graph()
    graph.add_edges_from(((7 * step) % 12, (7 * (step + 1)) % 12, {"latency_ms": step + 0.5}) for step in range(12))
    graph.add_edge(0, 6, latency_ms=20)
    return graph


@pytest.mark.parametrize("name", FORMATS)
def test_all_formats_hold_the_same_topology(name: str, tmp_path: Path) -> None:
    """The same graph gives the same nodes, links and delays in each format."""
    FORMATS[name](_tour(), tmp_path / name)
    column = {"latency": "weight", "latency_unit": "ms"} if name == "g.edges" else {}
    topology = build({"kind": "file", "path": str(tmp_path / name), **column})
    assert networkx.utils.graphs_equal(networkx.Graph(topology.edges()), networkx.Graph(_tour().edges))
    assert topology.names == tuple(map(str, range(12)))
    assert topology.latency_ns is not None
    assert (topology.latency_ns(0, 7), topology.latency_ns(7, 0), topology.latency_ns(6, 0)) == (500_000,) * 2 + (
        20_000_000,
    )
    assert topology.source_digest is not None
    if name != "g.edges":
        assert topology.digest() == topology_of(_tour()).digest()


def _edges(text: str, tmp_path: Path, **options: Any) -> Topology:
    path = tmp_path / "graph.edges"
    path.write_text(text)
    return build({"kind": "file", "path": str(path), **options})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("10 9\n9 2\n2 -1", ("-1", "2", "9", "10")),
        ("10 9\n9 b\nb a", ("10", "9", "a", "b")),
        ("10 09\n09 2", ("09", "10", "2")),
        ("# all\nb,a  # a comment\n\n a , c \n", ("a", "b", "c")),
        ("\ufeffz\té\né\ta", ("a", "z", "é")),
    ],
)
def test_nodes_are_numbered_in_a_stated_order(text: str, names: tuple[str, ...], tmp_path: Path) -> None:
    """By value where all are integers, by text otherwise; never by the order of the file."""
    assert _edges(text, tmp_path).names == names


def test_labels_become_names(tmp_path: Path) -> None:
    """GraphML nodes are ordered by identifier, and named by their label where each has one of its own."""
    graph = networkx.Graph([(2, 1)])
    networkx.set_node_attributes(graph, {2: "Oslo", 1: "Rome"}, "label")
    networkx.write_graphml(graph, tmp_path / "g.graphml")
    assert build({"kind": "file", "path": str(tmp_path / "g.graphml")}).names == ("Rome", "Oslo")


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ('label "Rome"', 'label "Oslo"', ("Oslo", "Rome")),
        ('label "Rome"', 'label "Rome"', ("1", "2")),
        ('label "Rome"', "", ("1", "2")),
        ("", "", ("1", "2")),
    ],
)
def test_labels_identify_in_gml(one: str, other: str, names: tuple[str, ...], tmp_path: Path) -> None:
    """In GML the label counts where every node has one of its own; else the identifier, which is always there."""
    path = tmp_path / "g.gml"
    path.write_text(f"graph [ node [ id 1 {one} ] node [ id 2 {other} ] edge [ source 1 target 2 ] ]")
    assert build({"kind": "file", "path": str(path)}).names == names


def test_lengths_become_delays(tmp_path: Path) -> None:
    """A thousand kilometres of fibre take 5 ms (ITU-T G.114), told by the attribute's name or by the unit."""
    graph = networkx.Graph([(0, 1, {"length_km": 1000.0, "span": 2000})])
    networkx.write_graphml(graph, tmp_path / "g.graphml")
    delays = [
        build({"kind": "file", "path": str(tmp_path / "g.graphml"), **options}).latency_ns
        for options in ({}, {"latency": "span", "latency_unit": "km"}, {"latency": "span", "latency_unit": "us"})
    ]
    assert [delay(0, 1) for delay in delays if delay] == [5_000_000, 10_000_000, 2_000_000]


def test_weights_and_regions_are_kept() -> None:
    """Weights stay on their links, regions on their nodes, and both count where they decide something."""
    graph = networkx.Graph([("b", "a", {"weight": 2}), ("c", "a", {"weight": 0.5})])
    networkx.set_node_attributes(graph, {"a": "x", "b": "y", "c": "y"}, "region")
    topology = topology_of(graph)
    assert topology.weights == {(0, 1): 2.0, (0, 2): 0.5}
    assert topology.regions == ("x", "y", "y")
    assert topology.graph.edges[0, 2]["weight"] == 0.5
    assert topology.digest() != topology_of(networkx.Graph([("b", "a"), ("c", "a")])).digest()


def test_duplicates_merge_on_request(tmp_path: Path) -> None:
    """The link that comes first in the file counts, and the other is forgotten."""
    topology = _edges("a b 1\nb a 2\n", tmp_path, merge_duplicates=True)
    assert topology.weights == {(0, 1): 1.0}


def test_a_graph_in_parts_is_allowed_on_request(tmp_path: Path) -> None:
    """Without require_connected two pairs are a topology, which knows that it is in parts."""
    assert not _edges("a b\nc d\n", tmp_path, require_connected=False).is_connected


def test_a_topology_can_be_written_out_and_built_again(tmp_path: Path) -> None:
    """What a manifest embeds builds the same topology with no file, through JSON and back."""
    networkx.write_graphml(_tour(), tmp_path / "g.graphml")
    topology = build({"kind": "file", "path": str(tmp_path / "g.graphml")})
    embedded = json.loads(as_links(topology).model_dump_json())
    again = build(embedded)
    assert again.digest() == topology.digest()
    assert again.neighbors == topology.neighbors
    assert again.names == topology.names
    with pytest.raises(InputError, match="too many links"):
        as_links(build({"kind": "mesh", "nodes": 1000}))


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{}</graphml>'
PAIR = '<node id="a"/><node id="b"/>'

BAD: list[tuple[str, str, str | bytes, tuple[str, ...]]] = [
    ("empty", "g.gml", "", ("found 0 bytes",)),
    ("blank", "g.edges", "\n # nothing\n", ("no nodes",)),
    ("self-loop", "g.edges", "a b\nb b\n", ("self-loop", "'b'")),
    ("duplicate", "g.edges", "a b\nb a\n", ("duplicate", "'a' and 'b'", "merge_duplicates")),
    ("parts", "g.edges", "a b\nc d\n", ("require_connected", "2 of 4", "'c'")),
    ("one-column", "g.edges", "a b\nc\n", ("line 2", "1 columns")),
    ("columns-differ", "g.edges", "a b\na c 5\n", ("line 2", "3 columns")),
    ("five-columns", "g.csv", "a,b,c,d,e\n", ("line 1", "5 columns")),
    ("weight-text", "g.edges", "a b heavy\n", ("heavy",)),
    ("weight-nan", "g.edges", "a b nan\n", ("weight nan", "finite")),
    ("weight-infinite", "g.edges", "a b -inf\n", ("weight -inf", "finite")),
    ("junk-edges", "g.edges", b"\x00\xff\xfe\x01", ("not a readable edge-list file",)),
    ("zero-bytes", "g.edges", b"a b\nb \x00c\n", ("zero byte",)),
    ("junk-graphml", "g.graphml", b"\x7fELF\x02\x01\x01\x00", ("not a readable graphml file",)),
    ("junk-gml", "g.gml", b"\x89PNG\r\n\x1a\n", ("not a readable gml file",)),
    ("junk-json", "g.json", b"\x89PNG\r\n\x1a\n", ("not a readable node-link file",)),
    ("other-format", "g.json", GRAPHML.format(PAIR), ("not a readable node-link file",)),
    ("half-a-file", "g.graphml", GRAPHML.format(PAIR)[:-5], ("not a readable graphml file",)),
    ("not-graphml", "g.graphml", "<html/>", ("not a readable graphml file",)),
    (
        "billion-laughs",
        "g.graphml",
        f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">{LAUGHS}]>{GRAPHML.format("&l9;")}',
        ("document type", "DOCTYPE", "remove"),
    ),
    (
        "laughs-in-utf-16",
        "g.graphml",
        f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE l [{LAUGHS}]><graphml/>'.encode("utf-16"),
        ("document type",),
    ),
    (
        "external-entity",
        "g.graphml",
        f'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]>{GRAPHML.format("&x;")}',
        ("document type",),
    ),
    ("deep-xml", "g.graphml", "<graphml>" * 100_000, ("nested over 64 deep",)),
    ("deep-json", "g.json", "[" * 100_000, ("nested too deeply",)),
    ("deep-gml", "g.gml", "graph [ " + "a [ " * 50_000, ("nested too deeply",)),
    ("no-graph", "g.graphml", GRAPHML.format(""), ("not a readable graphml file",)),
    (
        "undeclared-node",
        "g.graphml",
        GRAPHML.format(f'<graph edgedefault="undirected">{PAIR}<edge source="a" target="c"/></graph>'),
        ("2 node elements", "3 different nodes"),
    ),
    (
        "directed-graphml",
        "g.graphml",
        GRAPHML.format(f'<graph edgedefault="directed">{PAIR}<edge source="a" target="b"/></graph>'),
        ("directed",),
    ),
    (
        "duplicate-graphml",
        "g.graphml",
        GRAPHML.format('<graph edgedefault="undirected">' + PAIR + '<edge source="a" target="b"/>' * 2 + "</graph>"),
        ("duplicate",),
    ),
    (
        "directed-gml",
        "g.gml",
        "graph [ directed 1 node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 ] ]",
        ("directed",),
    ),
    (
        "duplicate-gml",
        "g.gml",
        "graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 ] edge [ source 1 target 0 ] ]",
        ("duplicate",),
    ),
    ("list", "g.json", "[1, 2]", ('"nodes"', "expected")),
    ("no-links", "g.json", '{"nodes": [{"id": 0}]}', ('"links"',)),
    ("no-nodes", "g.json", '{"nodes": [], "links": []}', ("no nodes",)),
    ("node-twice", "g.json", '{"nodes": [{"id": 0}, {"id": 0}], "links": []}', ("twice",)),
    ("number-and-text", "g.json", '{"nodes": [{"id": 0}, {"id": "0"}], "links": []}', ("'0'", "rename")),
    ("stranger", "g.json", '{"nodes": [{"id": 0}], "links": [{"source": 0, "target": 7}]}', ("to 7", "not among")),
    ("link-without-end", "g.json", '{"nodes": [{"id": 0}], "links": [{"source": 0}]}', ("target",)),
    (
        "same-key-twice",
        "g.json",
        (
            '{"multigraph": true, "nodes": [{"id": 0}, {"id": 1}], "links": [{"source": 0, "target": 1, "key": 0}, '
            '{"source": 0, "target": 1, "key": 0}]}'
        ),
        ("duplicate",),
    ),
    (
        "json-nan",
        "g.json",
        '{"nodes": [{"id": 0}, {"id": 1}], "links": [{"source": 0, "target": 1, "weight": NaN}]}',
        ("NaN", "finite"),
    ),
    (
        "weight-overflows",
        "g.json",
        '{"nodes": [{"id": 0}, {"id": 1}], "links": [{"source": 0, "target": 1, "weight": 1e999}]}',
        ("weight inf", "finite"),
    ),
    (
        "weight-true",
        "g.json",
        '{"nodes": [{"id": 0}, {"id": 1}], "links": [{"source": 0, "target": 1, "weight": true}]}',
        ("weight True", "finite"),
    ),
    (
        "delay-on-some-links",
        "g.json",
        (
            '{"nodes": [{"id": 0}, {"id": 1}, {"id": 2}], "links": [{"source": 0, "target": 1, "latency_ms": 2}, '
            '{"source": 1, "target": 2}]}'
        ),
        ("latency_ms None", "every link", "'1' and '2'"),
    ),
    (
        "delay-negative",
        "g.json",
        '{"nodes": [{"id": 0}, {"id": 1}], "links": [{"source": 0, "target": 1, "latency_ms": -2}]}',
        ("-2 ms", "from 0 to an hour"),
    ),
]


@pytest.mark.parametrize(("name", "content", "fragments"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_file_is_an_input_error(
    name: str, content: str | bytes, fragments: tuple[str, ...], tmp_path: Path
) -> None:
    """The error names the file, what was found in it, and the remedy, on one line."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        build({"kind": "file", "path": str(path)})
    message = str(caught.value)
    assert [fragment for fragment in (*fragments, str(path)) if fragment not in message] == [], message
    assert "\n" not in message
    assert caught.value.path


@pytest.mark.parametrize(
    ("options", "fragments"),
    [
        ({"latency": "wieght"}, ("latency", "'wieght'", "did you mean weight")),
        ({"latency": "weight"}, ("latency_unit", "does not tell its unit", "ns, us, ms, s, km")),
        ({"latency": "weight", "latency_unit": "s"}, ("9999 s", "an hour")),
        ({"format": "gml"}, ("not a readable gml file",)),
    ],
)
def test_bad_options_of_a_file(options: dict[str, str], fragments: tuple[str, ...], tmp_path: Path) -> None:
    """An attribute that no link has, a missing unit, an absurd delay, and the wrong format."""
    with pytest.raises(InputError) as caught:
        _edges("a b 9999\n", tmp_path, **options)
    assert [fragment for fragment in fragments if fragment not in str(caught.value)] == [], str(caught.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A directory and a device are told apart from a graph, and an endless one is not read."""
    (tmp_path / "d.gml").mkdir()
    for path, found in ((tmp_path / "d.gml", "a directory"), (Path("/dev/zero"), "something that is no file")):
        with pytest.raises(InputError, match=found):
            build({"kind": "file", "path": str(path), "format": "gml"})


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """A sparse file of 8 GiB costs neither time nor memory."""
    path = tmp_path / "g.gml"
    with path.open("wb") as file:
        file.truncate(2**33)
    with pytest.raises(InputError, match="8,589,934,592 bytes"):
        build({"kind": "file", "path": str(path)})


def test_a_directed_graph_from_python_is_refused() -> None:
    """Links carry messages both ways, so that a directed graph has no topology."""
    with pytest.raises(InputError, match="directed"):
        topology_of(networkx.DiGraph([(0, 1)]))
