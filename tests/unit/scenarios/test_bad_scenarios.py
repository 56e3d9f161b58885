"""Every wrong scenario of the table is one error that says where, what and what to do."""

from pathlib import Path

import pytest

from scenarios.library import load
from scenarios.yaml_loader import load_text
from tests.bad_scenarios import BAD_SCENARIOS, GOOD, BadScenario
from topologies.errors import InputError


def test_the_scenario_that_each_case_spoils_is_right(tmp_path: Path) -> None:
    """Without a mistake the base of the table is accepted, so that each case fails for its own mistake."""
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)
    assert load(path).name == "gossip-ring"


def test_cases_have_names_of_their_own() -> None:
    """The table is as large as promised, and no two cases share a name."""
    assert len({case.name for case in BAD_SCENARIOS}) == len(BAD_SCENARIOS) >= 70


@pytest.mark.parametrize("case", BAD_SCENARIOS, ids=lambda case: case.name)
def test_a_wrong_scenario_is_one_clear_error(case: BadScenario, tmp_path: Path) -> None:
    """Each line of the error names the file or the flag and is short; the whole holds what is expected."""
    path = tmp_path / "bad.yaml"
    path.write_bytes(case.content if isinstance(case.content, bytes) else case.content.encode())
    with pytest.raises(InputError) as caught:
        load(path, case.flags)
    message = str(caught.value)
    for fragment in case.fragments:
        assert fragment in message
    for line in message.splitlines():
        assert line.startswith((str(path), "--set"))
        assert len(line) < 700


def test_all_mistakes_come_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    """A file with several mistakes gives a line for each, from top to bottom."""
    path = tmp_path / "bad.yaml"
    path.write_text(
        GOOD.replace("30s", "30").replace("nodes: 10", "nodes: 0").replace("0.1%", "2").replace("crash", "x")
    )
    with pytest.raises(InputError) as caught:
        load(path)
    places = [line.removeprefix(str(path)).split(": ")[:2] for line in str(caught.value).splitlines()]
    assert places == [[":3", "duration"], [":5", "topology.nodes"], [":8", "network.loss"], [":11", "faults[0].kind"]]


def test_a_list_of_wrong_items_is_not_called_too_short(tmp_path: Path) -> None:
    """An item that is wrong is told once, and not again as one that is missing."""
    path = tmp_path / "bad.yaml"
    path.write_text(GOOD + "hardware: {cores: 2}\n")
    with pytest.raises(InputError) as caught:
        load(path, ["faults=[{kind: slow-core, target: 0, cores: [-1], speed: 0.5, at: 1s}]"])
    (line,) = str(caught.value).splitlines()
    assert line.endswith("faults[0].cores[0]: found -1; expected an integer of at least 0")
    with pytest.raises(InputError, match=r"found \[\]; expected at least 1 item$"):
        load(path, ["faults=[{kind: slow-core, target: 0, cores: [], speed: 0.5, at: 1s}]"])


def test_a_misspelt_option_of_a_scheduler_has_its_remedy(tmp_path: Path) -> None:
    """What a scheduler takes is up to its kind."""
    path = tmp_path / "bad.yaml"
    path.write_text(GOOD + "hardware: {cores: 2, scheduler: {kind: work-stealing, serchers: 1}}\n")
    with pytest.raises(InputError, match=r"hardware.scheduler.serchers: .*; did you mean 'searchers'\?$"):
        load(path)


def test_mistakes_without_end_are_cut(tmp_path: Path) -> None:
    """A thousand mistakes give fifty lines and the number of the others."""
    path = tmp_path / "bad.yaml"
    path.write_text(GOOD + "".join(f"field{number}: 1\n" for number in range(1000)))
    with pytest.raises(InputError) as caught:
        load(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 51
    assert lines[-1] == f"{path}: and 950 more"


def test_an_error_keeps_the_path_of_the_first_mistake() -> None:
    """Programs can ask which field is wrong without reading the message."""
    from scenarios.schema import scenario_of

    with pytest.raises(InputError) as caught:
        scenario_of(load_text(GOOD.replace("target: [3]", "target: [x]"), "x.yaml"))
    assert caught.value.path == ("faults", 0, "target", 0)
