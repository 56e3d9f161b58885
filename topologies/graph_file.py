"""A topology from a graph file: GraphML, GML, edge list or node-link JSON."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from topologies.config import TopologyConfig
from topologies.errors import InputError
from topologies.graph_import import ImportOptions, topology_of
from topologies.graph_text import SUFFIXES, parse_graph, read_bytes
from topologies.topology import Topology


class FileConfig(TopologyConfig):
    """The graph of a file, with its nodes numbered in ascending order of their identifiers.

    Identifiers are compared by value where all are integers, and by text otherwise. In GML the label is the identifier
    where every node has one of its own.

    A link's delay comes from the attribute that `latency` names, or else from the first of latency_ns, latency_us,
    latency_ms, latency_s, delay_ns ... delay_s, length_km and distance_km that the links have.
    """

    kind: Literal["file"] = "file"
    path: Annotated[str, Field(min_length=1, max_length=4096)] = Field(
        description="the graph file; a relative path counts from the folder of the scenario's file"
    )
    format: Literal["graphml", "gml", "edge-list", "node-link"] | None = Field(
        default=None, description="by default told by the suffix: .graphml, .gml, .json, .csv, .txt, .edges ..."
    )
    latency: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="link attribute with the one-way delay; the third column of an edge list is weight"
    )
    latency_unit: Literal["ns", "us", "ms", "s", "km"] | None = Field(
        default=None, description="unit of that attribute; a kilometre of fibre takes 5 us"
    )
    require_connected: bool = Field(default=True, description="whether a graph in several parts is an error")
    merge_duplicates: bool = Field(default=False, description="whether links given twice count once, as first given")

    @model_validator(mode="after")
    def _has_a_format(self) -> Self:
        if self.format is None and Path(self.path).suffix.lower() not in SUFFIXES:
            raise InputError(
                f"found {self.path!r:.80}, whose suffix tells no format; give one of graphml, gml, edge-list, "
                "node-link",
                ("format",),
            )
        if self.latency_unit is not None and self.latency is None:
            raise InputError("missing beside latency_unit; name the link attribute", ("latency",))
        return self

    @property
    def node_count(self) -> None:
        return None

    @property
    def link_count(self) -> None:
        return None

    def below(self, folder: Path) -> Self:
        """Return it with a relative path counted from a folder instead of from the current one."""
        return self.model_copy(update={"path": str(folder / self.path)})

    def build(self, seed: int) -> Topology:
        """Read the file, once."""
        path = Path(self.path)
        content = read_bytes(path)
        graph = parse_graph(content, self.format or SUFFIXES[path.suffix.lower()], path)
        options = ImportOptions(self.latency, self.latency_unit, self.require_connected, self.merge_duplicates)
        try:
            topology = topology_of(graph, "file", options)
        except InputError as error:
            raise InputError(f"{self.path}: {error}", error.path or ("path",)) from None
        return replace(topology, source_digest=blake2b(content, digest_size=32).hexdigest())
