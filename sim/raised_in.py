"""What a simulation was doing when an error came out of it, read from the traceback: nothing is kept for it before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any, Final

from sim import node_life
from sim.hardware.task import Task
from sim.kernel import Kernel
from sim.node import Node
from sim.node_life import NodeLife
from sim.runtime.lives import Lives
from sim.units import format_duration, shown

Locals = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """When, and whom: `time` in nanoseconds; `doing`, what which node was handling, empty where it was no node."""

    time: int
    doing: str = ""

    def __str__(self) -> str:
        return f"at {format_duration(self.time)}" + (f", as {self.doing}" if self.doing else "")


def moment_of(error: BaseException) -> Moment | None:
    """Return when an error came about, and what the innermost node to call its protocol was handling.

    None where it did not come out of a simulation that ran.
    """
    time, doing = None, ""
    for frame in _frames(error):
        local = frame.f_locals
        words = _DOING.get(frame.f_code)
        if words is not None:
            doing = words(local)
        elif isinstance(local.get("self"), Kernel):
            time = local["self"].now
    return None if time is None else Moment(time, doing)


def _frames(error: BaseException) -> Iterator[FrameType]:
    """Yield the frames that an error came through, the outermost first, then those of what caused it."""
    cause: BaseException | None = error
    while cause is not None:
        step = cause.__traceback__
        while step is not None:
            yield step.tb_frame
            step = step.tb_next
        cause = cause.__cause__


def _message(local: Locals) -> str:
    message = local["message"]
    return f"node {local['self'].id} handled {message.kind} from node {message.source}"


def _timer(local: Locals) -> str:
    return f"node {local['self'].id} handled its timer {shown(local['name'])}"


def _request(local: Locals) -> str:
    return f"node {local['self'].id} handled a {type(local['request']).__name__}"


def _actor(local: Locals) -> str:
    me = local["actor"].me
    return f"node {me.node} ran its actor {me.name}"


def _task(local: Locals) -> str:
    node = getattr(getattr(local["self"].run, "__self__", None), "node", None)
    return f"node {node.id} was done with what it computed" if isinstance(node, Node) else ""


def _process(local: Locals) -> str:
    return f"node {local['node'].id} ran its process"


def _life(what: str) -> Callable[[Locals], str]:
    return lambda local: f"node {local['self'].id} {what}"


_DOING: Final[dict[CodeType, Callable[[Locals], str]]] = {
    Node.accept.__code__: _message,
    Node._take.__code__: _message,
    Node._timer_due.__code__: _timer,
    Node._fire.__code__: _timer,
    Node._ask.__code__: _request,
    NodeLife.start.__code__: _life("started"),
    NodeLife.start_as_twin.__code__: _life("started"),
    NodeLife._run_anew.__code__: _life("restarted"),
    node_life._run.__code__: _process,
    Task.slice_over.__code__: _task,
    Lives._life.__code__: _actor,
}
"""Says in words what is under way, for each function by which a node calls its protocol."""
