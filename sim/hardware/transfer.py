"""What it costs that a task goes on, on another core than ran it last: its data are in the caches there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from sim.units import Duration

if TYPE_CHECKING:
    from sim.hardware.core import Core


class Transfer(BaseModel):
    """Time to move the data of a task between cores. To other nodes they go by the network.

    Defaults are round figures of the size that David, Guerraoui and Trigonakis measured for a line of cache between
    cores ("Everything you always wanted to know about synchronization but were afraid to ask", SOSP 2013, table 2).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    same_core: Duration = Field(default=0, description="back on the core that ran it last")
    same_socket: Duration = Field(default=40, description="to another core of the same socket")
    other_socket: Duration = Field(default=130, description="to a core of another socket")

    def between(self, home: Core, core: Core) -> int:
        """Nanoseconds that a task of one core takes more on another."""
        if home is core:
            return self.same_core
        return self.same_socket if home.socket == core.socket else self.other_socket
