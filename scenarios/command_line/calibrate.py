"""`murmur calibrate`: what operations on shared state cost on this machine, as a file that scenarios can take."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress

    from scenarios.calibration.calibrate import Calibration


@click.command()
@click.option("--out", metavar="FILE", default="costs.yaml", show_default=True, help="File to write the costs to.")
@click.option("--repeats", type=click.IntRange(1, 10_000), help="Repeats of each measurement; 41 unless given.")
@click.option("--quick", is_flag=True, help="Repeat each 7 times only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
@click.option("--progress/--no-progress", default=None, help="Show progress; unless said, where there is a terminal.")
def calibrate(out: str, repeats: int | None, quick: bool, as_json: bool, progress: bool | None) -> int:
    """Measure what locks, atomics, queues and memory cost on this machine.

    Writes a file for `murmur run SCENARIO --costs FILE`. Ends with 0 when it is written, with 2 when the input is
    wrong.
    """
    from scenarios.calibration.calibrate import calibrate as measure

    if quick and repeats is not None:
        raise click.UsageError("--quick and --repeats contradict each other; leave one of them out")
    with _Progress(progress) as shown:
        done = measure(out, repeats=repeats, quick=quick, on_measure=shown.begin)
    if as_json:
        import json

        click.echo(json.dumps({**done.plain(), "file": str(done.path)}))
    else:
        _print(done)
    return 0


def _print(done: Calibration) -> None:
    from rich.table import Table

    from scenarios.command_line.tables import output

    table = Table(box=None, padding=(0, 2, 0, 0))
    for name, side in (("measured", "left"), ("median", "right"), ("95 % interval", "left"), ("field", "left")):
        table.add_column(name, justify="right" if side == "right" else "left", no_wrap=True)
    table.add_column("what it is", overflow="fold")
    for one in done.measurements:
        told, field = one.plain(), one.measure.field
        bounds = "" if told["low"] is None or told["high"] is None else f"{told['low']:g} to {told['high']:g}"
        value = f"{told['median']:g} {one.measure.unit}"
        table.add_row(one.measure.name, value, bounds, "" if field is None else f"hardware.{field}", one.measure.how)
    output().print(table)
    if str(done.machine["compiler"]).startswith("none"):
        click.echo("no C compiler was found: install one (cc, gcc or clang) to measure atomics and memory", err=True)
    click.echo(str(done.path))


class _Progress:
    """Says on standard error what is being measured."""

    def __init__(self, wanted: bool | None) -> None:
        self._shown = sys.stderr.isatty() if wanted is None else wanted
        self._bar: Progress | None = None
        self._task: Any = None

    def begin(self, name: str, before: int, number: int) -> None:
        """Take in that a measurement begins."""
        if not self._shown:
            return
        if not sys.stderr.isatty():
            click.echo(f"{before + 1} of {number}: {name}", err=True)
            return
        if self._bar is None:
            from rich.progress import BarColumn, Progress, TextColumn

            from scenarios.command_line.tables import output

            columns = (BarColumn(), TextColumn("{task.description}"))
            self._bar = Progress(*columns, console=output(error=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(name, total=number)
        self._bar.update(self._task, completed=before, description=name)

    def __enter__(self) -> _Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
