"""The notebook of the tutorial is that of its page, and its cells do what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.notebook import NOTEBOOK, PAGE, ROOT, notebook_of, program_of, text_of
from tests.warm_interpreter import warm_commands

nbformat = pytest.importorskip("nbformat")


def test_the_notebook_is_that_of_the_page() -> None:
    """It is valid, and no word or command differs from the tutorial's page."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert NOTEBOOK.read_text(encoding="utf-8") == text_of(notebook_of(PAGE)), "write it by `python tests/notebook.py`"


def test_the_cells_run_from_the_first_to_the_last(tmp_path: Path) -> None:
    """In one session, as a kernel runs them, they end without an error and answer the tutorial's question."""
    path = os.pathsep.join((str(warm_commands()), str(Path(sys.executable).parent), os.environ["PATH"]))
    program = program_of(nbformat.read(NOTEBOOK, as_version=4))
    done = subprocess.run(
        ["warm-python", "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "ring: 100% of the runs end after the split is healed" in done.stdout
    assert list(tmp_path.rglob("news-by-links.png"))
    assert ROOT not in tmp_path.parents
