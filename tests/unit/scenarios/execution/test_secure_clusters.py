"""Studies on a cluster that speaks TLS, by the command line and from Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import murmur
from scenarios.command_line.study import study as command
from topologies.errors import InputError

distributed = pytest.importorskip("distributed")
certificates = pytest.importorskip("tests.unit.scenarios.execution.certificates")

STUDY = "name: small\nscenario: gossip-mesh\nset: {topology.nodes: 6, duration: 6s}\nseeds: 5\n"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, dict[str, str]]]:
    """A cluster of one worker in this process that takes only connections with certificates, and those."""
    files = certificates.write_certificates(tmp_path_factory.mktemp("certificates"))
    roles = {
        f"tls_{role}_{part}": files[part] for role in ("client", "scheduler", "worker") for part in ("cert", "key")
    }
    security = distributed.Security(tls_ca_file=files["ca"], require_encryption=True, **roles)
    here = {"n_workers": 1, "threads_per_worker": 2, "processes": False, "dashboard_address": "127.0.0.1:0"}
    with distributed.LocalCluster(protocol="tls://", security=security, silence_logs=50, **here) as cluster:
        yield cluster, files


def test_a_study_on_a_secure_cluster_is_the_same(secured: tuple[Any, dict[str, str]], tmp_path: Path) -> None:
    """By its address with certificates, or by Dask's own object, it has the results of one local process."""
    cluster, files = secured
    (tmp_path / "small.yaml").write_text(STUDY)
    murmur.study(tmp_path / "small.yaml", workers=1, out=tmp_path / "local")
    murmur.study(tmp_path / "small.yaml", cluster=cluster, out=tmp_path / "object")
    flags = ["--cluster", cluster.scheduler_address, "--tls-ca-file", files["ca"]]
    flags += ["--tls-cert", files["cert"], "--tls-key", files["key"]]
    arguments = [str(tmp_path / "small.yaml"), "--out", str(tmp_path / "command"), "--json", *flags]
    done = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert done.exception is None, done.output
    assert json.loads(done.stdout)["runs"] == 5
    for name in ("results.parquet", "summary.json", "study.json", "cells/cell-0000.yaml"):
        assert len({(tmp_path / folder / name).read_bytes() for folder in ("local", "object", "command")}) == 1, name


def test_a_guided_hunt_on_a_cluster_is_the_same(secured: tuple[Any, dict[str, str]]) -> None:
    """Generation after generation, it comes to the rows of one local process."""
    plan = {"kind": "random", "only": ["crash", "loss"], "most": 2}
    hunted = {"overrides": {"topology.nodes": 5, "duration": "4s", "faults": plan}, "runs": 66, "guided": True}
    there, here = (
        murmur.hunt("gossip-mesh", cluster=secured[0], **hunted),
        murmur.hunt("gossip-mesh", workers=1, **hunted),
    )
    assert there.table.equals(here.table)
    assert there.runs == 66


def test_options_of_clusters_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    """Workers of one's own beside a cluster, and certificates without a cluster, are told apart."""
    (tmp_path / "small.yaml").write_text(STUDY)
    for flags, message in (
        (["--cluster", "tcp://127.0.0.1:9", "--workers", "2"], "found --workers beside --cluster"),
        (["--tls-key", "key.pem"], "found --tls-key without --cluster"),
    ):
        arguments = [str(tmp_path / "small.yaml"), "--out", str(tmp_path / "none"), *flags]
        done = CliRunner().invoke(command, arguments, standalone_mode=False)
        assert isinstance(done.exception, InputError)
        assert message in str(done.exception)
    with pytest.raises(InputError, match="found workers beside a cluster"):
        murmur.study(tmp_path / "small.yaml", workers=1, cluster="tcp://127.0.0.1:9")
