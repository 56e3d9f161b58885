"""SimPy's published test suite, run on our kernel; the few cases that must differ are named with the reason."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fetch_simpy_suite import pinned_version, suite_folder

HERE = Path(__file__).parent
PASSED = 130
"""Cases of SimPy 4.1.2 without its real-time environment and its timings, less the ones named below."""


@dataclass(frozen=True)
class Deviation:
    """A case that must fail on our kernel: why, and the failure that it must end with."""

    reason: str
    failure: str


DEVIATIONS = {
    "tests.test_environment::test_run_until_value": Deviation(
        "runs until '3.141592', a fraction of a nanosecond on a clock of whole ones",
        r"TypeError: simulated time is a whole number of nanoseconds, but '3\.141592' was given",
    ),
    "tests.test_exceptions::test_exception_chaining": Deviation(
        "expects the last frames of the traceback in simpy/core.py; ours are in sim/kernel.py",
        r"Traceback mismatch",
    ),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Outcome of each case of the suite on the kernel: empty where it passed, else the failure."""
    suite = suite_folder()
    assert version("simpy") == pinned_version(), "simpy-sdist.txt pins another version than the installed one"
    assert suite.exists(), f"SimPy's suite is not in {suite}: fetch it with 'make setup'"
    report = tmp_path_factory.mktemp("simpy_suite") / "report.xml"
    command = [
        *(sys.executable, "-m", "pytest", "tests", "-p", "kernel_for_simpy", "-p", "no:cacheprovider", "-q"),
        *("-c", "pyproject.toml", "--rootdir", ".", "-o", "addopts=", "-m", "not benchmark"),
        *("--ignore", "tests/test_rt.py", "--junitxml", str(report)),
    ]
    path = os.pathsep.join([str(HERE), str(HERE.parents[1])])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = subprocess.run(command, cwd=suite, env=environment, capture_output=True, text=True, check=False)
    assert report.exists(), f"SimPy's suite did not run:\n{run.stdout}{run.stderr}"
    cases = ElementTree.parse(report).iter("testcase")
    return {f"{case.get('classname')}::{case.get('name')}": _failure(case) for case in cases}


def _failure(case: ElementTree.Element) -> str:
    """Why a case of a JUnit report did not pass; empty where it did."""
    return "\n".join(
        f"{part.tag} {part.get('message')}" for part in case if part.tag in ("failure", "error", "skipped")
    )


def test_kernel_passes_simpys_suite(outcomes: dict[str, str]) -> None:
    """Every case of SimPy's suite passes on the kernel, save those named."""
    unexpected = {case: outcome for case, outcome in outcomes.items() if outcome and case not in DEVIATIONS}
    assert not unexpected


def test_suite_runs_all_its_cases(outcomes: dict[str, str]) -> None:
    """The number of passed cases is that of the pinned version, so that an empty or shortened run fails."""
    assert sum(not outcome for outcome in outcomes.values()) == PASSED
    assert {case.split("::")[0] for case in outcomes} >= {
        f"tests.test_{part}"
        for part in ("condition", "environment", "event", "exceptions", "interrupts", "process", "resources", "timeout")
    }


@pytest.mark.parametrize("case", DEVIATIONS)
def test_named_deviation_fails_as_stated(outcomes: dict[str, str], case: str) -> None:
    """A case that is named as deviating fails on the kernel, with the failure that is stated."""
    assert re.search(DEVIATIONS[case].failure, outcomes[case])
