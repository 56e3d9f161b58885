"""What the doctor says of packages that are missing or old."""

from __future__ import annotations

from importlib import metadata

import pytest

from scenarios.doctor import Finding, examine

VERSIONS = {"distributed": "2020.1.0", "jinja2": "99.0", "murmur-sim": "1.0"}


def _version(name: str) -> str:
    if name not in VERSIONS:
        raise metadata.PackageNotFoundError(name)
    return VERSIONS[name]


def test_extras_may_be_missing_but_not_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that only one command needs may be missing; one that is too old is ill."""
    asked = ["jinja2>=3", 'duckdb>=1.1; extra == "query"', 'distributed>=2024.8; extra == "cluster"']
    monkeypatch.setattr("scenarios.doctor.metadata.requires", lambda _: asked)
    monkeypatch.setattr("scenarios.doctor.metadata.version", _version)
    found = {each.subject: each for each in examine()}
    assert found["jinja2"] == Finding("jinja2", True, "99.0")
    assert found["duckdb"].well
    assert found["duckdb"].found == "not installed, for murmur query: pip install 'murmur-sim[query]'"
    assert not found["distributed"].well
    assert "expected >=2024.8" in found["distributed"].found
