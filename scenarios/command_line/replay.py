"""`murmur replay`: a run again, from its folder alone."""

from __future__ import annotations

import click

from scenarios.command_line.options import plugin_option


@click.command()
@click.argument("run")
@plugin_option
@click.option("--progress/--no-progress", default=None, help="Show progress; unless said, where a run takes long.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
def replay(run: str, plugins: tuple[str, ...], progress: bool | None, as_json: bool) -> int:
    """Run the folder RUN again, and compare the two by their digests.

    Ends with 0 when they are the same, 1 when not, with the first record that differs, 2 when RUN is damaged.
    """
    from pathlib import Path

    from analysis.run_folder import open_run
    from scenarios.command_line.comparison import print_comparison
    from scenarios.command_line.progress import RunProgress
    from scenarios.replay import replay as replay_run
    from scenarios.replay import scenario_in

    recorded = open_run(Path(run), verify=False)
    duration = scenario_in(recorded, plugins).duration
    with RunProgress(duration, progress) as shown:
        comparison = replay_run(recorded.path, plugins=plugins, observers=(shown.watch,))
    if not comparison.same:
        for notice in recorded.notices:
            click.echo(notice, err=True)
    return print_comparison(comparison, recorded.manifest.digest, as_json)
