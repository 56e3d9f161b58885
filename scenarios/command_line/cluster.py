"""Where the runs of many are carried out: processes of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--workers", type=click.IntRange(1, 1024), help="Processes; one for each processor unless given."),
    click.option(
        "--cluster", metavar="ADDRESS", help="Run on the Dask cluster of this scheduler instead: tcp://HOST:8786."
    ),
    click.option("--tls-ca-file", metavar="FILE", help="Of a cluster at tls://: the authority's certificate (PEM)."),
    click.option("--tls-cert", metavar="FILE", help="Of a cluster at tls://: one's own certificate (PEM)."),
    click.option("--tls-key", metavar="FILE", help="Of a cluster at tls://: the key of that certificate (PEM)."),
)


def workers_options(command: Command) -> Command:
    """Add where runs are carried out: --workers, or --cluster with --tls-ca-file, --tls-cert and --tls-key."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


CLUSTER: Final = ("cluster", "tls_ca_file", "tls_cert", "tls_key")
"""The options of a cluster, by the names of their parameters."""


def cluster_words(options: Mapping[str, Any]) -> list[str]:
    """Return the words of a command line that name the cluster of options."""
    given = [(f"--{name.replace('_', '-')}", options[name]) for name in CLUSTER if options[name] is not None]
    return [word for pair in given for word in pair]


@contextmanager
def connected(
    cluster: str | None, *, workers: int | None, tls_ca_file: str | None, tls_cert: str | None, tls_key: str | None
) -> Iterator[Any]:
    """Give a client of the cluster, for as long as the context lasts; None where there is none.

    Raises InputError where the options contradict each other, and where no scheduler answers.
    """
    from topologies.errors import InputError

    files = {"--tls-ca-file": tls_ca_file, "--tls-cert": tls_cert, "--tls-key": tls_key}
    if cluster is None:
        given = next((name for name, file in files.items() if file is not None), None)
        if given:
            raise InputError(f"found {given} without --cluster; give the address of the scheduler too")
        yield None
        return
    if workers is not None:
        raise InputError("found --workers beside --cluster, which has workers of its own; leave one of them out")
    from scenarios.execution.dask_workers import connect, secured

    client = connect(cluster, secured(*files.values()))
    try:
        if not client.nthreads():
            click.echo(f"{cluster} has no workers yet; waiting for some", err=True)
        yield client
    finally:
        client.close(timeout=1)
