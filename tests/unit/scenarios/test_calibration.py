"""Costs are measured by real code, written as a file that says how, and taken by scenarios."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import murmur
from scenarios.calibration import native
from scenarios.calibration.calibrate import Calibration, calibrate
from scenarios.calibration.cost_file import read_costs
from scenarios.command_line.main import main
from sim.hardware.shared.costs import SharedCosts
from topologies.errors import InputError

HAS_COMPILER = any(map(shutil.which, native.COMPILERS))


Invoke = Callable[..., Any]
"""Runs the command, in a folder of its own, and gives what it prints as JSON."""


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Invoke:
    """The command; on a machine that is busy, waking may be measured as so slow that a run is not over in time."""

    def run(*arguments: str) -> Any:
        monkeypatch.chdir(tmp_path)
        assert main([*arguments, "--json"]) in (0, 3)  # a run that ends before its threads do knows less
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    """A calibration of this machine, with each measurement made twice."""
    return calibrate(tmp_path_factory.mktemp("costs") / "costs.yaml", repeats=2)


def test_every_measurement_is_a_time(written: Calibration) -> None:
    """All medians are above zero and within a second; each says how it was made."""
    assert written.measurements
    for one in written.measurements:
        assert 0 < one.estimate.value < 1e9, one.measure.name
        assert one.repeats == 2
        assert len(one.measure.how) > 20


@pytest.mark.skipif(not HAS_COMPILER, reason="no C compiler is installed")
def test_all_costs_are_measured_where_there_is_a_compiler(written: Calibration) -> None:
    """Each cost of shared state has a measurement of its own."""
    assert set(written.plain()["hardware"]["shared"]) == set(SharedCosts.model_fields)


def test_measuring_leaves_threads_where_they_might_run(written: Calibration) -> None:
    """Processors that threads were bound to for a measurement are given free again."""
    assert written.machine["processors"] == len(native.usable_cpus())


def test_a_file_of_costs_changes_a_run(written: Calibration, invoke: Invoke) -> None:
    """What the file says is what the scenario has, from Python and from the command line."""
    assert written.path is not None
    overrides = read_costs(written.path)
    assert overrides == written.overrides()
    (hardware,) = murmur.load("lock-convoy", overrides).hardware
    mutex = overrides["hardware.shared.mutex"]
    assert hardware.shared.mutex.model_dump(mode="json")["value"] == mutex
    told = invoke("run", "lock-convoy", "--costs", str(written.path))
    assert told["digest"] == murmur.run("lock-convoy", overrides=overrides).digest
    assert told["digest"] != murmur.run("lock-convoy").digest


def test_flags_are_stronger_than_a_file_of_costs(written: Calibration, invoke: Invoke) -> None:
    """A field that is set by hand stays as it was set."""
    told = invoke("run", "lock-convoy", "--costs", str(written.path), "--set", "hardware.shared.mutex=77ns")
    overrides = {**written.overrides(), "hardware.shared.mutex": "77ns"}
    assert told["digest"] == murmur.run("lock-convoy", overrides=overrides).digest


def test_costs_reach_every_block_of_hardware(tmp_path: Path, invoke: Invoke) -> None:
    """Where nodes differ, each block has the costs of the file, and keeps what it says itself."""
    file = tmp_path / "costs.yaml"
    file.write_text("hardware: {shared: {mutex: 33ns}}\n")
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(
        "name: two\nduration: 1ms\ntopology: {kind: mesh, nodes: 2}\n"
        "hardware: [{cores: 1, nodes: [0]}, {cores: 2, nodes: [1], shared: {mutex: 44ns, hit: 2ns}}]\n"
        "protocol: {kind: shared-state, threads: 2, operations: 10}\n"
    )
    folder = tmp_path / "run"
    invoke("run", str(scenario), "--costs", str(file), "--out", str(folder))
    blocks = json.loads((folder / "manifest.json").read_text())["scenario"]["hardware"]
    assert [block["shared"]["mutex"]["value"] for block in blocks] == ["33ns", "33ns"]
    assert [block["shared"]["hit"]["value"] for block in blocks] == ["1ns", "2ns"]


def test_without_a_compiler_what_python_has_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks, queues and waking are measured as Python offers them, and the rest stays as it is."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    done = calibrate(repeats=1)
    assert set(done.overrides()) == {f"hardware.shared.{name}" for name in ("mutex", "channel", "wake")}
    assert str(done.machine["compiler"]).startswith("none")


@pytest.mark.skipif(not HAS_COMPILER, reason="no C compiler is installed")
def test_a_compiler_that_fails_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the compiler that is found first cannot compile, nothing is measured by it and nothing breaks."""
    broken = tmp_path / "cc"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(broken))
    with native.compiled() as found:
        assert found is None


def test_the_command_writes_and_tells(tmp_path: Path, invoke: Invoke) -> None:
    """`murmur calibrate` writes the file that it names, and replaces one that it wrote before."""
    file = tmp_path / "mine.yaml"
    for _ in range(2):
        told = invoke("calibrate", "--repeats", "1", "--out", str(file))
        assert told["file"] == str(file)
        assert read_costs(file)["hardware.shared.mutex"] == told["hardware"]["shared"]["mutex"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("hardware: {shared: {mutx: 3ns}}\n", "did you mean 'mutex'"),
        ("hardware: {shared: {mutex: 3}}\n", "mutex"),
        ("hardware: {cores: 3}\n", "cores"),
        ("costs: 3\n", "hardware"),
        ("- 3\n", "found"),
    ],
)
def test_a_wrong_file_of_costs_is_refused(content: str, words: str, tmp_path: Path) -> None:
    """A mistake in the file is told with its place, and ends with 2."""
    file = tmp_path / "costs.yaml"
    file.write_text(content)
    with pytest.raises(InputError, match=words):
        read_costs(file)
    assert main(["run", "lock-convoy", "--costs", str(file), "--out", str(tmp_path / "run")]) == 2


def test_costs_for_nodes_without_cores_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Costs of threads mean nothing where there are no cores, and make none by themselves."""
    file = tmp_path / "costs.yaml"
    file.write_text("hardware: {shared: {mutex: 3ns}}\n")
    assert main(["run", "gossip-ring", "--costs", str(file), "--out", str(tmp_path / "run")]) == 2
    assert "no cores" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--out", "{folder}"), "found a folder"),
        (("--out", "{folder}/no/costs.yaml"), "found no folder"),
        (("--out", "{folder}/other.txt"), "none of costs"),
        (("--repeats", "0"), "0"),
        (("--quick", "--repeats", "3"), "contradict"),
    ],
)
def test_wrong_uses_of_the_command_are_refused(
    arguments: tuple[str, ...], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be written, or contradicts itself, is refused before anything is measured, and nothing is lost."""
    (tmp_path / "other.txt").write_text("a letter\n")
    assert main(["calibrate", *(argument.format(folder=tmp_path) for argument in arguments)]) == 2
    assert words in capsys.readouterr().err
    assert (tmp_path / "other.txt").read_text() == "a letter\n"
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]
