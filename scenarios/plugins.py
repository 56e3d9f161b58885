"""Protocols that users bring: `package.module:Class`, imported only where the user has allowed that module.

A scenario file by itself can never run code: the module must also be named by `--plugin package.module` or, in Python,
by `allowed_plugins`.
"""

import importlib
import re
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Final, TypeVar

from scenarios.names import did_you_mean
from sim.protocol import Protocol, ProtocolConfig, ProtocolError
from sim.units import shown
from topologies.errors import InputError

Kind = TypeVar("Kind")

_NAME: Final = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)", re.ASCII)


def load_protocol(kind: str, allowed_plugins: Collection[str]) -> type[Protocol]:
    """Return a user's protocol class by its name `package.module:Class`.

    Raises InputError where the module is not allowed or cannot be imported, or holds no such protocol.
    """
    found = load_class(kind, Protocol, "a protocol", allowed_plugins=allowed_plugins)
    if not (isinstance(found.Config, type) and issubclass(found.Config, ProtocolConfig)):
        raise InputError(f"found {shown(kind)}, whose Config is no subclass of ProtocolConfig; derive it from that")
    return found


def load_class(kind: str, base: type[Kind], noun: str, *, allowed_plugins: Collection[str]) -> type[Kind]:
    """Return a user's class, derived from `base`, by its name `package.module:Class`; `noun` says what it is.

    Raises InputError where the module is not allowed or cannot be imported, or holds no such class.
    """
    parts = _NAME.fullmatch(kind)
    if parts is None:
        raise InputError(f"found {shown(kind)}; expected {noun} of your own as package.module:Class")
    module_name, class_name = parts.groups()
    if module_name not in allowed_plugins:
        refused = f"found {shown(kind)}, which would run code of the module {module_name}"
        raise InputError(f"{refused}; to allow that, add --plugin {module_name}")
    module = import_plugin(module_name)
    found = getattr(module, class_name, None)
    if not (isinstance(found, type) and issubclass(found, base)):
        if found is not None:
            raise InputError(
                f"found {shown(kind)}, which is not a subclass of {base.__name__}; "
                f"derive it from murmur.{base.__name__}"
            )
        protocols = [name for name, value in vars(module).items() if isinstance(value, type)]
        near = did_you_mean(class_name, protocols)
        raise InputError(f"found {shown(kind)}, but {module_name} holds no such class{near}")
    return found


def import_plugin(module_name: str) -> ModuleType:
    """Return a module, looked for in the current folder too; whatever its import raises becomes an InputError."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        remedy = "run this where that module can be imported, and check that it can"
        raise InputError(f"the plugin {module_name} cannot be imported ({reason}); {remedy}") from error


def own_modules(protocol: ProtocolConfig) -> tuple[str, ...]:
    """Return the modules of the protocol and the strategy of one's own in a block, which it was allowed to load."""
    kinds = (protocol.kind, getattr(getattr(protocol, "strategy", None), "kind", ""))
    return tuple(dict.fromkeys([kind.partition(":")[0] for kind in kinds if ":" in kind]))


@contextmanager
def blamed_on(kind: str) -> Iterator[None]:
    """Turn what a user's own protocol of this kind raises into a ProtocolError; let Murmur's own pass, with a note."""
    try:
        yield
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        from sim.raised_in import moment_of

        moment = moment_of(error)
        if ":" not in kind:
            if moment is not None:
                error.add_note(f"it came about {moment}")
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        when = "" if moment is None else f", {moment}"
        message = f"the protocol {kind} raised {what}{when} ({_place(error, kind)}); correct it there"
        raise ProtocolError(message) from error


def _place(error: BaseException, kind: str) -> str:
    """Return the line of a protocol's module at which an error came about, or the line that raised it."""
    while error.__cause__ is not None:
        error = error.__cause__
    file = getattr(sys.modules.get(kind.partition(":")[0]), "__file__", None)
    frames = extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == file]
    where = (own or list(frames))[-1]
    return f"{where.filename}:{where.lineno}, in {where.name}"
