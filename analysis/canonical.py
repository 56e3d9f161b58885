"""One spelling for equal data: canonical JSON, and the checksums made of it."""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

_DIGEST_BYTES: Final = 32
_CHUNK: Final = 1 << 20


def canonical_json(data: Any) -> str:
    """Return the shortest JSON of plain data, keys sorted; raises ValueError for NaN and infinity."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)


def readable_json(data: Any) -> str:
    """Return JSON for people, keys in the order given; raises ValueError for NaN and infinity."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def data_checksum(data: Any) -> str:
    """Return the BLAKE2b hash, in hexadecimal, of the canonical JSON of plain data."""
    return blake2b(canonical_json(data).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def file_checksum(path: Path) -> str:
    """Return the BLAKE2b hash, in hexadecimal, of the bytes of a file."""
    running = blake2b(digest_size=_DIGEST_BYTES)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            running.update(chunk)
    return running.hexdigest()
