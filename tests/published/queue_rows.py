"""The published results on queues, placement, work stealing and list scheduling, as data; times are in seconds of
mean work, or in steps of a task."""

from __future__ import annotations

from math import log2

import numpy as np
from scipy import stats

from tests.published.measurement import Part, Quantity, Row, Samples, Statistic, column, every, mean, share_of

SECOND, STEP = 1e9, 1e3
"""Nanoseconds of a job's mean work, and of a task of a graph."""
SOJOURN, WAIT, MAKESPAN = "sojourn_mean", "wait_mean", "makespan"
MITZENMACHER = "Mitzenmacher, IEEE TPDS 12(10), 2001, table 1; re-derived by simulation"
LPT_SIZES = (2, 3, 4, 8)


def ratio(above: tuple[str, ...], below: tuple[str, ...], part: str, scale: float = 1.0) -> Statistic:
    """The product of metrics over that of others, times `scale`, in the run in which it is farthest from 1."""

    def statistic(samples: Samples) -> tuple[float, float]:
        product, divisor = (
            np.prod([column(samples, part, name) for name in names], axis=0) for names in (above, below)
        )
        ratios = scale * product / divisor
        return float(ratios[np.argmax(np.abs(ratios - 1))]), 0.0

    return statistic


def beyond(work: float, cores: int, part: str, scale: float = 1.0) -> Statistic:
    """The mean of the makespan, in steps, beyond what the work takes on so many busy cores; divided by `scale`."""

    def statistic(samples: Samples) -> tuple[float, float]:
        excess = (column(samples, part, MAKESPAN) / STEP - work / cores) / scale
        return float(np.mean(excess)), float(stats.sem(excess)) if excess.size > 1 else 0.0

    return statistic


def _longer(load: float) -> tuple[str, ...]:
    """More jobs a run where the load is high: it begins empty, and takes long to forget that."""
    if load < 0.9:
        return ()
    if load < 0.99:
        return (f"workload.count={100_000 if load == 0.9 else 200_000}",)
    return ("workload.count=400000", "workload.warm_up=1000s")


def _markov_queue() -> Row:
    references = {(4, 0.8): (0.5964, 0.7455), (4, 0.9): (0.7878, 1.9694), (16, 0.9): (0.5913, 0.3696)}
    parts, quantities = {}, []
    for (cores, load), (probability, wait) in references.items():
        name, quick = f"c={cores} load {load:g}", load == 0.8
        settings = (f"hardware.cores={cores}", f"workload.arrivals.rate={cores * load:.10g}/s", *_longer(load))
        parts[name] = Part("queue", settings, quick=quick)
        quantities.append(Quantity(f"P(wait), {name}", probability, 0.01, mean("wait_probability", name), quick))
        quantities.append(Quantity(f"mean wait, {name}", wait, 0.04 * wait, mean(WAIT, name, SECOND), quick))
    return Row("Q01", "the queue M/M/c", "Erlang 1917 (exact)", parts, tuple(quantities), 40, 5)


def _general_queue() -> Row:
    cases = {
        "constant work, load 0.8": ("0.8/s", "{kind: constant, value: 1s}", 2.0, 0.04),
        "cv² = 4, load 0.7": ("0.7/s", "{kind: hyperexponential, mean: 1s, cv2: 4}", 0.7 * 5 / 0.6, 0.08),
    }
    parts = {
        name: Part("queue", ("hardware.cores=1", f"workload.arrivals.rate={rate}", f"workload.work={work}"))
        for name, (rate, work, _, _) in cases.items()
    }
    quantities = tuple(
        Quantity(f"mean wait, {name}", wait, within * wait, mean(WAIT, name, SECOND))
        for name, (_, _, wait, within) in cases.items()
    )
    return Row("Q03", "the queue M/G/1", "Pollaczek 1930, Khinchine 1932 (exact)", parts, quantities, 80, 5)


def _shortest_remaining() -> Row:
    references = {0.5: 1.4254, 0.8: 2.3528, 0.9: 3.5521}
    parts, quantities = {}, []
    for load, sojourn in references.items():
        name, quick = f"load {load:g}", load == 0.8
        settings = (
            "hardware.cores=1",
            "hardware.scheduler={kind: shortest-remaining}",
            f"workload.arrivals.rate={load:g}/s",
            *_longer(load),
        )
        parts[name] = Part("queue", settings, quick=quick)
        quantities.append(Quantity(f"mean time, {name}", sojourn, 0.025 * sojourn, mean(SOJOURN, name, SECOND), quick))
    source = "Schrage and Miller, Operations Research 14(4), 1966 (exact)"
    return Row("Q05", "shortest remaining work first, M/M/1", source, parts, tuple(quantities), 40, 5)


def _little() -> Row:
    """Runs are cut off with jobs in the system, or the law would hold to the last bit."""
    cut = ("duration=31250s", "workload.count=null")
    parts = {
        "M/M/4": Part("queue", cut),
        "M/G/4, shares": Part(
            "queue",
            (
                *cut,
                "hardware.scheduler={kind: processor-sharing}",
                "workload.work={kind: hyperexponential, mean: 1s, cv2: 4}",
            ),
            quick=False,
        ),
        "two choices": Part(
            "power-of-two-choices", ("duration=1111s", "workload.count=null", "hardware.speeds=[1.0]"), quick=False
        ),
    }
    cores = {"M/M/4": 4, "M/G/4, shares": 4, "two choices": 100}
    quantities = []
    for name, part in parts.items():
        law = ratio(("jobs_in_system",), ("arrival_rate_by_sojourn",), name)
        busy = ratio(("core_utilisation",), ("job_throughput", "job_work_mean"), name, cores[name] * SECOND)
        quantities.append(Quantity(f"L / (λ W), {name}", 1, 0.005, law, part.quick))
        quantities.append(Quantity(f"utilisation / (λ / (c μ)), {name}", 1, 0.005, busy, part.quick))
    return Row("Q06", "Little's law and utilisation", "Little 1961 (exact)", parts, tuple(quantities), 10, 1)


def _two_choices() -> Row:
    references = {
        0.5: (1.2676, 0.01),
        0.7: (1.6223, 0.01),
        0.8: (1.9598, 0.01),
        0.9: (2.6426, 0.01),
        0.95: (3.4504, 0.02),
        0.99: (5.99, 0.06),
    }
    parts, quantities = {}, []
    for load, (sojourn, within) in references.items():
        name, quick = f"load {load:g}", load == 0.5
        settings = (f"workload.arrivals.rate={100 * load:.10g}/s", *_longer(load))
        parts[name] = Part("power-of-two-choices", settings, quick=quick)
        quantities.append(Quantity(f"mean time, {name}", sojourn, within * sojourn, mean(SOJOURN, name, SECOND), quick))
    name = "load 0.9, with replacement"
    again = ("workload.arrivals.rate=90/s", "workload.placement.replacement=true", *_longer(0.9))
    parts[name] = Part("power-of-two-choices", again, quick=False)
    quantities.append(Quantity(f"mean time, {name}", 2.6577, 0.026577, mean(SOJOURN, name, SECOND), False))
    return Row("Q07", "the power of two choices, 100 servers", MITZENMACHER, parts, tuple(quantities), 20, 4)


def _stealing_queues() -> Row:
    references = {0.5: 1.618, 0.7: 2.107, 0.8: 2.562, 0.9: 3.541, 0.95: 4.94}
    parts, quantities = {}, []
    for load, sojourn in references.items():
        name, within = f"load {load:g}", 0.015 if load <= 0.9 else 0.03
        warm = () if load == 0.5 else ("workload.count=60000", "workload.warm_up=150s")
        settings = (f"workload.arrivals.rate={128 * load:.10g}/s", *warm)
        parts[name] = Part("work-stealing-queues", settings, quick=load == 0.5)
        number = mean(SOJOURN, name, SECOND)
        quantities.append(Quantity(f"mean time, {name}", sojourn, within * sojourn, number, load == 0.5))
    source = "Mitzenmacher, Analyses of load stealing models, SPAA 1998; load 0.95 by simulation of 128"
    return Row("Q10", "stealing among 128 processors with arrivals", source, parts, tuple(quantities), 40, 4)


def _tree(depth: int, references: dict[int, tuple[float, float]], quick: int) -> tuple[dict[str, Part], list[Quantity]]:
    """A binary tree of tasks on some numbers of cores, and that every step of a core is a task or an attempt.

    What is left over, of all the steps of a core, are those at the end in which others run the last tasks.
    """
    parts, quantities = {}, []
    for cores, (steps, within) in references.items():
        name = f"D={depth} P={cores}"
        settings = (f"workload.shape.depth={depth}", f"hardware.cores={cores}")
        parts[name] = Part("work-stealing-tree", settings, quick=cores == quick)
        number = mean(MAKESPAN, name, STEP)
        quantities.append(Quantity(f"steps, {name}", steps, within, number, cores == quick))
        idle = _idle_steps(2 ** (depth + 1) - 1, cores, name)
        quantities.append(Quantity(f"steps neither worked nor stolen in, {name}", 0, 1, idle, cores == quick))
    return parts, quantities


def _idle_steps(work: int, cores: int, part: str) -> Statistic:
    """Most steps a core that are neither a task nor an attempt, in any run: (P T - T1 - attempts) / P."""

    def statistic(samples: Samples) -> tuple[float, float]:
        steps = cores * column(samples, part, MAKESPAN) / STEP - work - column(samples, part, "steal_attempts")
        return float(np.max(np.abs(steps))) / cores, 0.0

    return statistic


def _stealing_tree() -> Row:
    references = {cores: (steps, 0.015 * steps) for cores, steps in {16: 531.8, 64: 152.2, 256: 58.4}.items()}
    parts, quantities = _tree(12, references, quick=16)
    critical = beyond(2**13 - 1, 16, "D=12 P=16", scale=13)
    quantities.append(Quantity("(T - T1/P) / Tinf, D=12 P=16", 1.525, 0.225, critical))
    source = "Blumofe and Leiserson, Journal of the ACM 46(5), 1999; constants by Cilk's measurements and simulation"
    return Row("Q11", "work stealing on a tree of 8,191 tasks", source, parts, tuple(quantities), 100, 6)


def _stealing_larger_tree() -> Row:
    work = 2**17 - 1
    parts, quantities = _tree(16, {}, quick=64)
    for cores, (steps, attempts) in {
        4: (32772.6, 0.28),
        8: (16402.3, 1.08),
        64: (2079.8, 1.87),
        256: (547.3, 2.08),
    }.items():
        name, quick = f"D=16 P={cores}", cores == 64
        settings = ("workload.shape.depth=16", f"hardware.cores={cores}")
        parts[name] = Part("work-stealing-tree", settings, quick=quick)
        over = steps - work / cores
        found = beyond(work, cores, name)
        quantities.append(Quantity(f"T - T1/P, steps, {name}", over, 0.12 * over, found, quick))
        tried = mean("steal_attempts", name, 17 * cores)
        quantities.append(Quantity(f"attempts / (P Tinf), {name}", attempts, 0.12 * attempts, tried, quick))
    source = "Blumofe and Leiserson, Journal of the ACM 46(5), 1999; re-derived by simulation"
    return Row("Q12", "work stealing on a tree of 131,071 tasks", source, parts, tuple(quantities), 50, 1)


def _steal_half() -> Row:
    jobs, bound = 2**16, 3.65 * 16 + 3.63
    parts, quantities = {}, []
    for cores, rate in {16: 1.24, 64: 1.62, 256: 1.82}.items():
        name, quick = f"m={cores}", cores == 64
        parts[name] = Part("steal-half", (f"hardware.cores={cores}",), quick=quick)
        above = beyond(jobs, cores, name)
        quantities.append(Quantity(f"steps beyond W/m, above the bound, {name}", 0, 0, _above(above, bound), quick))
        rated = beyond(jobs, cores, name, scale=log2(jobs))
        quantities.append(Quantity(f"steps beyond W/m, over log2 W, {name}", rate, 0.2, rated, quick))
    source = "Tchiboukdjian, Gast and Trystram, Decentralized list scheduling, 2010-2013; rates by simulation"
    return Row("Q13", "stealing half of 65,536 tasks on one core", source, parts, tuple(quantities), 50, 1)


def _above(statistic: Statistic, bound: float) -> Statistic:
    """By how much a statistic is above a bound; 0 where it is not."""
    return lambda samples: (max(0.0, statistic(samples)[0] - bound), 0.0)


def _works(works: list[int]) -> str:
    return f"workload.work={{kind: listed, each: [{', '.join(f'{work}s' for work in works)}]}}"


def _makespans(cases: dict[str, tuple[int, list[int], str, float]]) -> tuple[dict[str, Part], tuple[Quantity, ...]]:
    """Makespans in seconds of lists of works, by number of cores, list, order and reference."""
    parts = {
        name: Part("list-scheduling", (f"hardware.cores={cores}", _works(works), f"workload.order={order}"))
        for name, (cores, works, order, _) in cases.items()
    }
    quantities = tuple(
        Quantity(f"makespan, {name}", reference, 0, _scaled(every(MAKESPAN, reference * SECOND, name)))
        for name, (_, _, _, reference) in cases.items()
    )
    return parts, quantities


def _scaled(statistic: Statistic) -> Statistic:
    return lambda samples: (statistic(samples)[0] / SECOND, 0.0)


def _list_scheduling() -> Row:
    cases: dict[str, tuple[int, list[int], str, float]] = {}
    for cores in (2, 4, 8):
        works = [1] * (cores * (cores - 1)) + [cores]
        cases[f"m={cores} as listed"] = (cores, works, "as-drawn", 2 * cores - 1)
        cases[f"m={cores} longest first"] = (cores, works, "longest-first", cores)
    parts, quantities = _makespans(cases)
    source = "Graham, Bell System Technical Journal 45(9), 1966: 2 - 1/m is reached"
    return Row("Q14", "list scheduling at its worst", source, parts, quantities, 1, 1)


def _longest_first() -> Row:
    cases: dict[str, tuple[int, list[int], str, float]] = {}
    for cores in LPT_SIZES:
        pairs = [work for work in range(cores + 1, 2 * cores) for _ in range(2)]
        cases[f"m={cores} longest first"] = (cores, [*pairs, *[cores] * 3], "longest-first", 4 * cores - 1)
        cases[f"m={cores} best list"] = (cores, best_list(cores), "as-drawn", 3 * cores)
    parts, quantities = _makespans(cases)
    source = "Graham, SIAM Journal on Applied Mathematics 17(2), 1969: (4m - 1) / (3m) is reached"
    return Row("Q16", "longest processing time first at its worst", source, parts, quantities, 1, 1)


def best_list(cores: int) -> list[int]:
    """The same works in an order that a list scheduler carries out without a gap, in 3m.

    Each core gets two works that make 3m, the longer one first, but for one that gets three of m.
    """
    pairs = [work for work in range(cores + 1, 2 * cores) for _ in range(2)]
    longer = sorted(pairs, reverse=True)[: cores - 1]
    return [*longer, cores, cores, *(3 * cores - work for work in reversed(longer)), cores]


def _balls_in_bins() -> Row:
    cells: dict[tuple[int, int], dict[int, float]] = {
        (8, 1): {4: 0.38, 5: 0.48, 6: 0.12},
        (8, 2): {2: 0.105, 3: 0.892},
        (8, 3): {2: 0.88, 3: 0.12},
        (12, 2): {3: 0.97, 4: 0.03},
        (16, 2): {3: 0.68, 4: 0.32},
    }
    parts, quantities = {}, []
    for (power, choices), shares in cells.items():
        name, bins = f"2^{power} bins, {choices} choices", 2**power
        nodes = max(1, bins // 4096)
        settings = (
            f"topology.nodes={nodes}",
            f"hardware.cores={bins // nodes}",
            f"workload.count={bins}",
            f"workload.placement.choices={choices}",
        )
        parts[name] = Part("balls-in-bins", settings, quick=power == 8)
        for load, share in shares.items():
            found = share_of("maximum_load", load, name)
            quantities.append(Quantity(f"share of runs with {load} at most, {name}", share, 0.08, found, power == 8))
    source = (
        "Mitzenmacher, Richa and Sitaraman, The power of two random choices, 2001, table 1; re-derived by simulation"
    )
    return Row("Q17", "balls in bins: the fullest bin", source, parts, tuple(quantities), 300, 40)


QUEUE_ROWS = (
    _markov_queue(),
    _general_queue(),
    _shortest_remaining(),
    _little(),
    _two_choices(),
    _stealing_queues(),
    _stealing_tree(),
    _stealing_larger_tree(),
    _steal_half(),
    _list_scheduling(),
    _longest_first(),
    _balls_in_bins(),
)
