"""The house rules, executed: what the simulator may not call, how long a file may be, what must be documented."""

import ast
import builtins
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SIMULATOR = ("topologies", "sim", "faults")
PACKAGES = (*SIMULATOR, "analysis", "scenarios")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
HEAVY = {"matplotlib", "networkx", "pandas", "scipy", "seaborn"}
NEVER_IN_SIMULATOR = {"click", "matplotlib", "pandas", "pyarrow", "rich", "scipy", "seaborn"}
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b")

BANNED = re.compile(
    r"""random\.(?!Random$)\w+
    | numpy\.random\.(?!Generator$|PCG64$|Philox$|SeedSequence$)\w+
    | time\.(time|monotonic|perf_counter|process_time|thread_time|localtime|gmtime)(_ns)?
    | datetime\.(datetime|date)\.(now|utcnow|today)
    | os\.(environ|environb|getenv|urandom|getpid) | secrets\.\w+ | uuid\.uuid[14]
    | builtins\.(hash|id|print|input)""",
    re.VERBOSE,
)
"""What would make a run depend on more than its scenario and seed, by full name."""

IN_ORDER = {"builtins.list", "builtins.tuple", "builtins.iter", "builtins.enumerate"}
"""Calls that keep the order of what they are given."""


def python_files(*folders: str) -> list[Path]:
    """All Python files of these folders, of which there must be some."""
    files = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    assert files
    return files


def place(path: Path, line: int) -> str:
    """A place in a file of this repository, as editors link it."""
    return f"{path.relative_to(ROOT)}:{line}"


def imported_names(tree: ast.AST) -> dict[str, str]:
    """Full names of what a module imports, by the names that it uses for them."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {(alias.asname or alias.name.split(".")[0]): _target(alias) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _target(alias: ast.alias) -> str:
    return alias.name if alias.asname else alias.name.split(".")[0]


def full_name(node: ast.expr, imported: dict[str, str]) -> str | None:
    """Full name of what an expression refers to, where it is imported or built in."""
    if isinstance(node, ast.Attribute):
        owner = full_name(node.value, imported)
        return f"{owner}.{node.attr}" if owner else None
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return imported.get(node.id) or (f"builtins.{node.id}" if hasattr(builtins, node.id) else None)
    return None


def banned_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of each banned thing that a module refers to; `__hash__` may call `hash`."""
    imported = imported_names(tree)
    hashing = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__hash__"]
    excused = {part for method in hashing for part in ast.walk(method)}
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and (name := full_name(node, imported)) and BANNED.fullmatch(name):
            if not (name == "builtins.hash" and node in excused):
                yield node.lineno, name
        elif isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from ((node.lineno, name) for name in names if BANNED.fullmatch(name))


def is_set(node: ast.expr) -> bool:
    """Whether an expression is a set by its form alone."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("set", "frozenset")
    return isinstance(node, ast.Set | ast.SetComp)


def walks_over_sets(tree: ast.Module) -> Iterator[int]:
    """Lines that take the members of a set in the set's own order."""
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension):
            taken = [node.iter]
        elif isinstance(node, ast.Call) and full_name(node.func, {}) in IN_ORDER:
            taken = node.args[:1]
        else:
            continue
        yield from (members.lineno for members in taken if is_set(members))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import random\nrandom.random()", "random.random"),
        ("import random as chance\nchance.shuffle([])", "random.shuffle"),
        ("from random import choice", "random.choice"),
        ("import numpy as np\nnp.random.rand(3)", "numpy.random.rand"),
        ("from numpy.random import default_rng", "numpy.random.default_rng"),
        ("import time\nstart = time.perf_counter", "time.perf_counter"),
        ("from time import monotonic_ns", "time.monotonic_ns"),
        ("import datetime\ndatetime.datetime.now()", "datetime.datetime.now"),
        ("from datetime import datetime\ndatetime.utcnow()", "datetime.datetime.utcnow"),
        ("import os\nos.environ['HOME']", "os.environ"),
        ("sorted([], key=id)", "builtins.id"),
        ("hash('a')", "builtins.hash"),
        ("print('a')", "builtins.print"),
        ("import random\nrandom.Random(7).random()", None),
        ("import time\ntime.sleep", None),
        ("class A:\n    def __hash__(self): return hash(self.key)", None),
        ("def f(node): return node.id", None),
        ("import numpy\nnumpy.random.Generator(numpy.random.PCG64(7))", None),
    ],
)
def test_banned_names_are_recognised(source: str, found: str | None) -> None:
    """The check finds what it is meant to find, under any alias, and nothing else."""
    assert {name for _, name in banned_names(ast.parse(source))} == ({found} if found else set())


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("for a in {1, 2}: pass", True),
        ("[a for a in set(b)]", True),
        ("list(frozenset(b))", True),
        ("for a in sorted(set(b)): pass", False),
        ("len({1, 2})", False),
    ],
)
def test_walks_over_sets_are_recognised(source: str, found: bool) -> None:
    """A loop over a set is found, one over the sorted set is not."""
    assert bool(list(walks_over_sets(ast.parse(source)))) == found


def test_simulator_reads_nothing_but_its_input() -> None:
    """Nothing in the simulator's packages reads a clock, the environment, addresses, hashes or global chance."""
    found = {
        place(path, line): name
        for path in python_files(*SIMULATOR)
        for line, name in banned_names(ast.parse(path.read_text()))
    }
    assert not found


def test_simulator_never_follows_the_order_of_a_set() -> None:
    """No loop of the simulator's packages takes the members of a set in the set's order."""
    assert not [
        place(path, n) for path in python_files(*SIMULATOR) for n in walks_over_sets(ast.parse(path.read_text()))
    ]


def test_files_can_be_read_in_one_sitting() -> None:
    """No file is longer than 400 lines."""
    lengths = {place(path, 1): len(path.read_text().splitlines()) for path in python_files(*PACKAGES, "tests")}
    assert not {where: length for where, length in lengths.items() if length > LONGEST_FILE}


def test_functions_fit_on_a_screen() -> None:
    """No function is longer than 60 lines."""
    lengths = {
        place(path, node.lineno): (node.end_lineno or node.lineno) - node.lineno + 1
        for path in python_files(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    assert not {where: length for where, length in lengths.items() if length > LONGEST_FUNCTION}


def test_nothing_is_left_for_later() -> None:
    """No file says that something is still to be done."""
    files = [*python_files(*PACKAGES, "tests"), *ROOT.glob("*.py"), *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    files += (ROOT / "scenarios").rglob("*.yaml")
    lines = ((path, n, text) for path in files for n, text in enumerate(path.read_text().splitlines(), 1))
    assert not [place(path, n) for path, n, text in lines if UNFINISHED.search(text)]


def test_public_names_are_documented() -> None:
    """Every module, and every public class and function at its top, has a docstring."""
    documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    missing = []
    for path in (*python_files(*PACKAGES), *ROOT.glob("murmur.py")):
        tree = ast.parse(path.read_text())
        public = [node for node in tree.body if isinstance(node, documented) and not node.name.startswith("_")]
        missing += [place(path, getattr(node, "lineno", 1)) for node in (tree, *public) if not ast.get_docstring(node)]
    assert not missing


def test_tests_say_what_they_believe() -> None:
    """Every test function has a docstring that is a sentence."""
    tests = [
        (path, node)
        for path in python_files("tests")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    assert not [place(path, node.lineno) for path, node in tests if not (ast.get_docstring(node) or "").endswith(".")]


def modules_after(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded once it ran this code."""
    report = (
        "import atexit, json, sys\natexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))\n"
    )
    run = subprocess.run([sys.executable, "-c", report + code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return {name.split(".")[0] for name in json.loads(run.stderr.splitlines()[-1])}


def test_command_line_starts_light() -> None:
    """`murmur --help` loads neither networkx nor anything of tables, statistics and plots."""
    loaded = modules_after("import murmur\nsys.argv = ['murmur', '--help']\nmurmur.main()")
    assert "murmur" in loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("package", SIMULATOR)
def test_simulator_stays_light(package: str) -> None:
    """No module of the simulator's packages loads what belongs to files, the command line, statistics or plots."""
    paths = [path.relative_to(ROOT).with_suffix("") for path in python_files(package)]
    names = [".".join(path.parts).removesuffix(".__init__") for path in paths]
    loaded = modules_after("\n".join(f"import {name}" for name in names))
    assert package in loaded
    assert not loaded & NEVER_IN_SIMULATOR
