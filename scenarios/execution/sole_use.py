"""One process at a time in the folder of an execution: two would write over each other's parts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from topologies.errors import InputError


@contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made where there is none; the system lets go of it whatever becomes of the process.

    Raises InputError where another process holds it. Where a system or a file system knows no such locks, nothing is
    held.
    """
    held = _opened(folder)
    try:
        if held is not None:
            _lock(held, folder)
        yield
    finally:
        if held is not None:
            os.close(held)


def _opened(folder: Path) -> int | None:
    """Return a descriptor of a folder; None where it cannot be had, which who writes there tells better."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder, os.O_RDONLY)
    return None


def _lock(held: int, folder: Path) -> None:
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # Windows
        return
    try:
        flock(held, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        message = f"{folder} is being run by another process; wait until it ends, or give another folder"
        raise InputError(message) from None
    except OSError:  # a file system without locks
        return
