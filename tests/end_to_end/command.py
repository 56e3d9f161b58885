"""The real command in a process of its own, as people run it; `murmur` starts warm, `COMMAND` starts fresh."""

import os
import subprocess
import sys
from pathlib import Path

from tests.warm_interpreter import warm_commands

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, str(ROOT / "murmur.py")]


def environment(**changes: str) -> dict[str, str]:
    """The environment of the command: this one, without what would colour or widen its output."""
    kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "COLUMNS")}
    return {**kept, "NO_COLOR": "1", **changes}


def murmur(
    *arguments: str | Path, folder: Path, fresh: bool = False, **changes: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder to its end, from a warm interpreter unless it is to be a fresh one."""
    command = COMMAND if fresh else [str(warm_commands() / "murmur")]
    return subprocess.run(
        [*command, *map(str, arguments)],
        cwd=folder,
        env=environment(**changes),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
