"""Clients of a bank: they move money between accounts, and look at all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sim.randomness import Stream
from sim.units import Probability
from sim.workloads.client_workload import ClientWorkload
from sim.workloads.operation import Operation

if TYPE_CHECKING:
    from sim.workloads.client_workload import Draw


class BankWorkload(ClientWorkload):
    """Transfers of random amounts between random accounts, and reads of all balances, whose total never changes."""

    kind: Literal["bank"] = "bank"
    state_machine: ClassVar[str] = "bank"
    accounts: int = Field(default=8, ge=2, le=1_000, description="number of accounts; each opens with 100")
    most: int = Field(default=50, ge=1, le=1_000_000, description="largest amount that is transferred; uniform from 1")
    reads: Probability = Field(default=0.2, description="share of the operations that read all balances")

    def drawer(self) -> Draw:
        """Draws whether to read, two accounts, and the amount."""
        names = tuple(f"a{number}" for number in range(self.accounts))
        reads, accounts, most = self.reads, self.accounts, self.most

        def draw(stream: Stream, seen: dict[str, Any], text: str) -> Operation:
            if stream.random() < reads:
                return Operation("balances", "", names)
            debited, credited = stream.below(accounts), stream.below(accounts - 1)
            credited += credited >= debited
            return Operation("transfer", names[debited], 1 + stream.below(most), names[credited])

        return draw
