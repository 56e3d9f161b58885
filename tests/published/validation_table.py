"""Prints every published result beside what Murmur measures: `python -m tests.published [--quick] [ROW ...]`.

Replicates are shared out over worker processes; each seed derives from its row, part and number, so that the numbers
are the same on any machine and with any number of workers. Ends with 1 where a result is out of its tolerance.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from tests.published.measurement import Row, judge, measure
from tests.published.rows import ROWS

CHUNKS = 8
"""Pieces that the replicates of a part are cut into."""


def _measured(row: str, part: str, numbers: range) -> tuple[list[dict[str, float]], float]:
    """The samples of some replicates, and the seconds that they took."""
    began = time.perf_counter()
    return measure(ROWS[row], part, numbers), time.perf_counter() - began


def _submit(pool: ProcessPoolExecutor, row: Row, quick: bool) -> dict[str, list[Future]]:
    seeds = row.quick_seeds if quick else row.seeds
    size = -(-seeds // CHUNKS)
    starts = range(0, seeds, size)
    return {
        part: [pool.submit(_measured, row.id, part, range(start, min(seeds, start + size))) for start in starts]
        for part in row.parts_of(quick)
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure the rows asked for, print the table, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.published", description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"numbers of rows, of {', '.join(ROWS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="few seeds, with their error added to the tolerance")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), help="worker processes")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.rows) - set(ROWS))
    if unknown:
        parser.error(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}")
    chosen = [row for name, row in ROWS.items() if not options.rows or name in options.rows]
    began = time.perf_counter()
    failed = 0
    print("| row | quantity | measured ± s.e. | reference | tolerance | seeds | verdict |")
    print("|---|---|---|---|---|---|---|")
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        pending = {row.id: _submit(pool, row, options.quick) for row in chosen}
        for row in chosen:
            samples: dict[str, list[dict[str, float]]] = defaultdict(list)
            seconds = 0.0
            for part, futures in pending[row.id].items():
                for future in futures:
                    found, taken = future.result()
                    samples[part] += found
                    seconds += taken
            for verdict in judge(row, samples, options.quick):
                failed += not verdict.holds
                _print(verdict, min(map(len, samples.values())))
            print(f"{row.id} {row.title}: {seconds:.1f} s of processor time", file=sys.stderr)
    print(f"{failed} out of tolerance, after {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return 1 if failed else 0


def _print(verdict, seeds: int) -> None:
    quantity = verdict.quantity
    cells = (
        verdict.row,
        quantity.name,
        f"{verdict.measured:.5g} ± {verdict.error:.2g}",
        f"{quantity.reference:g}",
        f"{verdict.allowed:.3g}",
        str(seeds),
        "holds" if verdict.holds else "**out**",
    )
    print(f"| {' | '.join(cells)} |", flush=True)
