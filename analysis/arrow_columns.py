"""Arrow columns from Python values. `pyarrow.array` would import pandas first, which takes longer than many a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pyarrow as pa

_NUMPY_NAMES: Final = {"int32": "int32", "int64": "int64", "double": "float64"}


def column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return a column of integers, floats or text, or of text kept once for each value; None where one is missing."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return _names(values, kind)
    return _texts(values) if pa.types.is_string(kind) else _numbers(values, kind)


def _numbers(values: Sequence[float | None], kind: pa.DataType) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    validity, missing = _validity(values)
    present = [0 if value is None else value for value in values] if missing else values
    numbers = np.array(present, dtype=_NUMPY_NAMES[str(kind)])
    return pa.Array.from_buffers(kind, len(values), [validity, pa.py_buffer(numbers)], missing)


def _texts(values: Sequence[str | None]) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    validity, missing = _validity(values)
    encoded = [(value or "").encode() for value in values]
    offsets = np.zeros(len(values) + 1, dtype=np.int32)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    buffers = [validity, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers, missing)


def _names(values: Sequence[str | None], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    names = [name for name in dict.fromkeys(values) if name is not None]
    places = {name: place for place, name in enumerate(names)}
    indices = _numbers([None if value is None else places[value] for value in values], kind.index_type)
    return pa.DictionaryArray.from_arrays(indices, _texts(names))


def _validity(values: Sequence[Any]) -> tuple[pa.Buffer | None, int]:
    """Return the bitmap of which values are there, None where all are, and the number of those that are missing."""
    import numpy as np
    import pyarrow as pa

    missing = sum(value is None for value in values)
    if not missing:
        return None, 0
    present = np.fromiter((value is not None for value in values), dtype=bool, count=len(values))
    return pa.py_buffer(np.packbits(present, bitorder="little")), missing
