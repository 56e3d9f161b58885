"""Every kind of topology by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError

from topologies.barbell import BarbellConfig
from topologies.config import TopologyConfig
from topologies.errors import InputError
from topologies.graph_file import FileConfig
from topologies.hierarchical import HierarchicalConfig
from topologies.lattice import GridConfig, HypercubeConfig, TorusConfig
from topologies.links import LinksConfig
from topologies.mesh import MeshConfig
from topologies.random_graphs import ErdosRenyiConfig, ScaleFreeConfig, SmallWorldConfig
from topologies.random_regular import RandomRegularConfig
from topologies.regions import RegionsConfig
from topologies.ring import CirculantConfig, LineConfig, RingConfig
from topologies.served import ServedConfig
from topologies.star import CentralizedConfig, StarConfig
from topologies.topology import Topology


@dataclass(frozen=True)
class TopologyKind:
    """One kind: the model of its parameters, what it is in one line, and how it is built from them and a seed."""

    config: type[TopologyConfig]
    description: str
    build: Callable[[Any, int], Topology]


_KINDS: Final[tuple[tuple[type[TopologyConfig], str], ...]] = (
    (MeshConfig, "every node linked to every other (complete graph)"),
    (RingConfig, "a cycle: each node linked to the next, the last to the first"),
    (StarConfig, "one hub, node 0, that every other node is linked to"),
    (HierarchicalConfig, "a tree with a branching factor, filled level by level, siblings linked if wanted"),
    (CentralizedConfig, "workers that reach one another only through a coordinator, node 0"),
    (LineConfig, "nodes in a row, each linked to the next"),
    (GridConfig, "a lattice in one to eight dimensions"),
    (TorusConfig, "a lattice whose every axis is closed to a ring"),
    (HypercubeConfig, "two nodes are linked where their numbers differ in one bit"),
    (CirculantConfig, "a ring in which each node is linked to the nearest few on each side"),
    (RandomRegularConfig, "random links, the same number for every node"),
    (ServedConfig, "random links among peers, and servers, the first nodes, that everybody is linked to"),
    (ErdosRenyiConfig, "every pair linked with the same probability, G(n, p)"),
    (SmallWorldConfig, "a ring of near neighbours with some links rewired (Watts-Strogatz)"),
    (ScaleFreeConfig, "few hubs and many leaves, by preferential attachment (Barabási-Albert)"),
    (BarbellConfig, "two complete graphs joined by a path"),
    (RegionsConfig, "nodes in named regions, with measured round-trip times between them"),
    (FileConfig, "a graph from a GraphML, GML, edge-list or node-link JSON file"),
    (LinksConfig, "links written out one by one"),
)

TOPOLOGIES: Final[dict[str, TopologyKind]] = {
    config.model_fields["kind"].default: TopologyKind(config, description, config.build)
    for config, description in _KINDS
}

_BOUNDS: Final = {"greater_than_equal": "at least {ge:,}", "less_than_equal": "at most {le:,}"}


def configure(data: Mapping[str, Any]) -> TopologyConfig:
    """Return the checked configuration of a plain mapping such as `{"kind": "ring", "nodes": 10}`.

    Raises InputError, which names every field that is wrong; its `path` is the first of them.
    """
    name = data.get("kind")
    kind = TOPOLOGIES.get(name) if isinstance(name, str) else None
    if kind is None:
        near = get_close_matches(str(name), TOPOLOGIES, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise _placed(InputError(f"found {name!r:.60}; expected one of {', '.join(TOPOLOGIES)}{hint}", ("kind",)))
    try:
        return kind.config.model_validate(dict(data))
    except ValidationError as error:
        raise _as_input_error(error, kind.config) from None


def build(config: TopologyConfig | Mapping[str, Any], seed: int = 0) -> Topology:
    """Build a topology from its configuration; `seed` decides what is random in it.

    Raises InputError where the configuration is wrong or no such topology exists.
    """
    checked = config if isinstance(config, TopologyConfig) else configure(config)
    try:
        return checked.build(seed)
    except InputError as error:
        raise _placed(error) from None


def _as_input_error(error: ValidationError, model: type[TopologyConfig]) -> InputError:
    problems = [_problem(dict(details), model) for details in error.errors(include_url=False)]
    return InputError("; ".join(map(str, problems)), problems[0].path)


def _problem(details: dict[str, Any], model: type[TopologyConfig]) -> InputError:
    """Return what pydantic found wrong in one place as an error with its place."""
    path = tuple(details["loc"])
    raised = details.get("ctx", {}).get("error")
    if isinstance(raised, InputError):
        return _placed(InputError(raised.message, path + raised.path))
    if details["type"] == "extra_forbidden":
        near = get_close_matches(str(path[-1]), model.model_fields, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return _placed(InputError(f"unknown field; expected one of {', '.join(model.model_fields)}{hint}", path))
    if details["type"] == "missing":
        return _placed(InputError("missing; give it a value", path))
    bound = _BOUNDS.get(details["type"])
    expected = bound.format(**details["ctx"]) if bound else str(details["msg"]).removeprefix("Input should be ")
    return _placed(InputError(f"found {details['input']!r:.60}; expected {expected}", path))


def _placed(error: InputError) -> InputError:
    """Return an error whose message starts with the place that its path tells, such as `links[3][0]`."""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.path).lstrip(".")
    return InputError(f"{place}: {error.message}" if place else error.message, error.path)
