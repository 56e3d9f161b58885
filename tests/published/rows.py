"""The published results that Murmur reproduces, as data: scenario, overrides, reference, tolerance, seeds.

References are re-derived by independent simulation or exact mathematics; the sources are what was published. Where the
source prints no tolerance for a number, it is about four standard errors at the full number of seeds.
"""

from __future__ import annotations

from itertools import product
from math import log

from tests.published.agreement_rows import AGREEMENT_ROWS
from tests.published.lease_rows import LEASE_ROWS
from tests.published.measurement import (
    Part,
    Quantity,
    Row,
    Statistic,
    every,
    mean,
    mean_above,
    rumour_law,
    share_above,
    slope,
    variance,
)
from tests.published.oscillator_rows import OSCILLATOR_ROWS
from tests.published.queue_rows import QUEUE_ROWS
from tests.published.quorum_rows import QUORUM_ROWS
from tests.published.raft_rows import RAFT_ROWS
from tests.published.sharding_rows import SHARDING_ROWS
from tests.published.shared_state_rows import SHARED_STATE_ROWS

DEMERS = "Demers et al., Epidemic algorithms for replicated database maintenance, PODC 1987"
TOLD = "messages_per_node_by_kind.Push"
ANSWERED = "messages_per_node_by_kind.Answer"
LAST, AVERAGE, PRINTED = "last_receipt_round", "mean_receipt_round", "mean_hit_round"
SECOND = 1e9
CONVERGED = "first_converged_at"


def _table(number: str, scenario: str, k: int, quantities: list[Quantity], quick: int = 12) -> Row:
    """A row of the tables of rumour mongering."""
    table = {"demers-push-counter": 1, "demers-push-coin": 2, "demers-pull-counter": 3}[scenario]
    part = Part(scenario, (f"protocol.k={k}",), until="extinct")
    return Row(number, f"table {table}, k={k}", f"{DEMERS}, table {table}", {"": part}, tuple(quantities), 200, quick)


def _push_counter(number: str, k: int, s: tuple[float, float], m: tuple[float, float], *times: float) -> Row:
    last, true, printed = times
    quantities = [
        Quantity("s", *s, mean("residue")),
        Quantity("m", *m, mean(TOLD)),
        Quantity("t_last", last, 0.35, mean(LAST)),
        Quantity("t_ave (true)", true, 0.08, mean(AVERAGE)),
        Quantity("t_ave (printed)", printed, 0.08, mean(PRINTED)),
    ]
    return _table(number, "demers-push-counter", k, quantities)


def _push_coin(number: str, k: int, s: tuple[float, float], m: tuple[float, float], last: tuple[float, float]) -> Row:
    quantities = [
        Quantity("s", *s, mean("residue")),
        Quantity("m", *m, mean(TOLD)),
        Quantity("t_last", *last, mean(LAST)),
    ]
    return _table(number, "demers-push-coin", k, quantities)


def _pull_counter(
    number: str, k: int, s: tuple[float, float], m: float, average: float, last: tuple[float, float]
) -> Row:
    quantities = [
        Quantity("s", *s, mean("residue")),
        Quantity("m", m, 0.012, mean(ANSWERED)),
        Quantity("t_ave", average, 0.35, mean(AVERAGE)),
        Quantity("t_last", *last, mean(LAST)),
    ]
    return _table(number, "demers-pull-counter", k, quantities, quick=8)


def _law() -> Row:
    rules = product(("feedback-counter", "feedback-coin", "blind-counter", "blind-coin"), (2, 3))
    parts = {
        f"{rule} k={k}": Part("demers-push-counter", (f"protocol.stop={rule}", f"protocol.k={k}"), until="extinct")
        for rule, k in rules
    }
    quantities = tuple(Quantity(f"-ln s / m, {name}", 1.0, 0.01, rumour_law(TOLD, name)) for name in parts)
    return Row("E15", "s = exp(-m) for every push", f"{DEMERS}, section 1.4", parts, quantities, 300, 6)


def _stifling() -> Row:
    references = ((1, 0.20319, 0.003), (2, 0.05952, 0.0015))
    parts = {f"k={k}": Part("stifling-by-clocks", (f"protocol.k={k}",)) for k, _, _ in references}
    quantities = tuple(Quantity(f"s, k={k}", s, within, mean("residue", f"k={k}")) for k, s, within in references)
    return Row("E17", "s = exp(-(k+1)(1-s))", f"{DEMERS}, section 1.4", parts, quantities, 200, 12)


def _anti_entropy() -> Row:
    references = {
        ("pull", 500): (0.24975, 0.0012),
        ("push", 500): (0.30304, 0.0012),
        ("push-pull", 500): (0.15137, 0.0012),
        ("pull", 900): (0.00991, 0.0006),
        ("push", 900): (0.04060, 0.0006),
        ("push-pull", 900): (0.00402, 0.0004),
    }
    names = {case: f"{case[0]} from {1 - case[1] / 1000:g}" for case in references}
    parts = {
        name: Part("anti-entropy-round", (f"protocol.exchange={exchange}", f"workload.nodes={informed}"))
        for (exchange, informed), name in names.items()
    }
    quantities = tuple(
        Quantity(f"share without, {names[case]}", *reference, mean("residue", names[case]))
        for case, reference in references.items()
    )
    return Row("E19", "one round of anti-entropy", f"{DEMERS}, section 1.3", parts, quantities, 400, 12)


def _push_in_rounds() -> Row:
    references = {
        64: (11.167, 5.15),
        100: (12.315, 5.63),
        256: (14.65, None),
        1000: (18.05, 7.99),
        10_000: (23.66, 10.27),
    }
    parts = {
        f"n={n}": Part("push-in-rounds", (f"topology.nodes={n}",), "vectorised" if n > 1000 else "converged")
        for n in references
    }
    quantities = []
    for n, (rounds, sent) in references.items():
        quantities.append(Quantity(f"rounds, n={n}", rounds, 0.25, mean(LAST, f"n={n}")))
        if sent is not None:
            quantities.append(Quantity(f"transmissions per node, n={n}", sent, 0.25, mean(TOLD, f"n={n}")))
    source = "Frieze and Grimmett 1985; Pittel 1987; Doerr and Künnemann 2014"
    return Row("E20", "synchronous push to all", source, parts, tuple(quantities), 300, 12)


def _push_by_clocks() -> Row:
    references = {100: (10.2512, 3.408), 1000: (14.954, 3.311)}
    parts = {f"n={n}": Part("push-by-clocks", (f"topology.nodes={n}",)) for n in references}
    quantities = []
    for n, (average, spread) in references.items():
        quantities.append(Quantity(f"periods, n={n}", average, 0.35, mean(CONVERGED, f"n={n}", SECOND)))
        quantities.append(Quantity(f"variance, n={n}", spread, 1.0, variance(CONVERGED, f"n={n}", SECOND), quick=False))
    return Row("E24", "push to all by Poisson clocks", "exact (pure birth chain)", parts, tuple(quantities), 400, 12)


def _ring_in_rounds() -> Row:
    parts = {f"n={n}": Part("push-in-rounds", ("topology.kind=ring", f"topology.nodes={n}")) for n in (64, 100)}
    quantities = (
        Quantity("rounds, n=64", 63.25, 1.1, mean(LAST, "n=64")),
        Quantity("rounds, n=100", 99.25, 1.1, mean(LAST, "n=100")),
    )
    return Row("E26", "synchronous push around a ring", "exact recursion", parts, quantities, 400, 12)


def _ring_and_path_by_clocks() -> Row:
    cases = list(product(("ring", "line"), ("push", "push-pull")))
    parts = {
        f"{kind} {exchange}": Part(
            "push-by-clocks", (f"topology.kind={kind}", "topology.nodes=64", f"protocol.exchange={exchange}")
        )
        for kind, exchange in cases
    }

    def periods(part: str) -> Statistic:
        return mean(CONVERGED, part, SECOND)

    quantities = (
        Quantity("periods, ring push", 63, 1.5, periods("ring push")),
        Quantity("variance, ring push", 63, 18, variance(CONVERGED, "ring push", SECOND), quick=False),
        Quantity("periods, ring push-pull", 31.5, 0.75, periods("ring push-pull")),
        Quantity("variance, ring push-pull", 15.75, 4.5, variance(CONVERGED, "ring push-pull", SECOND), quick=False),
        Quantity("periods, path push", 125, 4, periods("line push")),
        Quantity("periods, path push-pull", 62.33, 1.4, periods("line push-pull")),
    )
    return Row("E28", "ring and path of 64 by Poisson clocks", "exact (sums of stages)", parts, quantities, 400, 12)


def _star() -> Row:
    star = ("topology.kind=star", "topology.nodes=64")
    parts = {
        f"rounds {exchange}": Part("push-in-rounds", (*star, f"protocol.exchange={exchange}"))
        for exchange in ("push", "pull", "push-pull")
    }
    parts["rounds push-pull from a leaf"] = Part(
        "push-in-rounds", (*star, "protocol.exchange=push-pull", "workload.nodes=[7]")
    )
    for exchange in ("push-pull", "pull"):
        parts[f"clocks {exchange}"] = Part("push-by-clocks", (*star, f"protocol.exchange={exchange}"))
    quantities = (
        Quantity("rounds, push", 297.9, 15, mean(LAST, "rounds push")),
        Quantity("rounds, pull (every run)", 1, 0, every(LAST, 1, "rounds pull")),
        Quantity("rounds, push-pull (every run)", 1, 0, every(LAST, 1, "rounds push-pull")),
        Quantity("rounds, push-pull from a leaf (every run)", 2, 0, every(LAST, 2, "rounds push-pull from a leaf")),
        Quantity("periods, push-pull", 4.654, 0.22, mean(CONVERGED, "clocks push-pull", SECOND)),
        Quantity("periods, pull", 4.728, 0.22, mean(CONVERGED, "clocks pull", SECOND)),
    )
    return Row("E29", "star of 64", "exact (coupon collector)", parts, quantities, 400, 10)


def _random_regular() -> Row:
    parts, quantities = {}, []
    for degree, constant in ((3, 4.298), (4, 3.335)):
        for n in (4096, 65_536):
            graph = ("topology.kind=random-regular", f"topology.nodes={n}", f"topology.degree={degree}")
            parts[f"d={degree} n={n}"] = Part("push-in-rounds", graph, "vectorised")
        rise = slope(LAST, f"d={degree} n=4096", f"d={degree} n=65536", log(65_536 / 4096))
        quantities.append(Quantity(f"rounds per ln n, d={degree}", constant, 0.07 * constant, rise))
    quantities.append(Quantity("rounds, d=3 n=4096", 36.5, 0.7, mean(LAST, "d=3 n=4096")))
    source = "Fountoulakis and Panagiotou, Rumor spreading on random regular graphs and expanders, 2010"
    return Row("E30", "synchronous push on random regular graphs", source, parts, tuple(quantities), 100, 6)


def _averaging() -> Row:
    parts = {
        "two matchings": Part("averaging-in-pairs"),
        "one matching": Part("averaging-in-pairs", ("protocol.matchings=1",)),
        "random pairs": Part("averaging-in-pairs", ("protocol.pairing=random",)),
        "sequential": Part("averaging-in-pairs", ("protocol.pairing=sequential",)),
    }
    references = {"two matchings": 0.25, "one matching": 0.4988, "random pairs": 0.3679, "sequential": 0.3033}
    quantities = tuple(
        Quantity(f"variance ratio, {part}", ratio, 0.01, mean("variance_ratio", part))
        for part, ratio in references.items()
    )
    source = "Jelasity, Montresor and Babaoglu, ACM TOCS 23(3), 2005, section 3"
    return Row("E34", "gossip averaging", source, parts, quantities, 50, 4)


def _epidemic() -> Row:
    quantities = (
        Quantity("P(more than a quarter)", 0.4984, 0.055, share_above("final_size", 250)),
        Quantity("mean share if so", 0.7959, 0.004, mean_above("final_size", 250, scale=1000)),
        Quantity("mean number infected", 397.7, 51, mean("final_size")),
    )
    source = "Kermack and McKendrick 1927; exact dynamic programme"
    return Row("E36", "SIR epidemic", source, {"": Part("sir-outbreak")}, quantities, 1000, 60)


def _voter() -> Row:
    parts = {f"k={k}": Part("voter-consensus", (f"protocol.ones={k}",)) for k in (30, 50)}
    quantities = (
        Quantity("P(all one), k=30", 0.3, 0.05, share_above("opinions.1", 99.5, "k=30")),
        Quantity("P(all one), k=50", 0.5, 0.05, share_above("opinions.1", 99.5, "k=50")),
        Quantity("periods, k=30", 59.984, 0.06 * 59.984, mean(CONVERGED, "k=30", SECOND)),
        Quantity("periods, k=50", 68.129, 0.06 * 68.129, mean(CONVERGED, "k=50", SECOND)),
    )
    return Row("E38", "voter model", "exact (birth-death chain)", parts, quantities, 1000, 12)


ROWS = {
    row.id: row
    for row in (
        _push_counter("E01", 1, (0.1744, 0.005), (1.745, 0.01), 16.80, 9.78, 10.98),
        _push_counter("E03", 3, (0.0109, 0.001), (4.532, 0.01), 17.30, 10.02, 12.53),
        _push_counter("E05", 5, (0.00122, 0.0004), (6.682, 0.012), 17.71, 10.06, 12.77),
        _push_coin("E06", 1, (0.9598, 0.005), (0.040, 0.005), (38.9, 4.5)),
        _push_coin("E08", 3, (0.0594, 0.0025), (2.823, 0.025), (31.6, 1.0)),
        _push_coin("E10", 5, (0.0071, 0.001), (4.964, 0.035), (32.3, 1.4)),
        _pull_counter("E11", 1, (0.0318, 0.002), 2.699, 10.1, (17.55, 0.5)),
        _pull_counter("E13", 3, (3e-6, 3.7e-5), 6.086, 10.04, (13.96, 0.4)),
        _law(),
        _stifling(),
        _anti_entropy(),
        _push_in_rounds(),
        _push_by_clocks(),
        _ring_in_rounds(),
        _ring_and_path_by_clocks(),
        _star(),
        _random_regular(),
        _averaging(),
        _epidemic(),
        _voter(),
        *RAFT_ROWS,
        *QUORUM_ROWS,
        *OSCILLATOR_ROWS,
        *AGREEMENT_ROWS,
        *SHARED_STATE_ROWS,
        *LEASE_ROWS,
        *SHARDING_ROWS,
        *QUEUE_ROWS,
    )
}
"""Every row by its number."""
