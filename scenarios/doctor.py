"""The health of an installation: what Murmur stands on, and whether it does here what it should."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from packaging.requirements import Requirement

DISTRIBUTION: Final = "murmur-sim"

EXTRAS: Final = {"cluster": ("distributed", "murmur study --cluster"), "query": ("duckdb", "murmur query")}
"""Packages that only one command needs, by the extra that brings them."""

TRIAL: Final = {
    "name": "doctor",
    "duration": "5s",
    "topology": {"kind": "random-regular", "nodes": 30, "degree": 4},
    "network": {"latency": {"kind": "lognormal", "median": "20ms", "sigma": 0.4}, "loss": 0.05},
    "protocol": {"kind": "gossip"},
    "workload": {"kind": "rumour"},
    "faults": [{"kind": "crash", "target": {"random": 3}, "at": "1s", "restart_after": "1s"}],
}
"""A run of some milliseconds that goes through every part that chance has to do with."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what, whether it is well, and what was found, with the remedy where it is not."""

    subject: str
    well: bool
    found: str


def examine() -> Iterator[Finding]:
    """Look at everything in turn."""
    yield Finding("Python", True, f"{platform.python_version()} ({platform.python_implementation()})")
    yield _murmur()
    yield from _requirements()
    yield from _extras()
    yield _accelerator()
    yield _scenarios()
    yield _determinism()
    yield _folder()


def _murmur() -> Finding:
    home = Path(__file__).resolve().parents[1]
    try:
        return Finding("Murmur", True, f"{metadata.version(DISTRIBUTION)} at {home}")
    except metadata.PackageNotFoundError:
        return Finding("Murmur", True, f"at {home}, run from its source without being installed")


def _requirements() -> Iterator[Finding]:
    """Compare the installed packages with what Murmur asks for."""
    if find_spec("packaging") is None:
        yield Finding("packaging", False, "is not installed, so no version can be compared; pip install packaging")
        return
    for requirement in _asked(""):
        yield _installed(requirement) or Finding(
            requirement.name, False, f"is not installed; pip install '{requirement}'"
        )


def _extras() -> Iterator[Finding]:
    """Look at the packages that single commands need, which may be missing."""
    if find_spec("packaging") is None:
        return
    for extra, (package, command) in EXTRAS.items():
        for requirement in _asked(extra):
            if requirement.name == package:
                missing = f"not installed, for {command}: pip install '{DISTRIBUTION}[{extra}]'"
                yield _installed(requirement) or Finding(package, True, missing)


def _asked(extra: str) -> list[Requirement]:
    """Return what Murmur asks for: always, or with an extra alone."""
    from packaging.requirements import Requirement

    try:
        every = [Requirement(text) for text in metadata.requires(DISTRIBUTION) or ()]
    except metadata.PackageNotFoundError:
        return []
    always = [each for each in every if each.marker is None or each.marker.evaluate({"extra": ""})]
    if not extra:
        return always
    return [each for each in every if each.marker and each.marker.evaluate({"extra": extra}) and each not in always]


def _installed(requirement: Requirement) -> Finding | None:
    """Return whether a package is new enough, None where it is not there."""
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return None
    well = requirement.specifier.contains(version, prereleases=True)
    remedy = "" if well else f", expected {requirement.specifier}; pip install '{requirement}'"
    return Finding(requirement.name, well, f"{version}{remedy}")


def _accelerator() -> Finding:
    compiled = find_spec("sim._accelerator") is not None
    found = "compiled" if compiled else "not compiled (no C compiler when it was installed): same results, slower"
    return Finding("accelerator", True, found)


def _scenarios() -> Finding:
    from scenarios.library import load, names
    from topologies.errors import InputError

    known = names()
    try:
        for name in known:
            load(name)
    except InputError as error:
        return Finding("scenarios", False, f"{error.message.splitlines()[0]}; install Murmur again")
    remedy = "" if known else "; install Murmur again"
    return Finding("scenarios", bool(known), f"{len(known)} built in, all right{remedy}")


def _determinism() -> Finding:
    from scenarios.run import run

    digests = [run(TRIAL).digest for _ in range(2)]
    if digests[0] != digests[1]:
        return Finding("determinism", False, "a trial run gave two digests; please report it with what is above")
    return Finding("determinism", True, f"a trial run gave {digests[0][:16]} twice")


def _folder() -> Finding:
    here = Path.cwd()
    place = here / "runs" if (here / "runs").is_dir() else here
    if os.access(place, os.W_OK):
        return Finding("runs", True, f"can be written to {here / 'runs'}")
    return Finding("runs", False, f"{place} cannot be written to; use --out, or another folder")
