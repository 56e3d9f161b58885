"""What an object reaches: all that it holds, and all that these hold, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from enum import Enum
from functools import partial
from inspect import CO_GENERATOR, getclosurevars
from types import BuiltinFunctionType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, Final, NamedTuple

PLAIN: Final = (type(None), bool, int, float, complex, str, bytes, range, type(Ellipsis))
"""What holds nothing and never changes."""
CODE: Final = (type, ModuleType)
"""What belongs to the program, not to one of its actors."""
FUNCTIONS: Final = (FunctionType, MethodType, BuiltinFunctionType, partial)
"""What may hold objects that it was made with."""


class Same:
    """An object as a key by its identity, whatever it calls equal."""

    __slots__ = ("thing",)

    def __init__(self, thing: object) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.thing is other.thing

    def __hash__(self) -> int:
        return object.__hash__(self.thing)


class Found(NamedTuple):
    """An object that was reached, and the way to it from where the search began, such as `.orders[3]`."""

    thing: Any
    path: str


def parts_of(thing: Any) -> Iterator[Found]:
    """What an object holds, each with its way from there."""
    if isinstance(thing, (*PLAIN, *CODE, Enum)):
        return
    if isinstance(thing, Mapping):
        for key, value in thing.items():
            yield Found(key, f" key {key!r}")
            yield Found(value, f"[{key!r}]")
    elif isinstance(thing, list | tuple):
        names = getattr(thing, "_fields", None)
        for place, value in enumerate(thing):
            yield Found(value, f"[{place}]" if names is None else f".{names[place]}")
    elif isinstance(thing, set | frozenset):
        for value in sorted(thing, key=repr):
            yield Found(value, "{}")
    elif isinstance(thing, FUNCTIONS):
        yield from _made_with(thing)
    yield from _attributes(thing)


def _made_with(function: Any) -> Iterator[Found]:
    """What a function closes over, or is bound to."""
    if isinstance(function, FunctionType):
        variables = getclosurevars(function).nonlocals
        yield from (Found(value, f" over {name}") for name, value in variables.items())
    else:
        for name in ("__self__", "func", "args", "keywords"):
            yield Found(getattr(function, name, None), f".{name}")


def _attributes(thing: Any) -> Iterator[Found]:
    names = list(getattr(thing, "__dict__", ()))
    for kind in type(thing).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else slots
    for name in names:
        if name not in ("__dict__", "__weakref__") and hasattr(thing, name):
            yield Found(getattr(thing, name), f".{name}")


def reached(things: Iterable[Found], without: Iterable[object] = ()) -> Iterator[Found]:
    """All objects that these reach, themselves first, without what holds nothing and never changes.

    The objects `without` are not reached, nor anything through them alone.
    """
    seen = {Same(thing): None for thing in without}
    left = list(things)[::-1]
    while left:
        found = left.pop()
        if isinstance(found.thing, (*PLAIN, *CODE)) or Same(found.thing) in seen:
            continue
        seen[Same(found.thing)] = None
        yield found
        left += [Found(part.thing, found.path + part.path) for part in parts_of(found.thing)][::-1]


def is_mutable(thing: Any) -> bool:
    """Whether an object itself can change; what it holds is another question.

    Immutable are Python's own immutable classes, members of enumerations, frozen dataclasses, and named tuples.
    """
    if isinstance(thing, (*PLAIN, *CODE, *FUNCTIONS, Enum)):
        return False
    if isinstance(thing, tuple | frozenset):
        return bool(getattr(thing, "__dict__", None))
    if is_dataclass(thing):
        kind: Any = type(thing)
        return not kind.__dataclass_params__.frozen
    return True


def held_by_generators(frame: FrameType | None, but_of: str) -> Iterator[Found]:
    """The local variables of a frame and those that called it, as long as these are generators: of a whole thread.

    Those of a package `but_of` are left out.
    """
    while frame is not None and frame.f_code.co_flags & CO_GENERATOR:
        if not frame.f_globals["__name__"].startswith(but_of):
            yield from (Found(value, name) for name, value in frame.f_locals.items())
        frame = frame.f_back
