"""Whatever a user gets wrong ends in exit code 2, one message on standard error, and nothing written."""

from pathlib import Path

import pytest

from scenarios.command_line.main import main
from tests.bad_scenarios import BAD_SCENARIOS, GOOD, BadScenario
from tests.end_to_end.command import murmur

FLAGS = [
    (["rn", "good.yaml"], "found no command called 'rn'; did you mean 'run'?"),
    (["simulate"], "found no command called 'simulate'; expected one of run,"),
    (["--verbose", "run"], "No such option '--verbose'"),
    (["run"], "Missing argument 'SCENARIO'"),
    (["run", "good.yaml", "more.yaml"], "Got unexpected extra argument (more.yaml)"),
    (["run", "nowhere.yaml"], "nowhere.yaml"),
    (["run", "gossip-msh"], "did you mean 'gossip-mesh'?"),
    (["run", "."], "found no built-in scenario and no file called '.'"),
    (["run", ""], "found no built-in scenario and no file called ''"),
    (["run", "x" * 5000], "found no built-in scenario and no file called 'xxx"),
    (["run", "good.yaml\0"], "found no built-in scenario and no file"),
    (["run", "good.yaml", "--sed", "1"], "No such option '--sed'"),
    (["run", "good.yaml", "--seed"], "requires an argument"),
    (["run", "good.yaml", "--seed", "-1"], "--seed -1: seed: found"),
    (["run", "good.yaml", "--seed", "lucky"], "--seed lucky: seed: found 'lucky'"),
    (["run", "good.yaml", "--seed", "1.5"], "--seed 1.5: seed: found '1.5'"),
    (["run", "good.yaml", "--seed", "18446744073709551616"], "--seed 18446744073709551616: seed: found"),
    (["run", "good.yaml", "--seed", "9" * 5000], "--seed 999"),
    (["run", "good.yaml", "--set", "topology.nodes"], "expected path=value"),
    (["run", "good.yaml", "--set", "topology.nodes=x"], "--set topology.nodes=x: topology.nodes: found 'x'"),
    (["run", "good.yaml", "--detail", "much"], "'much' is not one of 'summary', 'states', 'messages', 'all'"),
    (["run", "good.yaml", "--out", "a-file"], "a-file is a file; give the name of a folder"),
    (["run", "good.yaml", "--out", "full"], "holds no run but notes.txt; give a new folder"),
    (["run", "good.yaml", "--out", "a-file/kept"], "cannot write a run to a-file/kept"),
    (["run", "good.yaml", "--json", "--quiet"], "contradict each other"),
    (["run", "good.yaml", "--set", "protocol.kind=own:Mine"], "to allow that, add --plugin own"),
    (["run", "good.yaml", "--plugin", "own", "--set", "protocol.kind=own:Mine"], "own cannot be imported"),
    (["run", "good.yaml", "--plugin", "json", "--set", "protocol.kind=json:Mine"], "json holds no such class"),
    (["run", "good.yaml", "--plugin", "json", "--set", "protocol.kind=json:JSONDecoder"], "not a subclass of Protocol"),
    (["run", "good.yaml", "--set", "limits.events=10"], "--set limits.events=10: limits.events: the limit of 10"),
    (["run", "good.yaml", "--set", "checks=[convergd]"], "checks[0]: unknown check 'convergd'; did you mean converged"),
    (["run", "good.yaml", "--set", "checks=[sum-conserved]"], "checks[0]: found 'sum-conserved', which has no meaning"),
    (
        ["run", "good.yaml", "--set", "faults=[{kind: partition, groups: {regions: [eu]}, at: 1s}]"],
        "faults[0].groups.regions: found regions, which a topology of kind ring does not have",
    ),
    (["run", "good.yaml", "--set", "topology={kind: file, path: no.graphml}"], "no.graphml"),
    (["run", "good.yaml", "--set", "topology={kind: erdos-renyi, nodes: 50, probability: 0.001}"], "topology"),
    (["replay"], "Missing argument 'RUN'"),
    (["replay", "nowhere"], "nowhere is not there; expected a run folder"),
    (["plot", "nosuch", "box"], "nosuch is not there; expected the folder of a run or of a study"),
    (["report", "nosuch"], "nosuch is not there; expected the folder of a run or of a study"),
    (["replay", "full"], "full is no run folder: it has no manifest.json"),
    (["replay", "a-file"], "a-file is a file; expected a run folder"),
    (["replay", "unfinished"], "unfinished is an unfinished run"),
    (["replay", "hunted"], "hunted is the folder of a hunt, not of a run; those that it kept are in hunted/kept"),
    (["export", "studied", "--format", "csv"], "not of a run; the scenarios that it ran are in studied/cells"),
    (["explain", "begun"], "begun is the folder of a study or hunt that has not ended, or kept no run"),
    (["explain", "shrunk"], "shrunk is what murmur shrink left; its run is shrunk/run"),
    (
        ["check", "raft-ring", "--set", "protocol.election_timeout=[2s]"],
        "election_timeout: found 1 item; expected one more",
    ),
    (["check", "raft-ring", "--set", "protocol.ablate=pre-vote"], "expected a list such as [pre-vote]"),
    (["check", "good.yaml", "--set", "checks=[zzz]"], "unknown check 'zzz'; known: messages-balance, converged, "),
    (["run", "study.yaml"], "study.yaml is a study, not a scenario; `murmur study study.yaml` runs it"),
    (["run", "agreement"], "agreement is a study, not a scenario; `murmur study agreement` runs it"),
    (["study", "good.yaml"], "good.yaml is a scenario, not a study; `murmur run good.yaml` runs it"),
    (["study", "gossip-mesh"], "gossip-mesh is a scenario, not a study; `murmur run gossip-mesh` runs it"),
    (["study", "xyzzy"], "found no built-in study and no file called 'xyzzy'; `murmur list studies` names them"),
    (["replay", "odd"], "odd is damaged: manifest.json is not JSON"),
    (["diff", "nowhere", "full"], "nowhere is not there"),
    (["diff", "nowhere"], "Missing argument 'SECOND'"),
    (["plot"], "Missing argument 'RUN... [KIND]...'"),
    (["plot", "spread"], "found the plot spread but no run"),
    (["plot", "full", "sprad"], "found no run folder and no plot called 'sprad'; did you mean 'spread'?"),
    (["plot", "nowhere"], "nowhere is not there"),
    (["plot", "full", "--format", "bmp"], "'bmp' is not one of 'png', 'svg', 'gif', 'mp4'"),
    (["plot", "full", "space-time", "--around"], "requires an argument"),
    (["plot", "full", "history", "--keys", "k0"], "No such option '--keys'"),
    (["plot", "full", "--format", "png", "--out", "x.svg"], "found --format png and --out x.svg"),
    (["list", "protocol"], "'protocol' is not one of 'scenarios', 'studies', 'claims', 'topologies'"),
    (["show"], "Missing argument 'NAME'"),
    (["show", "gosip"], "found nothing called 'gosip'; did you mean 'gossip'?"),
    (["check"], "Missing argument 'SCENARIO'"),
    (["check", "nowhere.yaml"], "nowhere.yaml"),
    (["check", "good.yaml", "--set", "checks=[nothing]"], "unknown check 'nothing'"),
    (["schema", "scenarios"], "'scenarios' is not one of 'scenario', 'study'"),
    (["doctor", "now"], "Got unexpected extra argument (now)"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a right scenario, a file, a folder that is no run, and broken run folders."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "a-file").write_text("")
    (tmp_path / "study.yaml").write_text("name: study\nscenario: good.yaml\n")
    for name, file, content in (
        ("full", "notes.txt", ""),
        ("unfinished", "events.parquet", ""),
        ("odd", "manifest.json", "{"),
        ("hunted/kept", "notes.txt", ""),
        ("studied/cells", "cell-0000.yaml", ""),
        ("begun/parts", "notes.txt", ""),
        ("begun", "index.json", "{}"),
        ("shrunk", "shrunk.yaml", ""),
    ):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / file).write_text(content)
    return tmp_path


def names_in(folder: Path) -> list[str]:
    """Everything in a folder, however deep."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def is_one_message(errors: str, fragments: tuple[str, ...]) -> None:
    """Check that standard error holds one message of short lines with these fragments."""
    assert errors.startswith("murmur: error: ")
    assert errors.count("murmur: error: ") == 1
    assert "Traceback" not in errors
    for fragment in fragments:
        assert fragment in errors
    first, *others = errors.splitlines()
    assert (first == f"murmur: error: {len(others)} mistakes:") if others else first
    assert all(line.startswith("  ") for line in others)
    assert max(map(len, errors.splitlines())) < 800


@pytest.mark.parametrize(("arguments", "fragment"), FLAGS, ids=lambda value: " ".join(value)[:60])
def test_wrong_flags(arguments: list[str], fragment: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A command that is used wrongly says what was found, what was expected, and writes nothing."""
    before = names_in(folder)
    assert main(arguments) == 2
    is_one_message(capsys.readouterr().err, (fragment,))
    assert names_in(folder) == before


@pytest.mark.parametrize("case", BAD_SCENARIOS, ids=lambda case: case.name)
def test_wrong_scenarios(case: BadScenario, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each wrong scenario of the table is refused by run with the message that it deserves, before anything is made."""
    content = case.content if isinstance(case.content, bytes) else case.content.encode()
    (folder / "bad.yaml").write_bytes(content)
    before = names_in(folder)
    flags = [part for flag in case.flags for part in ("--set", flag)]
    assert main(["run", "bad.yaml", *flags]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    is_one_message(output.err, case.fragments)
    assert names_in(folder) == before


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("case", BAD_SCENARIOS[:: len(BAD_SCENARIOS) // 4], ids=lambda case: case.name)
def test_wrong_scenarios_through_the_real_command(case: BadScenario, command: str, folder: Path) -> None:
    """The same in a process of its own, for a few of them: exit code 2, and nothing on standard output."""
    (folder / "bad.yaml").write_bytes(case.content if isinstance(case.content, bytes) else case.content.encode())
    flags = [part for flag in case.flags for part in ("--set", flag)]
    before = names_in(folder)
    done = murmur(command, "bad.yaml", *flags, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    is_one_message(done.stderr, case.fragments)
    assert names_in(folder) == before


PLUGIN = """\
from murmur import Protocol


class Fails(Protocol):
    def on_start(self):
        self.node.set_timer("later", 1_000_000)

    def on_timer(self, name):
        raise KeyError("no such thing")


class FailsAtOnce(Protocol):
    def __init__(self):
        raise SystemExit(3)


class Endless(Protocol):
    def on_start(self):
        self.on_timer("again")

    def on_timer(self, name):
        self.node.set_timer(name, 0)


class Misuses(Protocol):
    def on_start(self):
        self.node.send(self.node.id, "to myself")
"""


@pytest.mark.parametrize(
    ("name", "fragments"),
    [
        (
            "Fails",
            (
                "the protocol failing:Fails raised KeyError: 'no such thing', at 1ms, ",
                "as node 0 handled its timer 'later' (",
                "failing.py:9, in on_timer",
            ),
        ),
        ("FailsAtOnce", ("the protocol failing:FailsAtOnce raised SystemExit: 3", "failing.py:14, in __init__")),
        ("Endless", ("limits.events: the limit of 100,000 events was reached at 0 ns",)),
        (
            "Misuses",
            (
                "ValueError: node 0 sends to 0: expected another node",
                "as node 0 started (",
                "failing.py:27, in on_start",
            ),
        ),
    ],
)
def test_a_plugin_that_fails_is_named_with_its_line(name: str, fragments: tuple[str, ...], folder: Path) -> None:
    """What a user's own protocol raises is one message with its file and line, and no run folder."""
    (folder / "failing.py").write_text(PLUGIN)
    flags = ("--set", f"protocol={{kind: 'failing:{name}'}}", "--plugin", "failing", "--quiet")
    flags += ("--set", "limits.events=100000")
    done = murmur("run", "good.yaml", *flags, folder=folder, PYTHONDONTWRITEBYTECODE="1")
    assert done.returncode == 2
    is_one_message(done.stderr, fragments)
    assert not (folder / "runs").exists() or not list((folder / "runs").iterdir())


def test_packages_of_others_are_told_apart(folder: Path) -> None:
    """Where something else is called `sim`, the command says so and what to do, in place of an odd failure."""
    (folder / "sim").mkdir()
    (folder / "sim" / "__init__.py").write_text("")
    (folder / "murmur.py").write_text((Path(__file__).parents[2] / "murmur.py").read_text())
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "murmur.py", "list"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    is_one_message(done.stderr, ("the package 'topologies'", "install Murmur into an environment of its own"))
