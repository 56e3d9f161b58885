"""Graphs from text: GraphML, GML, edge lists and node-link JSON, read by networkx and guarded against hostile files."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn
from xml.parsers import expat

from topologies.errors import InputError

if TYPE_CHECKING:
    import networkx

MOST_BYTES: Final = 128 * 2**20
SUFFIXES: Final = {
    ".graphml": "graphml",
    ".xml": "graphml",
    ".gml": "gml",
    ".json": "node-link",
    **dict.fromkeys((".edgelist", ".edges", ".txt", ".csv", ".tsv"), "edge-list"),
}

_DEEPEST_XML: Final = 64


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file; InputError where it is missing, unreadable, empty or over 128 MiB."""
    try:
        if not path.is_file():
            found = "no file" if not path.exists() else "a directory" if path.is_dir() else "something that is no file"
            raise InputError(f"found {found} at {str(path)!r}; expected the path of a graph file", ("path",))
        size = path.stat().st_size
        if not 0 < size <= MOST_BYTES:
            raise InputError(
                f"found {size:,} bytes in {str(path)!r}; expected a graph in 1 to {MOST_BYTES:,} bytes", ("path",)
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(
            f"cannot read {str(path)!r} ({reason}); check the path and its permissions", ("path",)
        ) from None


def parse_graph(content: bytes, format_name: str, path: Path) -> networkx.Graph[Any]:
    """Return the graph of a file's content as a networkx multigraph, so that links given twice are still there.

    Raises InputError for whatever is not a graph in this format.
    """
    try:
        return _READERS[format_name](content)
    except InputError as error:
        raise InputError(f"{path}: {error}", ("path",)) from None
    except RecursionError:
        _refuse(path, format_name, "it is nested too deeply")
    except Exception as error:  # noqa: BLE001  # networkx's readers raise what their parsers do, of many types
        _refuse(path, format_name, f"{type(error).__name__}: {error}")


def _refuse(path: Path, format_name: str, reason: str) -> NoReturn:
    text = " ".join(reason.split())[:200]
    raise InputError(
        f"{path} is not a readable {format_name} file ({text}); repair it, or state its format", ("path",)
    ) from None


def _graphml(content: bytes) -> networkx.Graph[Any]:
    import networkx

    declared = _nodes_of_checked_xml(content)
    graph: networkx.Graph[Any] = networkx.read_graphml(io.BytesIO(content), force_multigraph=True)
    if declared != graph.number_of_nodes():
        raise InputError(
            f"found {declared} node elements and {graph.number_of_nodes()} different nodes in them and in the edges; "
            "declare each node once"
        )
    return graph


def _nodes_of_checked_xml(content: bytes) -> int:
    """Return the number of node elements.

    Refuses a document type, through which entities multiply without bound, and depth, which no graph needs.
    """
    parser, depth, nodes = expat.ParserCreate(namespace_separator=" "), 0, 0

    def refuse_document_type(*_: object) -> None:
        raise InputError("found a document type (<!DOCTYPE ...>), which GraphML has no use for; remove it")

    def enter(name: str, _: object) -> None:
        nonlocal depth, nodes
        depth += 1
        nodes += name.rpartition(" ")[2] == "node"
        if depth > _DEEPEST_XML:
            raise InputError(f"found elements nested over {_DEEPEST_XML} deep; expected graphml, graph, node, data")

    def leave(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse_document_type
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.Parse(content, True)
    return nodes


def _gml(content: bytes) -> networkx.Graph[Any]:
    """Read GML, where the label identifies a node, as networkx has it, unless it is missing or not unique."""
    import networkx

    read = _undirected(networkx.read_gml(io.BytesIO(content), label="id"))
    graph: networkx.MultiGraph[Any] = networkx.MultiGraph(read)
    labels = {node: attributes["label"] for node, attributes in graph.nodes(data=True) if attributes.get("label")}
    own = len(set(map(str, labels.values()))) == graph.number_of_nodes()
    return networkx.relabel_nodes(graph, labels) if own else graph


def _undirected(graph: networkx.Graph[Any]) -> networkx.Graph[Any]:
    if graph.is_directed():
        raise InputError("found a directed graph; links carry messages both ways: save it as undirected")
    return graph


def _node_link(content: bytes) -> networkx.Graph[Any]:
    import networkx

    data = json.loads(content, parse_constant=_no_number)
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), list):
        raise InputError(
            'found no "nodes"; expected {"nodes": [{"id": 0}, ...], "links": [{"source": 0, "target": 1}]}'
        )
    key = "edges" if "edges" in data else "links"
    links, identifiers = data.get(key), [node["id"] for node in data["nodes"]]
    if not isinstance(links, list):
        raise InputError('found no list "links" (or "edges"); expected [{"source": 0, "target": 1}, ...]')
    if len(set(identifiers)) < len(identifiers):
        raise InputError("found a node identifier twice; give each node its own")
    strangers = {end for link in links for end in (link["source"], link["target"])}.difference(identifiers)
    if strangers:
        raise InputError(f"found a link to {min(map(repr, strangers)):.60}, which is not among the nodes; add it")
    bare = [{name: value for name, value in link.items() if name != "key"} for link in links]
    return _undirected(networkx.node_link_graph({**data, key: bare, "multigraph": True}, edges=key))


def _no_number(text: str) -> NoReturn:
    raise InputError(f"found {text}; expected finite numbers")


def _edge_list(content: bytes) -> networkx.Graph[Any]:
    import networkx

    text = content.decode("utf-8-sig")
    if "\0" in text:
        raise InputError("found a zero byte; expected text with two nodes on each line, and a weight if wanted")
    lines = {number: line.partition("#")[0].strip() for number, line in enumerate(text.splitlines(), 1)}
    lines = {number: line for number, line in lines.items() if line}
    delimiter = "," if any("," in line for line in lines.values()) else None
    widths = {number: len(line.split(delimiter)) for number, line in lines.items()}
    columns = next(iter(widths.values()), 0)
    for number, width in widths.items():
        if width != columns or width not in (2, 3):
            raise InputError(
                f"line {number}: found {width} columns; expected two nodes, and on all lines or none a weight, "
                "separated by blanks or commas"
            )
    clean = "\n".join(",".join(part.strip() for part in line.split(delimiter)) for line in lines.values())
    read = networkx.read_weighted_edgelist if columns == 3 else networkx.read_edgelist
    return read(io.BytesIO(clean.encode()), delimiter=",", create_using=networkx.MultiGraph)


_READERS: Final[dict[str, Callable[[bytes], networkx.Graph[Any]]]] = {
    "graphml": _graphml,
    "gml": _gml,
    "edge-list": _edge_list,
    "node-link": _node_link,
}
