"""Fetches SimPy's source distribution, which holds its test suite, into the virtual environment; pinned by its hash."""

import re
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

PIN = Path(__file__).with_name("simpy-sdist.txt")
CACHE = Path(sys.prefix) / "simpy-suite"


def pinned_version() -> str:
    """Version of SimPy whose suite is pinned."""
    match = re.match(r"simpy==(\S+) ", PIN.read_text())
    assert match, f"{PIN} must begin with simpy==VERSION"
    return match[1]


def suite_folder() -> Path:
    """Where the unpacked source distribution of the pinned version lies, fetched or not."""
    return CACHE / f"simpy-{pinned_version()}"


def fetch() -> None:
    """Download and unpack the pinned source distribution, unless it is there; pip compares the hash."""
    folder = suite_folder()
    if folder.exists():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as parts:
        download = ["download", "--quiet", "--no-deps", "--no-binary", "simpy", "--no-build-isolation"]
        subprocess.run([sys.executable, "-m", "pip", *download, "--dest", parts, "--requirement", PIN], check=True)
        with tarfile.open(next(Path(parts).glob("simpy-*.tar.gz"))) as archive:
            archive.extractall(parts, filter="data")
        (Path(parts) / folder.name).rename(folder)


if __name__ == "__main__":
    if version("simpy") != pinned_version():
        sys.exit(
            f"SimPy {version('simpy')} is installed, but {PIN} pins the suite of {pinned_version()}: change the pin"
        )
    fetch()
