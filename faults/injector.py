"""The fault injector of one simulation: what its faults share, and what they all came to."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import TYPE_CHECKING

from faults.strike import Armed, Strike
from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from faults.fault import Fault
    from faults.role_tracker import RoleTracker
    from sim.simulation import Simulation


class Injector:
    """All faults armed on a simulation, the nodes that they hold down, the budget, and the roles of the nodes.

    `limit`: how many nodes may be down or lying at once; None: any number. `over`: the liveness phase has begun, and
    nothing strikes any more.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.armed: list[Armed] = []
        self.limit: int | None = None
        self.over = False
        self._holders: dict[tuple[str, int], list[Strike]] = {}
        self._used: Counter[int] = Counter()
        self._absent: set[int] = set()
        self._roles: RoleTracker | None = None

    @classmethod
    def of(cls, simulation: Simulation) -> Injector:
        """The injector of a simulation, made when it is first asked for."""
        injector = simulation.injector
        if injector is None:
            injector = simulation.injector = cls(simulation)
            simulation.at_end.append(injector.total)
        assert isinstance(injector, Injector)
        return injector

    def arm(self, fault: Fault) -> Armed:
        """Schedule a fault; raises InputError where the simulation has not what it speaks of."""
        _check_kind(fault, self.simulation)
        fault.check(self.simulation)
        if fault.when is not None:
            _check_schedule(fault, self.simulation)
        armed = Armed(fault, self, self._unique("id", _called(fault)), self._unique("key", _key(fault)))
        self.armed.append(armed)
        armed.schedule()
        return armed

    def _unique(self, what: str, name: str) -> str:
        """The name, with a number where an earlier fault has it: which of equal faults is left out does not matter."""
        same = sum(_called(armed.fault) == name if what == "id" else _key(armed.fault) == name for armed in self.armed)
        taken = {armed.id if what == "id" else armed.key for armed in self.armed}
        free = (f"{name}#{number}" for number in count(same + 1) if f"{name}#{number}" not in taken)
        return next(free) if same or name in taken else name

    @property
    def strikes(self) -> list[Strike]:
        """The strikes that are on, in the order in which they began."""
        on = [strike for armed in self.armed for strike in armed.on]
        return sorted(on, key=lambda strike: strike.began)

    @property
    def roles(self) -> RoleTracker:
        """Who has which role now."""
        from faults.role_tracker import RoleTracker

        if self._roles is None:
            self._roles = RoleTracker(self.simulation)
        return self._roles

    # Who holds a node down: it comes up again when the last of them lets go.

    def hold(self, what: str, node: int, strike: Strike) -> None:
        """Note that a strike keeps a node in a state (`down`, `paused`)."""
        self._holders.setdefault((what, node), []).append(strike)

    def holders(self, what: str, node: int) -> list[Strike]:
        """The strikes that keep a node in a state."""
        return self._holders.get((what, node), [])

    def let_go(self, what: str, node: int, strike: Strike) -> bool:
        """Take back that a strike keeps a node so; whether it did, and was the last."""
        holders = self.holders(what, node)
        if strike not in holders:
            return False
        holders.remove(strike)
        return not holders

    def let_all_go(self, what: str, node: int) -> None:
        """Take back what any strike keeps a node in; it does not count as struck by them any more.

        A strike that has nobody left is over, where its fault says so.
        """
        for strike in self._holders.pop((what, node), []):
            self.acquit(strike, node)
            if strike.armed.fault.over_with_its_nodes and not strike.nodes and strike in strike.armed.on:
                strike.armed.ended(strike)

    def acquit(self, strike: Strike, node: int) -> None:
        """Count a node no more among those that a strike has struck."""
        if node in strike.nodes:
            strike.nodes -= {node}
            self.forget_node(strike, node)

    # The budget.

    def within_budget(self, strike: Strike, nodes: Iterable[int]) -> tuple[int, ...]:
        """Those of the nodes that may go down or lie now, in their order; from now on they count as such."""
        fault = strike.armed.fault
        wanted = tuple(nodes)
        if not (fault.takes_down or fault.lies):
            return wanted
        allowed = tuple(node for node in wanted if self._counts(node))
        strike.spared += len(wanted) - len(allowed)
        strike.nodes |= frozenset(allowed)
        return allowed

    def _counts(self, node: int) -> bool:
        """Count a node as down or lying, once more, where the budget has room for it."""
        if self.limit is not None and node not in self._used and len(self._used) >= self.limit:
            return False
        self._used[node] += 1
        return True

    def count_absent(self, node: int) -> None:
        """Count a node as down that is absent from the start, whatever the budget."""
        if node not in self._absent:
            self._absent.add(node)
            self._used[node] += 1

    def count_joined(self, node: int) -> bool:
        """Count it so no more; whether it was counted."""
        if node not in self._absent:
            return False
        self._absent.remove(node)
        self._release(node)
        return True

    def forget(self, strike: Strike) -> None:
        """Take in that a strike is over: its nodes neither lie nor are down on its account."""
        for node in strike.nodes:
            self.forget_node(strike, node)

    def forget_node(self, strike: Strike, node: int) -> None:
        """Take in that a node neither lies nor is down on account of a strike."""
        if strike.armed.fault.takes_down or strike.armed.fault.lies:
            self._release(node)

    def _release(self, node: int) -> None:
        self._used[node] -= 1
        if not self._used[node]:
            del self._used[node]

    # The ends.

    def spare(self, core: frozenset[int]) -> None:
        """Begin the liveness phase: nothing strikes any more, and what is broken among these nodes is healed."""
        self.over = True
        for strike in self.strikes:
            if not strike.over and strike.armed.fault.spare(strike, core) and not strike.over:
                strike.armed.ended(strike)
        for number in sorted(core):
            node = self.simulation.nodes[number]
            if node.life == "paused":
                node.resume()
            elif node.life == "crashed":
                node.restart()
            elif node.life == "absent":
                self.count_joined(number)
                node.join()

    def total(self) -> None:
        """Put what every fault came to into the run."""
        for armed in self.armed:
            armed.total()


def _check_kind(fault: Fault, simulation: Simulation) -> None:
    known = simulation.protocol.faults
    if known is not None and fault.kind not in known:
        found = f"found {fault.kind!r}, which means nothing to the protocol {simulation.protocol.name()}"
        raise InputError(
            f"{found}; expected one of {', '.join(sorted(known))}: choose another, or leave it out", ("kind",)
        )


def _check_schedule(fault: Fault, simulation: Simulation) -> None:
    assert fault.when is not None
    try:
        fault.when.check(fault, simulation)
    except InputError as error:
        raise InputError(error.message, ("when", *error.path)) from None


def _called(fault: Fault) -> str:
    return fault.name or f"{fault.kind}{fault.moment}"


def _key(fault: Fault) -> str:
    """What the streams of a fault are named for: its name, or all that it is beyond its defaults."""
    if fault.name is not None:
        return f"{fault.kind}/{fault.name}"
    return f"{fault.kind}{fault.moment}/{fault.model_dump_json(exclude_defaults=True)}"
