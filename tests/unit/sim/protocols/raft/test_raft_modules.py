"""The modules of Raft, each by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]
EACH_FIRST = """
import importlib, pathlib, sys
for path in sorted(pathlib.Path("sim/protocols/raft").glob("*.py")):
    for name in [name for name in sys.modules if name.startswith("sim.protocols.raft")]:
        del sys.modules[name]
    importlib.import_module(f"sim.protocols.raft.{path.stem}")
"""


def test_each_module_can_be_the_first_to_be_imported() -> None:
    """Whoever studies one part need not import the others before."""
    process = subprocess.run([sys.executable, "-c", EACH_FIRST], cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.stderr == ""
    assert process.returncode == 0
