"""How two runs compare, on standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from analysis.comparison import Comparison
    from sim.records import Record


def print_comparison(comparison: Comparison, digest: str, as_json: bool) -> int:
    """Print how two runs compare, and return the exit code: 0 where they are the same, 1 where not.

    `digest` is that of the first run.
    """
    if as_json:
        import json

        click.echo(json.dumps({**_plain(comparison), "digest": digest}))
    elif comparison.same:
        click.echo(f"the same: digest {digest}")
    else:
        click.echo(comparison.text)
    return 0 if comparison.same else 1


def _plain(comparison: Comparison) -> dict[str, Any]:
    return {
        "same": comparison.same,
        "detail": comparison.detail,
        "settings": list(comparison.settings),
        "position": comparison.position,
        "first": _record(comparison.first),
        "second": _record(comparison.second),
        "nodes": [
            {"node": of.node, "time": of.time, "first": _record(of.first), "second": _record(of.second)}
            for of in comparison.nodes
        ],
    }


def _record(record: Record | None) -> dict[str, Any] | None:
    return None if record is None else record._asdict()
