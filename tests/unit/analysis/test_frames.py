"""Frames: a run as tables, the same from disk and from memory."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis import frames
from analysis.manifest import describe
from analysis.run_folder import RunFolder, open_run
from analysis.run_writer import RunWriter
from analysis.samples_file import Sample
from sim.network.config import IndependentLoss, NetworkConfig
from sim.records import Detail, Record
from tests.small_protocols import MILLISECOND, SECOND, flooding
from topologies.errors import InputError

SAMPLES = [Sample(0, None, "progress", 0.25), Sample(SECOND, 3, "messages_sent", 2.0)]


def keep(folder: Path, detail: Detail = "messages") -> tuple[RunFolder, list[Record]]:
    """A run of flooding with losses on disk, and its rows."""
    simulation = flooding(
        nodes=20, kind="mesh", detail=detail, network=NetworkConfig(loss=IndependentLoss(probability=0.3))
    )
    rows = simulation.keep_records()
    with RunWriter(folder) as writer:
        simulation.run(until=SECOND)
        writer.write(rows)
        writer.samples += SAMPLES
        return open_run(writer.finish(describe(simulation, {}, ended_by="duration", rows=len(rows)), {})), rows


def test_records_have_their_fields_in_columns(tmp_path: Path) -> None:
    """Every state record is a row, its fields are columns, and missing integers do not make floats of the others."""
    run, rows = keep(tmp_path / "run")
    frame = frames.records(run)
    states = [row for row in rows if "message" not in row.fields]
    assert list(frame["kind"]) == [row.kind for row in states]
    assert list(frame.columns[:4]) == ["time", "sequence", "node", "kind"]
    informed = frame[frame["kind"] == "informed"]
    assert informed["source"].dtype == "Int64"
    assert informed["source"].isna().sum() == 1
    assert (informed["time"] == (informed["round"] + 1) * MILLISECOND).all()
    assert frame.loc[0, "tags"] == ("a", ("b", 1))
    assert list(frames.records(run, ["announced"])["kind"]) == ["announced"]


def test_messages_have_latency_where_delivered(tmp_path: Path) -> None:
    """Each message whose fate is known is a row; delivered ones took 1 ms, lost ones have no latency."""
    run, rows = keep(tmp_path / "run")
    frame = frames.messages(run)
    assert len(frame) == sum("message" in row.fields for row in rows)
    assert set(frame["outcome"]) == {"delivered", "lost"}
    assert (frame.loc[frame["outcome"] == "delivered", "latency"] == MILLISECOND).all()
    assert frame.loc[frame["outcome"] == "lost", "latency"].isna().all()


def test_disk_and_memory_give_the_same_frames(tmp_path: Path) -> None:
    """Frames of a run folder are those of the records that were kept in memory, types included."""
    run, rows = keep(tmp_path / "run", "all")
    pd.testing.assert_frame_equal(frames.records(run), frames.records(rows))
    pd.testing.assert_frame_equal(frames.messages(run), frames.messages(rows))
    pd.testing.assert_frame_equal(frames.samples(run), frames.samples(SAMPLES))


def test_samples_come_in_long_form(tmp_path: Path) -> None:
    """Samples keep time, node, metric and value, the node missing for the whole system."""
    frame = frames.samples(keep(tmp_path / "run")[0])
    assert frame["node"].tolist() == [pd.NA, 3]
    assert frame["value"].tolist() == [0.25, 2.0]


def test_messages_that_were_not_kept_say_so(tmp_path: Path) -> None:
    """A run at detail `states` has no messages to give, and says how to get them."""
    with pytest.raises(InputError, match="--detail messages"):
        frames.messages(keep(tmp_path / "run", "states")[0])


def test_nothing_is_an_empty_frame() -> None:
    """No records give frames without rows, with the columns that are always there."""
    assert list(frames.records([]).columns) == ["time", "sequence", "node", "kind"]
    assert len(frames.messages([])) == len(frames.samples([])) == 0


def test_fields_of_any_name_and_size_are_kept() -> None:
    """A field called like a column gets a name of its own, and huge integers and mixed values stay what they are."""
    told = [
        Record(0, 0, None, "odd", {"node": 5, "big": 1 << 80, "mixed": 1, "truth": True, "x": 1.5}),
        Record(1, 1, 2, "odd", {"mixed": "a"}),
    ]
    frame = frames.records(told)
    assert frame["node"].tolist() == [pd.NA, 2]
    assert frame["field.node"].tolist() == [5, pd.NA]
    assert frame["big"].tolist() == [1 << 80, None]
    assert frame["mixed"].tolist() == [1, "a"]
    assert frame["truth"].tolist() == [True, pd.NA]
    assert frame["x"].dtype == "float64"
