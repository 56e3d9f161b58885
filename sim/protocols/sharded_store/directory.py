"""The one node that says who the members are. A change begins when the one before is settled everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.protocols.sharded_store.messages import View
from sim.protocols.sharded_store.placements import placed
from sim.runtime.sharding.placement import moves
from sim.workloads.request import ChangeRequest, Reply

if TYPE_CHECKING:
    from sim.node import Node
    from sim.protocols.sharded_store.config import ShardedStoreConfig

DIRECTORY: Final = 0
"""The node that is the directory."""
VIEW: Final = "view"
"""The name in stable storage of the view that was made last, and of who has not settled in it."""
TOLD: Final = "told"
"""The timer after which those that have not settled are told again."""


class Directory:
    """Makes views, and tells them until all have settled. `asked` is the change that waits for that."""

    def __init__(self, node: Node, config: ShardedStoreConfig) -> None:
        self.node = node
        self.config = config
        self.asked: ChangeRequest | None = None
        self.view: View
        self.open: set[int]

    def start(self) -> None:
        """Make the first view, or go on with the one on the disk."""
        node = self.node
        if VIEW in node.storage:
            self.view, unsettled = node.storage[VIEW]
            self.open = set(unsettled)
            self._tell()
        else:
            members = tuple(range(self.config.members or node.population))
            self._make(View(0, members, members, node.random.below(1 << 32)), set(range(node.population)))

    def _make(self, view: View, concerned: set[int]) -> None:
        self.view, self.open = view, concerned
        after = placed(self.config.placement, view.members, view.salt)
        moved = moves(placed(self.config.placement, view.before, view.salt), after) if view.number else {}
        shares = after.shares()
        stay = set(view.members) & set(view.before)
        self.node.record(
            "sharded",
            view=view.number,
            members=view.members,
            shares=tuple([shares[member] for member in sorted(view.members)]),
            joined=tuple(sorted(set(view.members) - set(view.before))),
            left=tuple(sorted(set(view.before) - set(view.members))),
            moved=sum(moved.values()),
            elsewhere=sum(share for (old, new), share in moved.items() if old in stay and new in stay),
        )
        self._keep()
        self._tell()

    def _keep(self) -> None:
        self.node.storage[VIEW] = (self.view, tuple(sorted(self.open)))
        self.node.storage.sync()

    def _tell(self) -> None:
        """Tell all that have not settled."""
        for node in sorted(self.open):
            if node != self.node.id:
                self.node.send(node, self.view)
        if self.open:
            self.node.set_timer(TOLD, self.config.resend)

    def on_timer(self) -> None:
        """Tell it again."""
        self._tell()

    def settled(self, source: int, number: int) -> None:
        """A node has all that it should have in a view."""
        if number != self.view.number or source not in self.open:
            return
        self.open.discard(source)
        self._keep()
        if not self.open:
            self.node.cancel_timer(TOLD)
            self.node.record("settled", view=number)
            if self.asked is not None:
                self._answer(self.asked, "ok")
                self.asked = None

    def change(self, request: ChangeRequest) -> None:
        """Begin a change of members, unless one is under way."""
        if self.open:
            if request != self.asked:
                self._answer(request, "refused")
            return
        before = self.view.members
        members = list(before)
        for node in request.remove:
            if node in members:  # the last takes its place, so that jumps move least
                members[members.index(node)] = members[-1]
                members.pop()
        members += [node for node in request.add if node not in members and node < self.node.population]
        if set(members) == set(before):
            self._answer(request, "ok")
        elif not members or request.learners:
            self._answer(request, "refused")
        else:
            self.asked = request
            view = View(self.view.number + 1, tuple(members), before, self.view.salt)
            self._make(view, set(members) | set(before))

    def _answer(self, request: Any, outcome: str) -> None:
        self.node.reply(request.client, Reply(request.client, request.sequence, outcome))
