"""A command that starts warm does what the installed one does, and what a fresh one alone can tell is asked of that."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.command import environment, murmur
from tests.warm_interpreter import LOST, warm_commands

INSTALLED = Path(sys.executable).with_name("murmur")


def program(text: str, folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a warm interpreter to its end."""
    command = [str(warm_commands() / "warm-python"), "-c", text]
    return subprocess.run(
        command, cwd=folder, env=environment(**changes), capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "gossip-mesh", "--seed", "3", "--out", "kept"),
        ("plot", "nowhere"),
        ("hunt", "gossip-hunt", "--runs", "2", "--workers", "2", "--out", "kept"),
        ("show",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_warm_command_and_the_installed_one_do_the_same(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Output, errors, exit code and files are equal to the byte, apart from what tells of wall time."""
    told = []
    for way in ("warm", "installed"):
        folder = tmp_path / way
        folder.mkdir()
        if way == "warm":
            done = murmur(*arguments, folder=folder)
        else:
            done = subprocess.run(
                [str(INSTALLED), *arguments], cwd=folder, env=environment(), capture_output=True, text=True, check=False
            )
        printed = [line for line in done.stdout.splitlines() if not re.search("events/s|took", line)]
        files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
        told.append((done.returncode, printed, done.stderr, files))
    assert told[0] == told[1]


def test_programs_share_nothing(tmp_path: Path) -> None:
    """Each program is a main module and a process of its own: what one changes, the next one does not see."""
    first = program("import murmur, os; murmur.mark = here = 1; print(os.getpid())", tmp_path)
    second = program("import murmur, os; print(hasattr(murmur, 'mark') or 'here' in globals(), os.getpid())", tmp_path)
    assert first.returncode == second.returncode == 0
    assert second.stdout.split()[0] == "False"
    assert first.stdout.split()[-1] != second.stdout.split()[-1]


def test_a_program_has_its_own_surroundings(tmp_path: Path) -> None:
    """Folder, environment, arguments and the end of a program are those of `python -c`."""
    told = program(
        "import os, sys; print(os.getcwd(), os.environ['MARK'], sys.argv, repr(sys.path[0]))", tmp_path, MARK="x"
    )
    assert told.stdout == f"{tmp_path} x ['-c'] ''\n"
    assert program("raise SystemExit(3)", tmp_path).returncode == 3
    failed = program("1 / 0", tmp_path)
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[1:] == [
        '  File "<string>", line 1, in <module>',
        "ZeroDivisionError: division by zero",
    ]
    assert program("import os; os.abort()", tmp_path).returncode == LOST


def test_what_decides_at_the_start_is_asked_of_a_fresh_interpreter(tmp_path: Path) -> None:
    """With a hash seed in its environment a program starts fresh, and hashes as that seed has it."""
    text = "import sys; print(hash('murmur'), 'pandas' in sys.modules)"
    warm, *fresh = (
        program(text, tmp_path, **changes).stdout.split() for changes in ({}, *2 * [{"PYTHONHASHSEED": "1"}])
    )
    assert warm[1] == "True"
    assert fresh[0] == fresh[1]
    assert fresh[0] != warm
    assert fresh[0][1] == "False"
    assert "PYTHONHASHSEED" not in os.environ
