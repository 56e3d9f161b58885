"""`murmur check`: whether a scenario is right, and whether it is deterministic here."""

from __future__ import annotations

import click

from scenarios.command_line.options import scenario_options


@click.command()
@click.argument("scenario")
@scenario_options
@click.option("--determinism", is_flag=True, help="Run it twice in fresh processes, and compare.")
def check(
    scenario: str, seed: str | None, overrides: tuple[str, ...], plugins: tuple[str, ...], determinism: bool
) -> int:
    """Check SCENARIO, a file or the name of a built-in, without running it.

    Says which faults are off, by their options. Ends with 0 when it is right, 2 when it is wrong; with --determinism, 1
    when two runs of it differ.
    """
    from scenarios.build import build
    from scenarios.command_line.options import read_source
    from scenarios.watch import Watch

    source = read_source(scenario, seed, overrides, plugins)
    with source.errors_placed():
        simulation = build(source.scenario)
        Watch.attach(simulation, source.scenario)
    topology = simulation.topology
    links = f"{topology.links:,} link{'s' if topology.links != 1 else ''}"
    nodes = f"{topology.nodes:,} node{'s' if topology.nodes != 1 else ''}"
    click.echo(f"{source.document.name}: right; {topology.kind} of {nodes} and {links}")
    for place, fault in enumerate(source.scenario.fault_list):
        if fault.is_off:
            click.echo(f"faults[{place}] is off: {fault.description}; its options ask for nothing, so it never strikes")
    if not determinism:
        return 0
    from scenarios.determinism import compare_in_fresh_processes

    verdict = compare_in_fresh_processes(source.scenario, plugins)
    click.echo(verdict.text)
    return 0 if verdict.same else 1
