"""Asks a strategy for a decision, and refuses one that no agent could carry out."""

from __future__ import annotations

from numbers import Real
from traceback import extract_tb
from typing import TYPE_CHECKING, Final

from sim.protocol import ProtocolError
from sim.protocols.attractor.strategy import Adjustment, Neighborhood, Own, Strategy
from sim.units import format_duration

if TYPE_CHECKING:
    from sim.node import Node
    from sim.protocols.attractor.population import Goal

MOST: Final = 1e9
"""Radians, radians a second, and energy beyond which an adjustment is a mistake."""


class StrategyError(ProtocolError):
    """A strategy raised an error, or asked for what cannot be: which strategy, which agent, when."""


def decide(
    strategy: Strategy, own: Own, heard: Neighborhood, goal: Goal, energy: float | None, node: Node
) -> Adjustment:
    """What the strategy has the agent at a node do; raises StrategyError where that cannot be told."""
    try:
        decided = strategy.decide(own, heard, goal, energy)
    except (Exception, SystemExit) as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise _wrong(strategy, node, f"raised {what} ({_line(strategy, error)})") from error
    if decided.__class__ is not Adjustment:
        raise _wrong(strategy, node, f"returned {decided!r:.80}; expected an Adjustment")
    if not (_is_finite(decided.phase) and _is_finite(decided.frequency)):
        raise _wrong(strategy, node, f"asked for {decided!r:.120}; expected finite numbers")
    if decided.cost is not None and not (_is_finite(decided.cost) and decided.cost >= 0.0):
        raise _wrong(strategy, node, f"asked for a cost of {decided.cost!r:.40}; expected a finite one, not below 0")
    return decided


def _line(strategy: Strategy, error: BaseException) -> str:
    """Return the last line of the file of `decide` that led to an error, which may come from a library that it called.

    Where none did, because it does not take what it is given, the line where it begins.
    """
    frames = [(frame.filename, frame.lineno) for frame in extract_tb(error.__traceback__)]
    method = getattr(type(strategy).decide, "__code__", None)
    if method is not None:
        own = [place for place in frames if place[0] == method.co_filename]
        frames = own or [(method.co_filename, method.co_firstlineno)]
    name, line = frames[-1]
    return f"{name}:{line}"


def _is_finite(value: float) -> bool:
    """Whether this is a number at all, and no larger than an adjustment can be."""
    return (value.__class__ is float or isinstance(value, Real)) and -MOST <= value <= MOST


def _wrong(strategy: Strategy, node: Node, what: str) -> StrategyError:
    when = f"as agent {node.id} decided at {format_duration(max(0, node.now))} of its clock"
    return StrategyError(f"the strategy {strategy.kind} {what}, {when}; correct it there", ("protocol", "strategy"))
