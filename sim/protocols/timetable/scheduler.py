"""A central scheduler: it spaces the agents that it hears of evenly over the period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.protocols.timetable.messages import Here, Slot

if TYPE_CHECKING:
    from sim.node import Node
    from sim.protocols.timetable.config import TimetableConfig

LOOK: Final = "look"


class Scheduler:
    """Knows agents by their heartbeats alone, and keeps nothing on its disk.

    `slots` is the offset of each agent it knows, None before the next look, with what it said last of its own;
    `heard` when that was, on its clock.
    """

    def __init__(self, node: Node, config: TimetableConfig) -> None:
        self._node = node
        self._config = config
        self._changed = False
        self.slots: dict[int, int | None] = {}
        self.heard: dict[int, int] = {}

    def begin(self, again: bool) -> None:
        """Look for the first time when every agent has had its say; after a crash, when none is merely late."""
        self._node.set_timer(LOOK, self._config.timeout if again else self._config.heartbeat)

    def hear(self, agent: int, said: Here) -> None:
        """An agent is there; where it does not have the slot that it was given, that was lost."""
        self.heard[agent] = self._node.elapsed
        if agent not in self.slots:
            self.slots[agent] = None
            self._changed = True
            return
        slot = self.slots[agent]
        if slot is not None and slot != said.offset:
            self._node.send(agent, Slot(slot))

    def look(self) -> None:
        """Forget who is silent, and give out slots anew where somebody is new or gone."""
        self._node.set_timer(LOOK, self._config.heartbeat)
        oldest = self._node.elapsed - self._config.timeout
        for agent in [agent for agent in self.slots if self.heard[agent] < oldest]:
            del self.slots[agent], self.heard[agent]
            self._changed = True
        if self._changed:
            self._changed = False
            self._give_out()

    def _give_out(self) -> None:
        agents = sorted(self.slots)
        for place, agent in enumerate(agents):
            slot = place * self._config.period // len(agents)
            if slot != self.slots[agent]:
                self.slots[agent] = slot
                self._node.send(agent, Slot(slot))
