"""A user's own protocol runs only where the user has allowed its module."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.schema import scenario_of
from topologies.errors import InputError

ECHO = """
from sim.protocol import Protocol, ProtocolConfig
from sim.units import PositiveDuration

class Echo(Protocol):
    class Config(ProtocolConfig):
        period: PositiveDuration = 1_000_000_000

class Odd(Protocol):
    Config = dict

class Nothing:
    pass
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in a folder with three modules: one that works, one that fails, one that leaves."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    modules = {"plugin_echo": ECHO, "plugin_broken": "1 / 0\n", "plugin_exits": "raise SystemExit(3)\n"}
    for name, text in modules.items():
        (tmp_path / f"{name}.py").write_text(text)
    yield tmp_path
    for name in modules:
        sys.modules.pop(name, None)


def scenario(kind: str, **options: object) -> dict[str, object]:
    """Return a scenario that runs a protocol of the user's own."""
    topology = {"kind": "ring", "nodes": 5}
    return {"name": "own", "duration": "1s", "topology": topology, "protocol": {"kind": kind, **options}}


@pytest.mark.usefixtures("folder")
def test_a_protocol_of_an_allowed_module_is_configured() -> None:
    """The class's own Config checks the block, and the scenario survives its canonical form."""
    loaded = scenario_of(scenario("plugin_echo:Echo", period="2s"), ["plugin_echo"])
    assert loaded.canonical()["protocol"] == {"kind": "plugin_echo:Echo", "period": "2s"}
    assert scenario_of(loaded.canonical(), ["plugin_echo"]) == loaded
    with pytest.raises(InputError, match=r"protocol.perod: unknown field 'perod'; did you mean 'period'\?"):
        scenario_of(scenario("plugin_echo:Echo", perod="2s"), ["plugin_echo"])


@pytest.mark.usefixtures("folder")
def test_a_module_that_is_not_allowed_is_not_imported() -> None:
    """Without the flag nothing of the module runs, and the message names the flag."""
    with pytest.raises(
        InputError, match="would run code of the module plugin_broken; to allow that, add --plugin plugin_"
    ):
        scenario_of(scenario("plugin_broken:Echo"), ["plugin_echo"])
    assert "plugin_broken" not in sys.modules


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("plugin_echo:Eco", "holds no such class; did you mean 'Echo'?"),
        ("plugin_echo:Nothing", "which is not a subclass of Protocol"),
        ("plugin_echo:Odd", "whose Config is no subclass of ProtocolConfig"),
        ("plugin_broken:Echo", r"cannot be imported \(ZeroDivisionError: division by zero\)"),
        ("plugin_exits:Echo", r"cannot be imported \(SystemExit: 3\)"),
        ("plugin_missing:Echo", r"cannot be imported \(ModuleNotFoundError"),
        ("plugin_echo:", "expected a protocol of your own as package.module:Class"),
        (":Echo", "expected a protocol of your own as package.module:Class"),
        ("a:b:c", "expected a protocol of your own as package.module:Class"),
    ],
)
def test_a_plugin_that_cannot_serve_is_refused(kind: str, message: str) -> None:
    """Whatever is wrong with a plugin is an InputError at the protocol's kind."""
    with pytest.raises(InputError, match="scenario: protocol.kind: .*" + message):
        scenario_of(scenario(kind), [kind.partition(":")[0]])
