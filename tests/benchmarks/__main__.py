"""Murmur beside others on the same work, as ratios: `python tests/benchmarks [--quick] [NAME]...`."""

import platform
from typing import Any

import click
from comparison import Comparison, Result, Side, SideFailed, compare
from contender import Measurement
from rich import box
from rich.console import Console
from rich.table import Table

HEALED = ({"kind": "partition", "at": "1us", "heal_after": "1ns", "groups": {"isolate": 0}},)
FROM_THE_START = "0s"
NEVER_DUE = "1000h"
HELD_BACK = {"reordering": {"probability": 0, "delay": "1ms"}}


def ping(deliveries: int) -> list[Comparison]:
    """The ping network on Murmur, SimPy and happysim."""
    options = {"deliveries": deliveries}
    sides = (
        Side("plain SimPy, as its users write it", "ping_network:simpy_side", options),
        Side("Murmur", "ping_network:murmur_side", options),
        Side("Murmur without accelerator", "ping_network:murmur_side", options, accelerator=False),
        Side("happysim", "ping_network:happysim_side", options),
    )
    return [Comparison("ping network", "delivery", sides)]


def calls(number: int) -> list[Comparison]:
    """The kernel's call path beside SimPy's."""
    comparisons = []
    for scales in ("like", "mixed"):
        for waiting in (100, 10_000, 100_000):
            options = {"scales": scales, "waiting": waiting, "calls": number}
            sides = (
                Side("SimPy Timeout and callback", "call_path:simpy_side", options),
                Side("Kernel.post", "call_path:post_side", options),
                Side("Kernel.call_at", "call_path:call_at_side", options),
            )
            title = f"call path, {scales} delays, {waiting:,} waiting"
            comparisons.append(Comparison(title, "call", sides, tolerance=0.0))
    return comparisons


def gossip(nodes: int) -> list[Comparison]:
    """Push gossip to all, in a large system and in small ones; the ratio is that of the costs of a message."""
    sides = (
        Side(f"{nodes:,} nodes", "gossip_scale:push_side", {"nodes": nodes, "runs": 1}),
        Side("1,000 nodes", "gossip_scale:push_side", {"nodes": 1_000, "runs": 50}),
        Side(f"{nodes:,} nodes, no accelerator", "gossip_scale:push_side", {"nodes": nodes, "runs": 1}, False),
        Side("1,000 nodes, no accelerator", "gossip_scale:push_side", {"nodes": 1_000, "runs": 50}, False),
    )
    return [
        Comparison("push gossip to all", "message", sides[:2], tolerance=None),
        Comparison("push gossip to all", "message", sides[2:], tolerance=None),
    ]


def costs(deliveries: int) -> list[Comparison]:
    """What parts of Murmur cost in the ping network."""
    options: dict[str, Any] = {"deliveries": deliveries}
    sides = (
        Side("no faults configured", "ping_network:murmur_side", options),
        Side("a partition that has healed", "ping_network:murmur_side", {**options, "faults": HEALED}),
        Side("reordering of no message", "ping_network:murmur_side", {**options, "network": HELD_BACK}),
        Side("the same as the first, records timed", "ping_network:records_side", options),
        Side("the same, no accelerator", "ping_network:records_side", options, accelerator=False),
    )
    return [Comparison("faults that are off, and records", "delivery", sides)]


def network_faults(at: str, options: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Every fault of the network, at this time; what has to be on to be anything (a clog) only where it is not due."""
    from faults.network.kinds import KINDS

    faults = ({"kind": name, "at": at, **options} for name in KINDS)
    return tuple(fault for fault in faults if at == NEVER_DUE or KINDS[fault["kind"]].config(**fault).is_off)


def off(deliveries: int) -> list[Comparison]:
    """What faults of the network cost that are defined and off, not yet due, or over."""
    options: dict[str, Any] = {"deliveries": deliveries}
    over = network_faults(NEVER_DUE, {})
    over = tuple({**fault, "at": "1us", "heal_after": "1ns"} for fault in over)
    sides = (
        Side("no fault", "ping_network:murmur_side", options),
        Side(
            "every fault of the network, off",
            "ping_network:murmur_side",
            {**options, "faults": network_faults(FROM_THE_START, {})},
        ),
        Side(
            "every fault of the network, not yet due",
            "ping_network:murmur_side",
            {**options, "faults": network_faults(NEVER_DUE, {})},
        ),
        Side("every fault of the network, over", "ping_network:murmur_side", {**options, "faults": over}),
    )
    return [Comparison("faults of the network that are off", "delivery", sides)]


def runs(number: int) -> list[Comparison]:
    """Many short runs on worker processes, by the time on the wall."""
    sides = (
        Side("a loop in one process", "many_runs:loop_side", {"runs": number}),
        Side("one worker", "many_runs:workers_side", {"runs": number, "workers": 1}),
        Side("two workers", "many_runs:workers_side", {"runs": number, "workers": 2}),
    )
    return [Comparison("many short runs", "run", sides, tolerance=0.0)]


def study(seeds: int) -> list[Comparison]:
    """A study of 64 cells: its runs in a loop, and all of it on one worker and on two, by the time on the wall."""
    sides = (
        Side("its runs alone, in a loop", "many_runs:study_loop_side", {"seeds": seeds}),
        Side("the study on one worker", "many_runs:study_side", {"seeds": seeds, "workers": 1}),
        Side("the study on two workers", "many_runs:study_side", {"seeds": seeds, "workers": 2}),
    )
    return [Comparison("study of 64 cells", "run", sides, tolerance=0.0)]


def histories(operations: int) -> list[Comparison]:
    """The judge of linearizability on legal histories of 20 clients."""
    options: dict[str, Any] = {"operations": operations, "keys": 100, "clients": 20}
    hot = {"operations": operations // 10, "keys": 1, "clients": 20}
    function = "histories:judge_side"
    sides = (
        Side(f"{operations:,} operations, 100 keys", function, options),
        Side("the same, 2 % without answer", function, {**options, "unknown": 0.02}),
        Side(f"{operations // 10:,} operations, one key", function, hot),
    )
    return [Comparison("linearizability", "operation", sides, tolerance=None)]


def raft(operations: int) -> list[Comparison]:
    """A cluster of Raft: its messages at 1,000 operations a second, and its entries from 3 servers to 101."""
    seconds = max(1, operations // 1_000)
    loaded = Side(
        "5 servers, 1,000 operations/s",
        "raft_cluster:cluster_side",
        {"servers": 5, "rate": 1_000, "seconds": seconds, "per": "message"},
    )
    sizes = tuple(
        Side(
            f"{servers} servers, 200 operations/s",
            "raft_cluster:cluster_side",
            {"servers": servers, "rate": 200, "seconds": seconds, "per": "entry"},
        )
        for servers in (3, 11, 31, 101)
    )
    return [
        Comparison("Raft under load", "message", (loaded,), tolerance=None),
        Comparison("Raft by size", "committed entry", sizes, tolerance=None),
    ]


def kuramoto(updates: int) -> list[Comparison]:
    """Oscillators that are moved together, by number of agents, and by what their equations hold."""

    def side(label: str, nodes: int, topology: dict[str, Any], method: str = "rk4", **options: Any) -> Side:
        steps = max(2, updates // nodes // (4 if method == "rk4" else 1))
        options = {"method": method, "frequencies": {"kind": "gaussian", "width": 1.0}, **options}
        return Side(
            label, "kuramoto:swarm_side", {"nodes": nodes, "steps": steps, "topology": topology, "options": options}
        )

    regular, mesh = {"kind": "random-regular", "degree": 8}, {"kind": "mesh"}
    return [
        Comparison(
            "Kuramoto, degree 8, by agents",
            "stage of an agent",
            tuple(side(f"{nodes:,} agents", nodes, regular) for nodes in (100_000, 1_000, 10_000)),
            tolerance=None,
        ),
        Comparison(
            "Kuramoto, 10,000 agents, by equations",
            "stage of an agent",
            (
                side("Runge and Kutta", 10_000, regular),
                side("Euler", 10_000, regular, "euler"),
                side("Euler and Maruyama, with noise", 10_000, regular, "euler", noise=0.1),
                side("with a lag", 10_000, regular, lag=0.3),
                side("with a delay", 10_000, regular, delay="105ms"),
                side("links that learn", 10_000, regular, learning={}),
                side("a mean field", 10_000, mesh),
            ),
            tolerance=None,
        ),
    ]


def tasks(number: int) -> list[Comparison]:
    """Jobs of 10 µs on 256 cores beside 4, under work stealing with both ways to arrive, and with one queue."""
    schedulers: dict[str, dict[str, Any]] = {
        "work stealing, jobs to the global queue": {"kind": "work-stealing"},
        "work stealing, jobs to queues of cores": {"kind": "work-stealing", "arrivals": "random"},
        "one queue": {"kind": "fifo"},
    }

    def side(cores: int, scheduler: dict[str, Any]) -> Side:
        options = {"cores": cores, "tasks": number, "scheduler": scheduler}
        return Side(f"{cores} cores", "task_scale:tasks_side", options)

    return [
        Comparison(f"jobs, {title}", "job", (side(256, scheduler), side(4, scheduler)), tolerance=None)
        for title, scheduler in schedulers.items()
    ]


def actors(number: int) -> list[Comparison]:
    """Messages between actors, by where they are, and the life of an actor that is asked once."""
    function = "actor_messages:stream_side"
    streams = (
        Side("one node without cores", function, {"nodes": 1, "cores": 0, "messages": number}),
        Side("one node with two cores", function, {"nodes": 1, "cores": 2, "messages": number}),
        Side("two nodes without cores", function, {"nodes": 2, "cores": 0, "messages": number}),
        Side("two nodes with two cores", function, {"nodes": 2, "cores": 2, "messages": number}),
    )
    lives = tuple(
        Side(label, "actor_messages:spawn_side", {"cores": cores, "actors": number // 10})
        for label, cores in (("one node without cores", 0), ("one node with two cores", 2))
    )
    return [
        Comparison("messages between actors", "message", streams, tolerance=0.0),
        Comparison("lives of actors", "spawn, question, answer and end", lives, tolerance=0.0),
    ]


BENCHMARKS = {
    "ping": (ping, 1_000_000, 200_000),
    "calls": (calls, 500_000, 100_000),
    "gossip": (gossip, 100_000, 20_000),
    "costs": (costs, 1_000_000, 200_000),
    "off": (off, 1_000_000, 200_000),
    "runs": (runs, 2_000, 400),
    "study": (study, 100, 20),
    "histories": (histories, 100_000, 20_000),
    "raft": (raft, 10_000, 2_000),
    "kuramoto": (kuramoto, 60_000_000, 12_000_000),
    "tasks": (tasks, 1_000_000, 200_000),
    "actors": (actors, 200_000, 40_000),
}
"""By name: comparisons of a benchmark, and its operations in full and with `--quick`."""


def add_rows(table: Table, comparison: Comparison, results: list[Result]) -> None:
    """One row a side."""
    table.add_section()
    for index, result in enumerate(results):
        title = comparison.title if index == 0 else ""
        if result.left_out:
            table.add_row(title, result.side.label, "–", "–", result.left_out)
            continue
        ratios = sorted(result.ratios)
        median = ratios[len(ratios) // 2] if len(ratios) % 2 else sum(ratios[len(ratios) // 2 - 1 :][:2]) / 2
        spread = f"{ratios[0]:.2f}–{ratios[-1]:.2f}" if index else ""
        cost = f"{result.nanoseconds:,.0f} ns a {comparison.operation}"
        table.add_row(
            title, result.side.label, cost, f"{median:.2f}", "; ".join(filter(None, [spread, *notes(result)]))
        )


def notes(result: Result) -> list[str]:
    """What else a side measured: shares of its time, of the median round."""
    middle: Measurement = sorted(result.measurements, key=lambda one: one.nanoseconds)[len(result.measurements) // 2]
    memory = f"{middle.peak_memory / 1e6:.0f} MB at most"
    return [*(f"{name}: {note}" for name, note in middle.notes.items()), memory]


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
@click.option("--quick", is_flag=True, help="A fifth of the work, for a first look.")
@click.option("--rounds", default=5, type=click.IntRange(1), show_default=True, help="Rounds; medians are shown.")
def main(names: tuple[str, ...], quick: bool, rounds: int) -> None:
    """Print how much longer the first side of each benchmark takes than the others, on this machine and now."""
    progress = Console(stderr=True)
    table = Table("benchmark", "side", "cost", "ratio", "range of ratios; notes", box=box.SIMPLE)
    for name in names or BENCHMARKS:
        make, full, short = BENCHMARKS[name]
        for comparison in make(short if quick else full):
            try:
                with progress.status(comparison.title) as status:
                    results = compare(comparison, rounds, status.update)
            except SideFailed as failure:
                raise click.ClickException(str(failure)) from None
            add_rows(table, comparison, results)
    table.caption = (
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {rounds} rounds. "
        "Processor time, but for many short runs. Ratio: cost of the first side over that of this one, median."
    )
    Console(width=None if progress.is_terminal else 140).print(table)


if __name__ == "__main__":
    main()
