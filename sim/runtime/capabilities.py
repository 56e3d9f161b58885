"""Reference capabilities: who may do what with an object that actors pass to each other.

Clebsch, Drossopoulou, Blessing and McNeil, "Deny capabilities for safe, fast actors", AGERE! 2015. Of their six, these
four: `Iso`, the one reference to what may change, which moves when it is sent; `Val`, to what nobody can change, which
all may read; `Ref`, to what may change and stays with its actor; `Tag`, which only tells who or what it is. Their
compiler proves at no cost what is checked here when it happens, at a cost that the runtime charges.

An object is wrapped once, by the actor that made it; `wrapper.value` is what is wrapped. A wrapper that is sent is a
payload itself, or a field of a payload that is a frozen dataclass or a named tuple.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from sim.protocol import ProtocolError
from sim.runtime.object_graph import Found, Same, is_mutable, reached
from sim.units import format_duration


class CapabilityError(ProtocolError):
    """An actor did with an object what its capability denies: who, what, when, and what to do instead."""


class Sending:
    """One transfer of a capability: from whom, to whom, when (ns)."""

    __slots__ = ("receiver", "sender", "time")

    def __init__(self, sender: str, receiver: str, time: int) -> None:
        self.sender = sender
        self.receiver = receiver
        self.time = time

    def denied(self, capability: str, what: str, remedy: str) -> NoReturn:
        """Raise the error of this transfer."""
        way = f"{self.sender} sends {capability} to {self.receiver} at {format_duration(self.time)}"
        raise CapabilityError(f"{way}: {what}; {remedy}")


Use = Callable[["Iso", bool], None]
"""Told of a use of what an `Iso` wraps; and whether the wrapper had been sent before."""


class Iso:
    """The only reference to an object that may change, and to all that it holds; sending it moves it.

    `number` names it in records, `holder` is the actor that has this wrapper. After a sending the sender's wrapper is
    `gone`: its use is an error, unless nothing is checked. `on_use` is told of each use.
    """

    __slots__ = ("_value", "checked", "gone", "holder", "number", "on_use")

    def __init__(
        self, value: Any, holder: str = "an actor", number: str = "", *, checked: bool = True, on_use: Use | None = None
    ) -> None:
        self._value = value
        self.holder = holder
        self.number = number
        self.checked = checked
        self.gone: Sending | None = None
        self.on_use = on_use

    @property
    def value(self) -> Any:
        """What is wrapped; raises CapabilityError after it was sent away."""
        if self.on_use is not None:
            self.on_use(self, self.gone is not None)
        if self.gone is not None and self.checked:
            sent = f"it sent it to {self.gone.receiver} at {format_duration(self.gone.time)}"
            remedy = "use it before sending it, send a copy, or have it sent back"
            raise CapabilityError(f"{self.holder} uses an iso ({self}) that is not its own any more: {sent}; {remedy}")
        return self._value

    def moved(
        self, sending: Sending, elsewhere: Iterable[Found] = (), without: Iterable[object] = ()
    ) -> tuple[Iso, int]:
        """The wrapper of the receiver, and how many objects were looked at to be sure of it.

        `elsewhere` is what the sender holds: where it reaches an object within that may change, other than by objects
        that are `without`, the iso is aliased, and CapabilityError is raised. Without checks nothing is looked at, and
        the sender's wrapper works on.
        """
        looked_at = 0
        if self.checked:
            if self.gone is not None:
                earlier = f"it was sent to {self.gone.receiver} at {format_duration(self.gone.time)} already"
                sending.denied(f"an iso ({self})", earlier, "an iso has one owner: send a copy, or a val")
            looked_at = self._demand_sole(sending, elsewhere, without)
        self.gone = sending
        mine = Iso(self._value, sending.receiver, self.number, checked=self.checked, on_use=self.on_use)
        return mine, looked_at

    def _demand_sole(self, sending: Sending, elsewhere: Iterable[Found], without: Iterable[object]) -> int:
        inside = {Same(part.thing): part.path for part in reached([Found(self._value, "")]) if is_mutable(part.thing)}
        looked_at = len(inside)
        for other in reached(elsewhere, (self, *without)):
            looked_at += 1
            path = inside.get(Same(other.thing))
            if path is not None:
                what = f"{other.path} refers to its value{path} too ({type(other.thing).__name__})"
                sending.denied(f"an iso ({self})", what, "delete that reference before, or put a copy into one of them")
        return looked_at

    def __str__(self) -> str:
        return f"{type(self._value).__name__} {self.number}".rstrip()


class Val:
    """A reference to an object that nobody can change, nor anything that it holds; all may have it.

    Raises CapabilityError where something can be changed, with the way to it; `looked_at` counts the objects.
    """

    __slots__ = ("looked_at", "value")

    def __init__(self, value: Any, holder: str = "an actor", *, checked: bool = True) -> None:
        self.value = value
        self.looked_at = 0
        if checked:
            for part in reached([Found(value, "value")]):
                self.looked_at += 1
                if is_mutable(part.thing) and not isinstance(part.thing, Val | Tag):
                    what = f"{part.path} is a {type(part.thing).__name__}, which can be changed"
                    remedy = "use tuples, frozensets, frozen dataclasses and numbers only, or make it an iso"
                    raise CapabilityError(f"{holder} makes a val of a {type(value).__name__}: {what}; {remedy}")


class Ref:
    """A reference to an object that may change and stays with its actor: it cannot be sent."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Tag:
    """Who or what something is, such as another actor, and nothing else: it can be compared and sent, not read."""

    __slots__ = ("identity",)

    def __init__(self, identity: Any) -> None:
        self.identity = identity

    @property
    def value(self) -> NoReturn:
        """What a tag denies."""
        remedy = "ask its owner by a message, or have an iso or a val sent"
        raise CapabilityError(f"a tag ({self.identity!r}) is read, which only tells who or what it is; {remedy}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tag) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)


CAPABILITIES = (Iso, Val, Ref, Tag)
