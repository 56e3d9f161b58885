"""A run as pandas frames, for notebooks: records, messages and samples. Times are nanoseconds of simulated time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from analysis.events_file import COLUMNS as EVENT_COLUMNS
from analysis.node_life import is_state
from analysis.run_folder import RunFolder
from analysis.samples_file import COLUMNS as SAMPLE_COLUMNS
from analysis.samples_file import Sample
from sim.records import OUTCOMES, Record
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Source = RunFolder | Iterable[Record]
"""A run on disk, or the records that `Simulation.keep_records` kept."""

BASE: tuple[str, ...] = EVENT_COLUMNS[:4]
MESSAGE_COLUMNS = ("source", "destination", "message", "sent_at", "size")


def records(source: Source, kinds: Collection[str] | None = None) -> pd.DataFrame:
    """Return the state records, one row each, every field in a column of its own; only of `kinds`, or of one kind.

    Columns `time`, `sequence`, `node` (missing where a record is about the whole system), `kind`, then the fields
    by name; a field called like one of these four is named `field.NAME`.
    """
    rows = [record for record in _records(source, kinds) if is_state(record)]
    names = sorted({name for record in rows for name in record.fields})
    fields = {_column(name): [record.fields.get(name) for record in rows] for name in names}
    return _frame(rows, fields)


def messages(source: Source) -> pd.DataFrame:
    """Return the messages whose fate is known, one row each, in the order in which it was decided.

    Columns `time` (of the outcome), `sequence`, `node` (where it was decided), `outcome`, `source`, `destination`,
    `message` (its kind), `sent_at` and `size` in bytes (0: the network's default), `latency` in nanoseconds, which is
    missing where a message was not delivered. Raises InputError for a run on disk whose detail kept no messages.
    """
    if isinstance(source, RunFolder):
        refuse_without_messages(source.manifest.detail, str(source.path))
    rows = [record for record in _records(source, OUTCOMES) if not is_state(record)]
    fields = {name: [record.fields[name] for record in rows] for name in MESSAGE_COLUMNS}
    fields["latency"] = [row.time - row.fields["sent_at"] if row.kind == "delivered" else None for row in rows]
    return _frame(rows, fields).rename(columns={"kind": "outcome"})


def refuse_without_messages(detail: str, name: str) -> None:
    """Raise InputError where a run, which messages call `name`, was kept at a level of detail without messages."""
    if detail not in ("messages", "all"):
        raise InputError(f"{name} kept no messages (detail {detail}); run it again with --detail messages")


def samples(source: RunFolder | Iterable[Sample]) -> pd.DataFrame:
    """Return the time series in long form: `time`, `node` (missing for the whole system), `metric`, `value`."""
    import pandas as pd

    rows = source.samples() if isinstance(source, RunFolder) else list(source)
    columns: dict[str, Any] = {name: [row[place] for row in rows] for place, name in enumerate(SAMPLE_COLUMNS)}
    columns["time"] = pd.array(columns["time"], dtype="int64")
    columns["node"] = pd.array(columns["node"], dtype="Int64")
    columns["value"] = pd.array(columns["value"], dtype="float64")
    return pd.DataFrame(columns)


def _records(source: Source, kinds: Collection[str] | None) -> Iterable[Record]:
    if isinstance(source, RunFolder):
        return source.records(kinds)
    kinds = {kinds} if isinstance(kinds, str) else kinds
    return source if kinds is None else (record for record in source if record.kind in kinds)


def _column(name: str) -> str:
    return f"field.{name}" if name in BASE else name


def _frame(rows: list[Record], fields: dict[str, list[Any]]) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {
        "time": pd.array([record.time for record in rows], dtype="int64"),
        "sequence": pd.array([record.sequence for record in rows], dtype="int64"),
        "node": pd.array([record.node for record in rows], dtype="Int64"),
        "kind": [record.kind for record in rows],
    }
    return pd.DataFrame(columns | {name: _typed(values) for name, values in fields.items()})


def _typed(values: list[Any]) -> Any:
    """Integers and truth values stay what they are though some are missing; other values as pandas takes them."""
    import pandas as pd

    classes = {value.__class__ for value in values if value is not None}
    if classes == {bool}:
        return pd.array(values, dtype="boolean")
    if classes == {int} and all(value is None or -(1 << 63) <= value < 1 << 63 for value in values):
        return pd.array(values, dtype="Int64")
    if classes == {float}:
        return pd.array([float("nan") if value is None else value for value in values], dtype="float64")
    return pd.Series(values, dtype=object if classes != {str} else None)
