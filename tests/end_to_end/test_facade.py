"""What users import: every public name, a run from Python, and the same from a simulation built by hand."""

import inspect
import json
from pathlib import Path

import pytest

import murmur
from sim.units import format_duration
from tests.end_to_end.command import murmur as command


@pytest.mark.parametrize("name", murmur.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    """Each name of the facade loads, and says what it is."""
    assert inspect.getdoc(getattr(murmur, name))
    assert name in dir(murmur)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """The facade does not hide a misspelt name."""
    with pytest.raises(AttributeError, match="module 'murmur' has no attribute 'Simulatoin'"):
        murmur.Simulatoin  # noqa: B018


def test_python_and_command_line_give_the_same_run(tmp_path: Path) -> None:
    """The same scenario, seed and changes give the same summary from either."""
    done = murmur.run("gossip-ring", seed=3, overrides=["topology.nodes=12"])
    flags = ("--seed", "3", "--set", "topology.nodes=12", "--json")
    printed = json.loads(command("run", "gossip-ring", *flags, folder=tmp_path).stdout)
    summary = json.loads(json.dumps(done.summary))
    assert {name: printed[name] for name in summary} == summary


def test_a_run_from_python_replays_and_is_compared(tmp_path: Path) -> None:
    """What was run into a folder replays, and differs from a run with another seed in its first record."""
    first = murmur.run("gossip-ring", tmp_path / "first")
    second = murmur.run(murmur.load("gossip-ring"), tmp_path / "second", seed="abcdef0")
    assert murmur.replay(first).same
    assert murmur.diff(first, first).same
    difference = murmur.diff(first, second)
    assert not difference.same
    assert difference.first != difference.second


def test_frames_are_the_same_from_memory_and_from_disk(tmp_path: Path) -> None:
    """Records, messages and samples of a run do not depend on where it is kept."""
    flags = ["detail=messages", "samples={every: 1s}"]
    kept = murmur.run("gossip-ring", tmp_path / "kept", overrides=flags).frames()
    held = murmur.run("gossip-ring", overrides=flags).frames()
    for frame in ("records", "messages", "samples"):
        one, other = getattr(kept, frame)(), getattr(held, frame)()
        assert len(one) > 50
        assert one.equals(other)
    assert set(held.records(["informed"])["kind"]) == {"informed"}


@pytest.mark.parametrize("detail", ["summary", "states"])
def test_messages_that_were_not_kept_are_refused_wherever_the_run_is(detail: str, tmp_path: Path) -> None:
    """A run without messages says so in the same words from memory and from disk, not by an empty frame."""
    said = []
    for folder in (None, tmp_path / "kept"):
        done = murmur.run("gossip-ring", folder, overrides=[f"detail={detail}"])
        with pytest.raises(murmur.InputError) as refused:
            done.frames().messages()
        said.append(str(refused.value))
    assert said == [f"the run kept no messages (detail {detail}); run it again with --detail messages"] * 2


class Hello:
    """A payload without content."""


class Hailing(murmur.Protocol):
    """Greets all neighbours once."""

    def on_start(self) -> None:
        self.node.broadcast(Hello())

    def on_message(self, message: murmur.Message) -> None:
        self.node.record("greeted", source=message.source)


def test_a_simulation_built_by_hand_gives_frames() -> None:
    """A protocol, a topology and a fault without any scenario file end in pandas frames."""
    simulation = murmur.Simulation(
        murmur.topology("star", nodes=5), Hailing, faults=[murmur.Crash(target=4, at=0)], detail="messages"
    )
    rows = simulation.keep_records()
    assert repr(simulation) == "<Simulation of hailing on 5 nodes (star), seed 0, at 0>"
    simulation.run()
    greeted = murmur.frames.records(rows, ["greeted"])
    assert sorted(greeted["node"]) == [0, 0, 0, 0, 1, 2, 3]
    assert list(murmur.frames.messages(rows)["outcome"]).count("crashed") == 1


def test_wrong_input_is_an_input_error_in_python_too() -> None:
    """Mistakes are told by the same messages as on the command line."""
    with pytest.raises(murmur.InputError, match="did you mean 'gossip-ring'"):
        murmur.run("gosip-ring")
    with pytest.raises(murmur.InputError, match="found 2; expected an integer of at least 3"):
        murmur.run("gossip-ring", overrides=["topology.nodes=2"])
    with pytest.raises(murmur.InputError, match="overrides are for a scenario that is not loaded yet"):
        murmur.run(murmur.load("gossip-ring"), overrides=["topology.nodes=5"])
    with pytest.raises(murmur.InputError, match="a run that was not kept on disk"):
        murmur.replay(murmur.run("gossip-ring"))
    with pytest.raises(murmur.InputError, match="expected one of mesh, ring"):
        murmur.topology("rng", nodes=5)
    with pytest.raises(murmur.InputError, match="found dict; expected HardwareConfig, or a list of it"):
        murmur.Simulation(murmur.topology("line", nodes=2), murmur.Gossip, hardware=[{"cores": 2}])  # type: ignore[list-item]


def test_one_description_of_hardware_is_for_all_nodes() -> None:
    """As the network is one description too; a list is for nodes that differ."""
    one, line = murmur.HardwareConfig(cores=2), murmur.topology("line", nodes=3)
    single = murmur.Simulation(line, murmur.Gossip, hardware=one)
    assert (
        single.hardware
        == murmur.Simulation(line, murmur.Gossip, hardware=[one]).hardware
        == dict.fromkeys(range(3), one)
    )


def test_scenarios_and_what_is_on_disk_are_shown_in_one_line(tmp_path: Path) -> None:
    """A notebook that ends a cell with one of these shows what it is, not all that it holds."""
    data = {
        "name": "shown",
        "duration": "1s",
        "topology": {"kind": "mesh", "nodes": 3},
        "protocol": {"kind": "raft"},
        "faults": [{"kind": "crash", "target": 0, "at": "500ms"}],
        "checks": ["raft-safety", "leader-elected"],
    }
    run = murmur.run(data, tmp_path / "run", seed=4)
    place = tmp_path / "study"
    study = murmur.study({"name": "small", "scenario": "gossip-mesh", "seeds": 2}, out=place, workers=1)
    shown = "raft on 3 nodes (mesh), 1s; seed 4; 1 fault; checks raft-safety, leader-elected"
    assert repr(run.scenario) == str(run.scenario) == f"<Scenario shown: {shown}>"
    assert "raft on 5 nodes (mesh), 16s; seed 0; faults drawn: random; " in repr(murmur.load("raft-hunt"))
    assert repr(study) == f"<Study small: 1 cell, 2 runs, {place}>"
    opened = murmur.open_run(str(run.folder))
    assert repr(opened) == f"<RunFolder {run.folder}: shown with seed 4, ended at 1s (duration)>"
    assert opened.frames().records().equals(run.frames().records())
    assert (
        repr(opened.frames())
        == repr(run.frames())
        == "<RunFrames: records(kinds), messages(), samples(); detail states>"
    )


def test_runs_and_what_is_made_of_them_are_shown_in_one_line(tmp_path: Path) -> None:
    """Name, seed, how it ended, verdicts and digest, or what was found, shrunk and explained."""
    run = murmur.run("gossip-partition-heal", seed=4)
    verdicts = "; ".join(f"{verdict.check} {verdict.verdict}" for verdict in run.verdicts)
    shown = repr(run)
    assert shown.startswith("<Run gossip-partition-heal: seed 4, ended at ")
    assert f"; converged at {format_duration(run.metrics['converged_at'])}; {verdicts};" in shown
    assert shown.endswith(f"; digest {run.digest[:12]}>")
    assert repr(murmur.run("gossip-mesh", tmp_path / "run")).endswith(f"; {tmp_path / 'run'}>")
    early = murmur.run("gossip-ring", overrides=["duration=2s"])
    assert "; not converged;" in repr(early)

    idle = ["faults=[{kind: crash, target: 0, when: {after: left}}]", "checks=[faults-fired]"]
    hunted = murmur.hunt("gossip-ring", 3, overrides=idle, workers=1, out=tmp_path / "hunt")
    first = hunted.scenario_of(0).seed
    found = f"found faults-fired in 3; first with seed {first}"
    assert repr(hunted) == f"<Hunt gossip-ring: seed 0, 3 runs; {found}; {tmp_path / 'hunt'}>"
    nothing = murmur.hunt("gossip-mesh", 1, workers=1)
    assert repr(nothing) == "<Hunt gossip-mesh: seed 0, 1 run; nothing found; not kept on disk>"

    shrunk = murmur.shrink("gossip-partition-heal", when="converged_at > 35s", runs=8)
    assert repr(shrunk).startswith("<Shrunk gossip-partition-heal: seed 0; converged_at > 35s; 2 to ")
    assert repr(shrunk).endswith("; 8 runs, as many as were allowed; not kept on disk>")
    explained = murmur.explain("gossip-partition-heal")
    assert repr(explained).startswith("<Explanation gossip-partition-heal: seed 0, ")
    assert " under 1 seed; time to converge by fault: split +" in repr(explained)
    assert "never without it" in repr(explained)
    assert all(len(repr(each)) < 400 for each in (run, early, hunted, nothing, shrunk, explained))


def test_one_kind_of_records_can_be_asked_for_by_its_name(tmp_path: Path) -> None:
    """A kind alone gives the same as a list of that one, from memory and from disk."""
    run = murmur.run("gossip-ring", tmp_path / "run")
    expected = run.frames().records(["informed"])
    assert len(expected) > 0
    assert run.frames().records("informed").equals(expected)
    assert murmur.frames.records(murmur.open_run(tmp_path / "run"), "informed").equals(expected)
