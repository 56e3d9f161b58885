"""Many runs on worker processes: the same rows whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from multiprocessing import active_children
from pathlib import Path

import pytest

from scenarios.execution.execute import execute
from scenarios.execution.parts import PART
from scenarios.execution.results import Results
from scenarios.execution.row import DIED, Row
from tests.unit.scenarios.execution.trouble import SETTING, files, run_all, scenario, tasks
from topologies.errors import InputError

RUNS = 2 * PART + 40


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an execution by one worker to which nothing happened."""
    folder = tmp_path_factory.mktemp("execution") / "undisturbed"
    run_all(folder, tasks(RUNS), 1)
    return folder


def test_every_task_has_one_row(undisturbed: Path) -> None:
    """Rows are there for each number once, in order, each with its digest."""
    rows = Results(undisturbed, {"of": "trouble"}, resume=True).rows()
    assert [row["number"] for row in rows] == list(range(RUNS))
    assert len({row["digest"] for row in rows}) == RUNS
    assert {row["error"] for row in rows} == {None}


def test_workers_do_not_change_the_rows(undisturbed: Path, tmp_path: Path) -> None:
    """Two workers leave the same files as one, byte for byte."""
    run_all(tmp_path / "two", tasks(RUNS), 2)
    assert files(tmp_path / "two") == files(undisturbed)
    assert len(files(undisturbed)) == 3


def test_resumed_executions_do_not_change_the_rows(undisturbed: Path, tmp_path: Path) -> None:
    """An execution in three goes, one of which ends within a part, leaves the same files as one in one go."""
    run_all(tmp_path / "goes", tasks(100), 2)
    run_all(tmp_path / "goes", tasks(PART + 3), 1, resume=True)
    run_all(tmp_path / "goes", tasks(RUNS), 2, resume=True)
    assert files(tmp_path / "goes") == files(undisturbed)


def test_a_worker_killed_from_outside_costs_nothing(undisturbed: Path, tmp_path: Path) -> None:
    """Workers that are killed twice in the midst of it change no row, lose none and count none twice."""
    results, seen, kills = Results(tmp_path / "killed", {"of": "trouble"}), [], 0

    def watch(rows: Sequence[Row]) -> None:
        nonlocal kills
        seen.extend(row["number"] for row in rows)
        if len(seen) > 100 * (kills + 1) and kills < 2:
            os.kill(active_children()[0].pid or 0, signal.SIGKILL)
            kills += 1

    execute(tasks(RUNS), results, SETTING, 2, watch)
    assert kills == 2
    assert sorted(seen) == list(range(RUNS))
    assert files(tmp_path / "killed") == files(undisturbed)


def test_a_run_that_kills_its_worker_once_is_done_again(tmp_path: Path) -> None:
    """A run whose process dies the first time has the row that it has where nothing dies."""
    once = scenario("kill", str(tmp_path / "once"))
    work = tasks(20, {11: once})
    killed = run_all(tmp_path / "killed", work, 2).rows()
    assert (tmp_path / "once").exists()
    assert killed == run_all(tmp_path / "well", work, 1).rows()
    assert {row["error"] for row in killed} == {None}


def test_a_run_that_always_kills_its_worker_becomes_a_row(tmp_path: Path) -> None:
    """A fatal run is told apart from those that were handed over with it, and says what became of it."""
    rows = run_all(tmp_path / "fatal", tasks(20, {5: scenario("kill")}), 2).rows()
    assert [row["number"] for row in rows if row["error"]] == [5]
    assert rows[5]["error"] == DIED
    assert [row["number"] for row in rows] == list(range(20))


def test_a_run_that_raises_becomes_a_row(tmp_path: Path) -> None:
    """What a protocol raises, SystemExit too, ends its run alone, and the words for it are the same each time."""
    work = tasks(12, {3: scenario("raise"), 4: scenario("leave"), 5: {**scenario(), "duration": 3}})
    rows = run_all(tmp_path / "one", work, 1).rows()
    assert [row["number"] for row in rows if row["error"]] == [3, 4, 5]
    assert "ValueError: found trouble at <" in str(rows[3]["error"])
    assert "SystemExit: 4" in str(rows[4]["error"])
    assert "duration" in str(rows[5]["error"])
    run_all(tmp_path / "two", work, 2)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_what_is_interrupted_keeps_what_is_done(tmp_path: Path) -> None:
    """Ctrl-C ends all processes, keeps the rows that came in, and the rest is done when it goes on."""
    results, seen = Results(tmp_path / "cut", {"of": "trouble"}), []

    def watch(rows: Sequence[Row]) -> None:
        seen.extend(row["number"] for row in rows)
        if len(seen) > 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute(tasks(RUNS), results, SETTING, 2, watch)
    assert not active_children()
    kept = Results(tmp_path / "cut", {"of": "trouble"}, resume=True)
    assert kept.done == set(seen)
    assert 60 < len(seen) < RUNS


def test_processes_that_cannot_start_are_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no worker lives to its first run, the execution ends with an InputError instead of trying for ever."""
    monkeypatch.setattr("sys.path", [])
    with pytest.raises(InputError, match="worker processes end as soon as they start"):
        run_all(tmp_path / "none", tasks(3), 2)
