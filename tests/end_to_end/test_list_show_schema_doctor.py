"""Discovery through the command: what there is, what it takes, and whether the installation is well."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from scenarios.command_line.listing import SORTS
from scenarios.command_line.main import main
from scenarios.library import names, text_of
from tests.end_to_end.command import murmur


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that succeeds prints."""
    assert main(arguments) == 0
    output = capsys.readouterr()
    assert output.err == ""
    return output.out


def test_list_names_everything_with_a_description(capsys: pytest.CaptureFixture[str]) -> None:
    """Each sort has entries, each entry a description, and the table holds every name."""
    found = json.loads(printed(capsys, "list", "--json"))
    assert list(found) == list(SORTS)
    assert set(found["scenarios"]) == set(names())
    table = printed(capsys, "list")
    for entries in found.values():
        assert entries
        for name, description in entries.items():
            assert description
            assert name in table


def test_list_of_one_sort_names_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    """`list faults` holds the faults and no protocol."""
    table = printed(capsys, "list", "faults")
    assert "partition" in table
    assert "averaging" not in table


def test_a_list_that_goes_to_a_pipe_has_each_description_on_the_line_of_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """So that `murmur list scenarios | grep partition` shows all that is said of them."""
    lines = printed(capsys, "list", "scenarios").splitlines()
    entries = json.loads(printed(capsys, "list", "scenarios", "--json"))["scenarios"]
    assert lines[0] == "scenarios"
    assert [line.split(maxsplit=1) for line in lines[1:]] == [[name, text] for name, text in entries.items()]
    assert printed(capsys, "show", "scenarios").splitlines() == lines


def test_a_name_that_several_things_have_shows_fields_first_and_how_to_print_the_files(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Otherwise a long file hides the options of a protocol, or two files are printed as if they were one."""
    shown = printed(capsys, "show", "kuramoto")
    assert shown.startswith("kuramoto (protocol): ")
    assert shown.splitlines()[-1].strip() == "its file: murmur show scenarios/kuramoto"
    assert yaml.safe_load(printed(capsys, "show", "scenarios/kuramoto"))["name"] == "kuramoto"
    assert "murmur show scenarios/cron" in (both := printed(capsys, "show", "cron"))
    assert "murmur show studies/cron" in both


def test_everything_that_is_listed_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """`show` knows each name of each sort."""
    for entries in json.loads(printed(capsys, "list", "--json")).values():
        for name in entries:
            assert name in printed(capsys, "show", name)


def test_show_gives_a_scenario_as_a_start_for_ones_own(capsys: pytest.CaptureFixture[str]) -> None:
    """A built-in scenario is printed as its file is."""
    assert printed(capsys, "show", "gossip-churn") == text_of("gossip-churn")


def test_a_metric_that_is_like_the_one_above_is_shown_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    """By itself `the same, median` says nothing."""
    shown = printed(capsys, "show", "wait_p50")
    assert shown.startswith("wait_p50 (metric): the same, median (ns); wait_mean is time in the system beyond")


def test_the_last_part_of_the_name_of_a_block_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    """Blocks within the hardware, or within the options of actors, are found as their field is called."""
    assert "capacity" in printed(capsys, "show", "runtime.mailbox")
    assert printed(capsys, "show", "mailbox") == printed(capsys, "show", "runtime.mailbox")
    assert printed(capsys, "show", "memory").startswith("hardware.memory (block): ")


def test_show_names_fields_with_types_defaults_and_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    """What a fault takes is shown field by field."""
    table = printed(capsys, "show", "swizzle")
    for part in ("target", "required", "heal_after", "time after which it heals"):
        assert part in table


def test_the_schema_accepts_every_built_in_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    """What `schema` prints is a JSON Schema; the built-in scenarios are right by it, and strategies of one's own."""
    schema = json.loads(printed(capsys, "schema"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for name in names():
        validator.validate(yaml.safe_load(text_of(name)))
    swarm = yaml.safe_load(text_of("attractor-swarm"))
    swarm["protocol"]["strategy"] = {"kind": "followers:Follow", "share": 0.3}
    validator.validate(swarm)
    swarm["protocol"]["strategy"] = {"kind": "follow"}
    assert not validator.is_valid(swarm)


def test_the_doctor_finds_this_installation_well(tmp_path: Path) -> None:
    """Every finding is well, and Python, the scenarios and determinism are among them."""
    done = murmur("doctor", folder=tmp_path)
    assert done.returncode == 0, done.stdout
    subjects = {line.removeprefix("ok").split(":")[0].strip() for line in done.stdout.splitlines()}
    assert {"Python", "Murmur", "scenarios", "determinism", "runs", "numpy"} <= subjects


def test_help_names_each_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The help of the command holds every command, and each has a help of its own."""
    overview = printed(capsys, "--help")
    for command in ("run", "replay", "diff", "plot", "list", "show", "check", "schema", "doctor"):
        assert f"\n  {command}" in overview
        assert "Usage: murmur " + command in printed(capsys, command, "--help")
