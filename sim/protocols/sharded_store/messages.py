"""What the nodes of a sharded store send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.workloads.request import ChangeRequest, ClientRequest


@dataclass(frozen=True, slots=True)
class View:
    """Who owns keys: the `number`-th list of members, in the order in which they came, and the one before."""

    number: int
    members: tuple[int, ...]
    before: tuple[int, ...]
    salt: int


@dataclass(frozen=True, slots=True)
class Settled:
    """The sender has handed over and received all that goes with a view."""

    number: int


@dataclass(frozen=True, slots=True)
class HandOver:
    """What goes to another owner in a view: each key with its value and its sessions."""

    number: int
    cells: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True, slots=True)
class TakenOver:
    """That has come, and is on the disk."""

    number: int


@dataclass(frozen=True, slots=True)
class Route:
    """A client's request on its way to the owner of its key, sent on `hops` times."""

    request: ClientRequest
    hops: int


@dataclass(frozen=True, slots=True)
class Change:
    """An administrator's request on its way to the directory."""

    request: ChangeRequest


PAYLOADS = (View, Settled, HandOver, TakenOver, Route, Change)
