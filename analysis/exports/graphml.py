"""The topology of a run as GraphML, with what came of it on nodes and links, for graph tools such as Gephi and yEd."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from analysis.node_life import AFTER, DOWN, LIFE, PAUSED, is_state
from analysis.run_folder import RunFolder
from sim.convergence import Coverage
from sim.records import OUTCOMES, Record
from topologies.errors import InputError

if TYPE_CHECKING:
    import networkx as nx

    from sim.convergence import Convergence

STATES = {DOWN: "down", PAUSED: "paused"}
_NODE_KINDS = (*LIFE, "role")


def graphml_pieces(run: RunFolder, convergence: Convergence | None) -> Iterator[str]:
    """Yield the graph of a run on disk as GraphML, in lines.

    On nodes: `region`; `reached_ns`, the time of its first record of what `convergence` counts as reached; `state`,
    `crashed_ns` of its first crash and `crashes`; `role`, the last that it recorded. Where the run kept messages:
    `messages_sent`, `messages_received`, and on links, both ways together, `messages`, `delivered`, `not_delivered` and
    `mean_latency_ns` of those delivered. Raises InputError for a complete graph whose links are not stored.
    """
    import networkx as nx

    topology = run.topology()
    if topology.implicit:
        raise InputError(
            f"{run.path} has a complete graph of {topology.nodes:,} nodes, whose links are too many to be written; "
            "expected another topology, or a smaller mesh"
        )
    graph: nx.Graph[int] = topology.graph.copy()
    about = run.manifest
    graph.graph.update(scenario=str(about.scenario.get("name")), seed=about.seed, digest=about.digest)
    graph.graph["ended_ns"] = about.ended
    _put_lives(graph, run, convergence.reached if isinstance(convergence, Coverage) else None)
    if about.detail in ("messages", "all"):
        _put_messages(graph, run)
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    for line in nx.generate_graphml(graph):
        yield line + "\n"


def _put_lives(graph: nx.Graph[int], run: RunFolder, reached: str | None) -> None:
    nodes = graph.nodes
    for node in nodes:
        nodes[node].update(state="up", crashes=0)
    for record in run.records({*_NODE_KINDS, *([reached] if reached else [])}):
        if not is_state(record) or record.node is None:
            continue
        if record.kind == reached:
            nodes[record.node].setdefault("reached_ns", record.time)
        elif record.kind in AFTER:
            nodes[record.node]["state"] = STATES.get(AFTER[record.kind], "up")
            if record.kind == "crashed":
                nodes[record.node].setdefault("crashed_ns", record.time)
                nodes[record.node]["crashes"] += 1
        elif "role" in record.fields:
            nodes[record.node]["role"] = str(record.fields["role"])


def _put_messages(graph: nx.Graph[int], run: RunFolder) -> None:
    sent: defaultdict[int, int] = defaultdict(int)
    received: defaultdict[int, int] = defaultdict(int)
    carried: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in run.records(OUTCOMES):
        if not is_state(row):
            source, destination = row.fields["source"], row.fields["destination"]
            arrived = row.kind == "delivered"
            sent[source] += 1
            received[destination] += arrived
            _count(carried[min(source, destination), max(source, destination)], row, arrived)
    for node in graph.nodes:
        graph.nodes[node].update(messages_sent=sent[node], messages_received=received[node])
    for one, other, link in graph.edges(data=True):
        link.update(_of_link(*carried.pop((min(one, other), max(one, other)), [0, 0, 0])))
    graph.graph["messages_beyond_links"] = sum(messages for messages, _, _ in carried.values())


def _count(counts: list[int], row: Record, arrived: bool) -> None:
    counts[0] += 1
    counts[1] += arrived
    counts[2] += (row.time - row.fields["sent_at"]) * arrived


def _of_link(messages: int, delivered: int, latency: int) -> dict[str, Any]:
    found: dict[str, Any] = {"messages": messages, "delivered": delivered, "not_delivered": messages - delivered}
    return found | ({"mean_latency_ns": latency / delivered} if delivered else {})
