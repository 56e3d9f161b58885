"""How a payload passes from one actor to another: moved, shared, or copied, with its checks and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sim.runtime.capabilities import CAPABILITIES, Iso, Ref, Sending, Tag, Val
from sim.runtime.object_graph import PLAIN, Found, is_mutable, reached
from sim.units import Duration


class CapabilityConfig(BaseModel):
    """Reference capabilities of actors' payloads, and what passing them costs, in work at full speed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    mode: Literal["checked", "unchecked"] = Field(
        default="checked", description="whether what capabilities deny is found out at each send and use"
    )
    check: Duration = Field(default=10, description="finding out that a reference may be sent, where it is checked")
    check_object: Duration = Field(
        default=2, description="looking at one object, for what else refers to it or whether it can be changed"
    )
    trace: bool = Field(default=False, description="whether each making, sending and use of an iso is recorded")


def capability_config(value: Any) -> Any:
    """The options for a mode alone, `checked` or `unchecked`."""
    return {"mode": value} if isinstance(value, str) else value


AnyCapabilityConfig = Annotated[
    CapabilityConfig, BeforeValidator(capability_config, json_schema_input_type=CapabilityConfig | str)
]


Held = Callable[[], tuple[Iterable[Found], Iterable[object]]]


def nothing_held() -> tuple[Iterable[Found], Iterable[object]]:
    """Of a sender that holds nothing."""
    return (), ()


class Passed(NamedTuple):
    """A payload as its receiver has it, the work of passing it (ns), and the capability that it went by."""

    payload: Any
    work: int
    capability: str


class Passing:
    """Passes payloads for the actors of one node.

    `now()` is its clock (ns), `copying(size)` the work of copying so many bytes, and `record("iso", **fields)` makes a
    record of what becomes of isos.
    """

    def __init__(
        self,
        config: CapabilityConfig,
        node: int,
        now: Callable[[], int],
        copying: Callable[[int], int],
        record: Callable[..., None],
    ) -> None:
        self.config = config
        self.checked = config.mode == "checked"
        self._node, self._now, self._copying, self.record = node, now, copying, record
        self._isos = 0

    def iso(self, value: Any, holder: str) -> Iso:
        """Wrap what nobody else refers to; the actor lets go of its own references to it."""
        self._isos += 1
        number = f"{self._node}.{self._isos}"
        self._tell(number, "made", holder, None)
        return Iso(value, holder, number, checked=self.checked, on_use=self._used if self.config.trace else None)

    def val(self, value: Any, holder: str) -> tuple[Val, int]:
        """Wrap what nobody can change; with the work of making sure."""
        made = Val(value, holder, checked=self.checked)
        return made, made.looked_at * self.config.check_object

    def pass_on(
        self, payload: Any, size: int, sender: str, receiver: str, *, local: bool, held: Held = nothing_held
    ) -> Passed:
        """Pass a payload of so many bytes to an actor, of this node where `local`; raises CapabilityError.

        Within a node, what is wrapped is not copied; what is not is. Between nodes all crosses the network, and the
        work of that is not in what this gives. `held()` gives what the sender holds, which is looked through for
        aliases of an iso, and objects that are not the sender's.
        """
        sending = Sending(sender, receiver, self._now())
        wrappers = _wrappers(payload)
        if not wrappers:
            copied = deepcopy(payload) if self.checked and _can_change(payload) else payload
            return Passed(copied, self._copying(size) if local else 0, "copy")
        work = self.config.check * len(wrappers) if self.checked else 0
        passed = []
        for wrapper in wrappers:
            mine, looked_at = self._moved(wrapper, sending, held)
            passed.append(mine)
            work += looked_at * self.config.check_object
        names = "+".join(dict.fromkeys(type(wrapper).__name__.lower() for wrapper in wrappers))
        return Passed(_with(payload, passed), work, names)

    def _moved(self, wrapper: Any, sending: Sending, held: Held) -> tuple[Any, int]:
        if isinstance(wrapper, Ref) and self.checked:
            what = f"a ref ({type(wrapper.value).__name__})"
            sending.denied(
                what, "a ref stays with its actor", "send a copy, make it an iso, or give a tag of its owner"
            )
        if not isinstance(wrapper, Iso):
            return wrapper, 0
        mine, looked_at = wrapper.moved(sending, *(held() if self.checked else ()))
        self._tell(wrapper.number, "sent", sending.sender, sending.receiver)
        return mine, looked_at

    def _used(self, iso: Iso, gone: bool) -> None:
        self._tell(iso.number, "used", iso.holder, None)

    def _tell(self, number: str, event: str, actor: str, to: str | None) -> None:
        if self.config.trace:
            self.record("iso", iso=number, event=event, actor=actor, to=to)


def _can_change(payload: Any) -> bool:
    return not isinstance(payload, PLAIN) and any(is_mutable(part.thing) for part in reached([Found(payload, "")]))


def _parts(payload: Any) -> Sequence[Any]:
    """The fields of a payload that is a frozen dataclass or a tuple, else the payload alone."""
    if is_dataclass(payload) and not isinstance(payload, type):
        return [getattr(payload, field.name) for field in fields(payload)]
    return payload if isinstance(payload, tuple) else [payload]


def _wrappers(payload: Any) -> list[Iso | Val | Ref | Tag]:
    return [part for part in _parts(payload) if isinstance(part, CAPABILITIES)]


def _with(payload: Any, passed: list[Any]) -> Any:
    """The payload with these wrappers in the places of its own."""
    if isinstance(payload, CAPABILITIES):
        return passed[0]
    left = iter(passed)
    parts = [next(left) if isinstance(part, CAPABILITIES) else part for part in _parts(payload)]
    if isinstance(payload, tuple):
        return type(payload)(*parts) if hasattr(payload, "_fields") else tuple(parts)
    names = (field.name for field in fields(payload))
    return replace(payload, **dict(zip(names, parts, strict=True)))
