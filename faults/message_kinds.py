"""Which kinds of messages a fault concerns: the names of the classes of their payloads."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field

from faults.target import tuple_of_list
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.simulation import Simulation

MessageKinds = Annotated[
    tuple[str, ...],
    BeforeValidator(tuple_of_list),
    Field(description="the kinds of messages concerned; all when left out"),
]


def check_message_kinds(kinds: tuple[str, ...], simulation: Simulation) -> None:
    """Raise InputError, with its path from the fault on, where the protocol says that it sends no such messages."""
    protocol = simulation.protocol
    if protocol.payloads is None:
        return
    known = [payload.__name__ for payload in protocol.payloads]
    for place, kind in enumerate(kinds):
        if kind not in known:
            near = get_close_matches(kind[:80], known, n=1)
            remedy = f"; did you mean {near[0]!r}?" if near else ""
            raise InputError(
                f"found {kind!r:.60}, which the protocol {protocol.name()} does not send; "
                f"expected one of {', '.join(known)}{remedy}",
                ("messages", place),
            )
