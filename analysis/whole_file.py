"""Writes a file that is in place whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from topologies.errors import InputError


def write_whole(path: Path, pieces: Iterable[str] | bytes) -> Path:
    """Write text, in pieces, or bytes, and return the path.

    What is there stays until all is written. Raises InputError where the place cannot be written to.
    """
    if path.is_dir():
        raise InputError(f"cannot write {path}: it is a folder; name a file in it")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if isinstance(pieces, bytes):
            temporary.write_bytes(pieces)
        else:
            with temporary.open("w", encoding="utf-8", newline="") as file:
                file.writelines(pieces)
        return temporary.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}; choose another place") from None
    finally:
        with suppress(OSError):
            temporary.unlink()
