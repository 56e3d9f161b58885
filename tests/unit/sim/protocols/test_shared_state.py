"""Threads that share a structure: nothing is lost, what is slow is so for a reason, and safeguards matter."""

from __future__ import annotations

from typing import Any

import pytest

import murmur
from scenarios.run import Run
from topologies.errors import InputError

STRUCTURES = ("mutex", "compare-and-swap", "channel", "read-copy-update", "cache-lines")


def scenario(threads: int = 4, cores: int | None = None, sockets: int = 1, **protocol: Any) -> dict[str, Any]:
    """One node whose threads share something, as many cores as threads unless said."""
    return {
        "name": "threads",
        "duration": "1s",
        "topology": {"kind": "mesh", "nodes": 1},
        "hardware": {"cores": cores or threads, "sockets": sockets},
        "protocol": {"kind": "shared-state", "threads": threads, "operations": 400, **protocol},
        "stop_when": "quiescent",
        "checks": ["no-lost-update", "no-torn-read"],
    }


def run(*arguments: Any, **options: Any) -> Run:
    """Run such a scenario."""
    return murmur.run(scenario(*arguments, **options))


def verdicts(done: Run) -> dict[str, str]:
    """What the checks came to."""
    return {verdict.check: verdict.verdict for verdict in done.verdicts}


def per_second(*arguments: Any, **options: Any) -> float:
    """Operations per second of such a scenario."""
    value = run(*arguments, **options).metrics["thread_operations_per_second"]
    assert isinstance(value, float)
    return value


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("cores", [1, 3, 8])
def test_no_operation_is_lost_or_mixed(structure: str, cores: int) -> None:
    """Whatever is shared, on fewer and on more cores than threads, all operations are done and all are right."""
    done = run(5, cores, structure=structure, reads=0.3, outside={"kind": "exponential", "mean": "300ns"})
    assert done.metrics["thread_operations"] == 400
    assert done.metrics["lost_updates"] == 0
    assert verdicts(done) == {"no-lost-update": "holds", "no-torn-read": "holds"}


def test_a_thread_alone_takes_what_the_table_says() -> None:
    """Without others an update takes its cost and the work inside, 500 and 100 ns under a mutex, and no core moves."""
    expected = {"mutex": 600, "compare-and-swap": 150, "read-copy-update": 1_600}
    for structure, nanoseconds in expected.items():
        alone = run(1, 1, structure=structure, outside="10us")
        assert alone.metrics["update_time_mean"] == pytest.approx(nanoseconds, abs=1)  # a line is fetched once
        assert alone.metrics["line_moves"] == 0


def test_a_mutex_is_the_bottleneck_of_threads_that_hold_it_long() -> None:
    """Throughput grows with threads until the mutex is always held, and not beyond what it lets through."""
    rates = [per_second(threads, inside="1us", outside="3us", hand_off=False) for threads in (1, 2, 8)]
    assert rates[1] > 1.7 * rates[0]
    assert rates[2] < 1e9 / 1_250


def test_reads_by_read_copy_update_do_not_hinder_each_other() -> None:
    """Eight threads read eight times as much as one, where under a mutex they do not."""
    gain = {}
    for structure in ("read-copy-update", "mutex"):
        one, eight = (per_second(threads, structure=structure, reads=1.0, outside="200ns") for threads in (1, 8))
        gain[structure] = eight / one
    assert gain["read-copy-update"] == pytest.approx(8, rel=0.05)
    assert gain["mutex"] < 2


def test_conflicts_of_compare_and_swap_grow_with_threads() -> None:
    """One thread never tries again; the more there are, the more often a swap comes too late."""
    tries = [run(threads, structure="compare-and-swap").metrics["tries_per_update"] for threads in (1, 4, 16)]
    assert tries[0] == 1.0
    assert tries[0] < tries[1] < tries[2]


def test_padding_ends_false_sharing() -> None:
    """Counters on one line slow each other by moves of the line, the more across sockets; counters apart do not."""
    options = {"structure": "cache-lines", "inside": "20ns", "outside": "30ns"}
    apart, near, far = (
        run(4, sockets=sockets, padding=padding, **options) for sockets, padding in ((2, True), (1, False), (2, False))
    )
    assert apart.metrics["line_moves"] == 0
    rates = [done.metrics["thread_operations_per_second"] for done in (far, near, apart)]
    assert rates == sorted(rates)
    assert rates[2] > 2 * rates[1] > 2 * rates[0]


def test_lines_as_large_as_a_counter_are_never_shared() -> None:
    """That false sharing comes of addresses shows where a line holds one counter: padding then changes nothing."""
    one, other = (run(4, structure="cache-lines", line=8, padding=padding) for padding in (False, True))
    assert one.metrics == other.metrics


def test_a_small_channel_makes_threads_wait() -> None:
    """A thread that puts gets ahead of the one that takes by no more than the channel holds."""
    options = {"structure": "channel", "inside": "2us", "outside": "100ns", "threads": 2}
    small, large = (run(capacity=capacity, **options).metrics["update_time_mean"] for capacity in (0, 1000))
    assert small > 5 * large


@pytest.mark.parametrize(
    ("structure", "safeguard", "check"),
    [("mutex", "exclusion", "no-lost-update"), ("compare-and-swap", "compare", "no-lost-update")],
)
def test_what_safeguards_are_good_for(structure: str, safeguard: str, check: str) -> None:
    """Without mutual exclusion, or without the comparison, updates are lost, and the check finds it."""
    done = run(4, structure=structure, outside="100ns", ablate=[safeguard])
    assert verdicts(done)[check] == "violated"


def test_a_mixture_needs_a_reader_that_is_held_up() -> None:
    """Without grace periods reads are mixed where a core stalls in the midst of one, and only there."""
    stalls = {"kind": "stalled-core", "target": 0, "cores": [1]}
    stalls["when"] = {"mean_time_between_failures": "50us", "mean_time_to_repair": "20us", "until": "900us"}
    for ablated, found in (((), "holds"), (("grace-period",), "violated")):
        threads = scenario(structure="read-copy-update", reads=0.7, inside="1us", outside="2us", ablate=list(ablated))
        threads["protocol"]["operations"] = 2000
        assert verdicts(murmur.run({**threads, "faults": [stalls]}))["no-torn-read"] == found
        assert verdicts(murmur.run(threads))["no-torn-read"] == "holds"


def test_a_crash_ends_threads_and_a_restart_begins_anew() -> None:
    """Threads die with their node; those of its next life come to their end, and only they are judged."""
    threads = scenario(structure="mutex", sample_every=0)
    done = murmur.run({**threads, "faults": [{"kind": "crash", "target": 0, "at": "20us", "restart_after": "10us"}]})
    assert [record.kind for record in done.records].count("worked") == 4
    assert verdicts(done)["no-lost-update"] == "holds"


def test_time_ends_threads_too() -> None:
    """No operation is begun once the time is over."""
    done = run(2, structure="mutex", lasts="50us")
    assert 10 < done.metrics["thread_operations"] < 100
    (shared,) = (record for record in done.records if record.kind == "shared")
    assert 50_000 <= shared.fields["took"] < 55_000


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hardware": []}, "runs threads"),
        ({"hardware": [{"cores": 2, "nodes": []}]}, "found none for node 0"),
        ({"protocol": {"kind": "shared-state", "structure": "mutx"}}, "mutex"),
        ({"protocol": {"kind": "shared-state", "ablate": ["compare"]}}, "set structure: compare-and-swap"),
        ({"protocol": {"kind": "gossip"}, "workload": {"kind": "rumour"}, "hardware": []}, "no meaning"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, Any], words: str) -> None:
    """Threads without cores, a structure that is none, and a safeguard of another structure are refused."""
    with pytest.raises(InputError, match=words):
        murmur.run({**scenario(), **change})


def test_threads_of_a_program_need_cores_too() -> None:
    """A simulation that is made by a program is refused without hardware as well."""
    from sim.protocols.shared_state.shared_state import SharedState

    with pytest.raises(InputError, match="give it cores"):
        murmur.Simulation(murmur.topology("mesh", nodes=1), SharedState)
