"""Run folders: what is read is what was written, and what cannot be trusted is told apart."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.canonical import readable_json
from analysis.events_file import EventsWriter, read_events
from analysis.manifest import content_checksum, describe
from analysis.run_folder import open_run
from analysis.run_writer import DATA_FILES, MANIFEST, RunWriter, point_latest
from analysis.samples_file import Sample
from sim.records import Detail, Record
from sim.simulation import Simulation
from tests.small_protocols import SECOND, flooding
from topologies.errors import InputError

ROOT = Path(__file__).parents[3]
SAMPLES = [Sample(0, None, "informed", 0.0), Sample(SECOND, 3, "sent", 2.0)]


def write_run(target: Path, detail: Detail = "messages", seed: int = 7) -> tuple[Path, list[Record], Simulation]:
    """A run of flooding in a folder, the rows that were written, and the simulation."""
    simulation = flooding(seed=seed, detail=detail)
    rows: list[Record] = []
    with RunWriter(target) as writer:

        def keep(batch: list[Record]) -> None:
            rows.extend(batch)
            writer.write(batch)

        simulation.recorder.sink = keep
        simulation.run(until=SECOND)
        writer.samples += SAMPLES
        manifest = describe(simulation, {"name": "flooding"}, ended_by="duration", rows=writer.events.rows)
        folder = writer.finish(manifest, {"converged_at": None}, {"wall_seconds": 0.1})
    return folder, rows, simulation


@pytest.mark.parametrize("detail", ["summary", "states", "messages", "all"])
def test_what_is_read_is_what_was_written(tmp_path: Path, detail: Detail) -> None:
    """At every level of detail a run folder gives back the records, samples, summary, timing and manifest."""
    folder, rows, simulation = write_run(tmp_path / "run", detail)
    run = open_run(folder)
    assert list(run.records()) == rows
    assert bool(rows) == (detail != "summary")
    assert run.samples() == SAMPLES
    assert run.summary == {"converged_at": None}
    assert run.timing == {"wall_seconds": 0.1}
    assert run.notices == ()
    assert run.manifest.digest == simulation.digest()
    assert run.manifest.balance.sums
    assert run.manifest.counts.rows == len(rows)
    assert run.manifest.topology.digest == simulation.topology.digest()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]


def test_records_of_some_kinds_can_be_read_alone(tmp_path: Path) -> None:
    """Asked for some kinds of records, a run folder gives all of those and no others."""
    folder, rows, _ = write_run(tmp_path / "run")
    assert list(open_run(folder).records({"informed"})) == [row for row in rows if row.kind == "informed"]


def test_equal_runs_have_equal_files(tmp_path: Path) -> None:
    """Two runs of the same seed give the same bytes in every file; another seed gives another manifest."""
    first, second, other = (write_run(tmp_path / name, seed=seed)[0] for name, seed in (("a", 7), ("b", 7), ("c", 8)))
    for name in (*DATA_FILES, MANIFEST):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert (first / MANIFEST).read_bytes() != (other / MANIFEST).read_bytes()


def test_file_does_not_depend_on_how_records_are_handed_over(tmp_path: Path) -> None:
    """Batches of any size give the same bytes, so that a run in pieces writes the file of a run in one go."""
    records = [Record(i, i, i % 5, "seen", {"value": i}) for i in range(70_000)]
    sizes = {"whole": 70_000, "pieces": 977}
    for name, size in sizes.items():
        writer = EventsWriter(tmp_path / name)
        for start in range(0, len(records), size):
            writer.write(records[start : start + size])
        writer.close()
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "pieces").read_bytes()


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
names = st.sampled_from(["source", "destination", "message", "sent_at", "size", "time", "fields", "node", "tags"])
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=5)


@given(st.lists(st.tuples(st.none() | st.integers(0, 99), st.dictionaries(names, values)), min_size=1, max_size=20))
def test_fields_of_any_kind_survive(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, Any]]) -> None:
    """Fields of every type that a record may hold come back with value and type, whatever their name."""
    records = [Record(i, i, node, "kind", fields) for i, (node, fields) in enumerate(rows)]
    path = tmp_path_factory.mktemp("fields") / "events.parquet"
    writer = EventsWriter(path)
    writer.write(records)
    writer.close()
    assert repr([record._replace(fields=sorted(record.fields.items())) for record in read_events(path)]) == repr(
        [record._replace(fields=sorted(record.fields.items())) for record in records]
    )


def fail(writer: RunWriter, rows: list[Record]) -> None:
    """A run that is interrupted."""
    writer.write(rows)
    raise KeyboardInterrupt


def test_a_failing_run_leaves_the_earlier_one(tmp_path: Path) -> None:
    """A run that fails while it writes leaves the complete run that was there, and nothing of its own."""
    folder, rows, _ = write_run(tmp_path / "run")
    writer = RunWriter(folder)
    with pytest.raises(KeyboardInterrupt), writer:
        fail(writer, rows)
    assert list(open_run(folder).records()) == rows
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_second_run_replaces_the_first_and_keeps_what_is_not_of_it(tmp_path: Path) -> None:
    """A complete run takes the place of the earlier one, and a user's file beside that one is not lost."""
    folder, _, _ = write_run(tmp_path / "run")
    (folder / "notes.txt").write_text("mine")
    _, rows, simulation = write_run(folder, seed=8)
    assert open_run(folder).manifest.digest == simulation.digest()
    assert list(open_run(folder).records()) == rows
    assert [path.read_text() for path in tmp_path.rglob("notes.txt")] == ["mine"]


KILLED = """
import os, signal, sys
from pathlib import Path
from analysis import run_writer
from tests.unit.analysis.test_run_folder import write_run
left = int(sys.argv[2])
def traced(event, arguments):
    global left
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir") and sys.argv[1] in str(arguments):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(traced)
write_run(Path(sys.argv[1]), seed=int(sys.argv[3]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL")
@pytest.mark.parametrize("moment", [0, 1, 10, 12, 13, 15, 16, 17, 18, 22, 23])
def test_killed_at_any_moment_no_half_run_is_left(tmp_path: Path, moment: int) -> None:
    """Killed between any two changes of its files, a run leaves no manifest or a whole run, and an older run whole."""
    folder, _, old = write_run(tmp_path / "run", seed=1)
    command = [sys.executable, "-c", KILLED, str(folder), str(moment), "2"]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode != 0
    new = flooding(seed=2, detail="messages").run(until=SECOND)
    found = [open_run(path).manifest.digest for path in tmp_path.iterdir() if (path / MANIFEST).exists()]
    assert new.digest() in found or (killed and old.digest() in found)
    assert set(found) <= {new.digest(), old.digest()}


def damage(name: str) -> Callable[[Path], None]:
    """Change one byte in the middle of a file."""

    def change(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(bytes(data))

    return change


def edit(folder: Path, forged: bool = False, **changes: Any) -> None:
    """Change fields of a manifest, with a checksum made anew where `forged`."""
    data = json.loads((folder / MANIFEST).read_text()) | changes
    if forged:
        data["checksum"] = content_checksum(data)
    (folder / MANIFEST).write_text(readable_json(data))


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        *((damage(name), f"damaged: {name} is not as it was written") for name in DATA_FILES),
        *((lambda folder, name=name: (folder / name).unlink(), f"damaged: {name} is missing") for name in DATA_FILES),
        (lambda folder: (folder / MANIFEST).unlink(), "unfinished run"),
        (lambda folder: (folder / MANIFEST).write_text("{"), "is not JSON"),
        (lambda folder: (folder / MANIFEST).write_text("[]"), "is not one that Murmur wrote"),
        (lambda folder: edit(folder, seed=8), "was edited"),
        (lambda folder: edit(folder, forged=True, seed="x"), "has no valid seed"),
        (lambda folder: edit(folder, forged=True, format=99), "in a newer way"),
    ],
)
def test_harm_is_named(tmp_path: Path, harm: Callable[[Path], None], message: str) -> None:
    """Each way in which a run folder can be harmed gets its own message."""
    folder, _, _ = write_run(tmp_path / "run")
    harm(folder)
    with pytest.raises(InputError, match=message):
        open_run(folder)


def test_a_run_of_another_version_is_read_with_a_notice(tmp_path: Path) -> None:
    """A run that another version made can be read, and the reader is told so."""
    folder, rows, _ = write_run(tmp_path / "run")
    edit(folder, forged=True, murmur="0.0.1", versions={"python": "3.9.0"})
    run = open_run(folder)
    assert list(run.records()) == rows
    assert any("made with murmur 0.0.1" in notice for notice in run.notices)
    assert any("made with python 3.9.0" in notice for notice in run.notices)


def test_where_there_is_no_run_says_so(tmp_path: Path) -> None:
    """A missing folder, an empty one, a file and a run that still goes on are told apart."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    with RunWriter(tmp_path / "running"):
        for name, message in {
            "absent": "is not there; expected a run folder",
            "empty": "is no run folder",
            "file": "is a file; expected",
            "running": "its run is unfinished",
            "running.unfinished": "is an unfinished run",
        }.items():
            with pytest.raises(InputError, match=message):
                open_run(tmp_path / name)


def test_nothing_but_a_run_is_ever_replaced(tmp_path: Path) -> None:
    """A folder with other things in it, a file, and a place that cannot be written to are refused before the run."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").write_text("")
    (tmp_path / "file").write_text("")
    for name, message in {
        "home": "holds no run but thesis.tex",
        "file": "is a file",
        "file/run": "cannot write",
    }.items():
        with pytest.raises(InputError, match=message):
            RunWriter(tmp_path / name)


def test_latest_leads_to_the_run_named_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`latest` leads to the newest run, as a link, and as a text file where links cannot be made."""
    first, second = write_run(tmp_path / "a")[0], write_run(tmp_path / "b", seed=8)[0]
    point_latest(first)
    point_latest(second)
    assert open_run(tmp_path / "latest").manifest == open_run(second).manifest

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError

    monkeypatch.setattr(Path, "symlink_to", refuse)
    point_latest(first)
    assert (tmp_path / "latest").is_file()
    assert not (tmp_path / "latest").is_symlink()
    assert open_run(tmp_path / "latest").manifest == open_run(first).manifest


MILLION = """
import re, sys
from pathlib import Path
from analysis.events_file import EventsWriter
from sim.records import Record
writer = EventsWriter(Path(sys.argv[1]))
fields = {"destination": 1, "message": "Rumor", "size": 0}
for start in range(0, 1_000_000, 16_384):
    rows = range(start, min(start + 16_384, 1_000_000))
    writer.write([Record(i, i, i % 1000, "delivered", {"source": i % 999, "sent_at": i, **fields}) for i in rows])
writer.close()
print(writer.rows, re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""
# VmHWM, because ru_maxrss begins at the size of the process that started this one.


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
def test_a_million_records_fit_in_little_memory(tmp_path: Path) -> None:
    """Writing a million records of messages peaks below 400 MiB of memory, the interpreter included."""
    command = [sys.executable, "-c", MILLION, str(tmp_path / "events.parquet")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows, peak = map(int, run.stdout.split())
    assert rows == 1_000_000
    assert peak < 400 * 1024
