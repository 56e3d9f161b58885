"""Round-trip times between regions: the built-in, published ones, and how a matrix is read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Final

BUILT_IN: Final = ("ibm-cloud-2024",)


@dataclass(frozen=True)
class RegionMatrix:
    """Round-trip times between named regions, in ms, the same in both directions, and where they come from.

    `round_trip_ms[a, b]` is there for every ordered pair of regions, and for a = b: between two nodes of one region.
    """

    title: str
    source: str
    regions: tuple[str, ...]
    round_trip_ms: dict[tuple[str, str], Fraction]


@cache
def built_in(name: str) -> RegionMatrix:
    """Return a built-in matrix.

    Both directions of a pair were measured; their mean counts. Within a region it is the mean between its zones.
    """
    assert name in BUILT_IN, name
    data = json.loads(files("topologies").joinpath("data", f"{name}.json").read_text("utf-8"), parse_float=Fraction)
    times = {}
    for a, (one, row) in enumerate(zip(data["order"], data["round_trip_ms"], strict=True)):
        times[one, one] = _mean(data["between_zones_ms"][a])
        for b, other in enumerate(data["order"]):
            if a != b:
                times[one, other] = _mean([row[b], data["round_trip_ms"][b][a]])
    source = f"{data['source']} ({data['url']}; {data['repository']})"
    return RegionMatrix(data["title"], source, tuple(data["order"]), times)


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)
