"""Published results on leases, as data."""

from __future__ import annotations

from tests.published.measurement import Part, Quantity, Row, mean

GRAY = "Gray and Cheriton, Leases, SOSP 1989, section 3.1"


def _load() -> Row:
    """The share of reads that ask: 1 / (1 + R t_c), where t_c is what of the term is left to the reader."""
    references = {1: 0.563, 2: 0.379, 5: 0.191, 10: 0.1047, 20: 0.055, 30: 0.037}
    parts = {f"{term} s": Part("lease-load", (f"protocol.term={term}s",), quick=term == 10) for term in references}
    quantities = tuple(
        Quantity(
            f"questions per read, term {term} s",
            share,
            0.02 * share,
            mean("lease_extension_share", f"{term} s"),
            quick=term == 10,
        )
        for term, share in references.items()
    )
    return Row("L01", "load of leases", GRAY, parts, quantities, 10, 2)


LEASE_ROWS = (_load(),)
