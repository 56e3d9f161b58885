"""Options of gossip that make no sense together are refused, with the field and the remedy."""

import pytest
from pydantic import ValidationError

from sim.protocols.gossip.config import GossipConfig
from sim.protocols.registry import PROTOCOLS


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"hunt": 1}, "connection_limit"),
        ({"spread": "anti-entropy", "stop": "blind-coin"}, "spread: rumour"),
        ({"spread": "anti-entropy", "backup": 10**9}, "spread: rumour"),
        ({"detector": "equal-digests"}, "set backup"),
        ({"fanout": 0}, "greater than or equal to 1"),
        ({"fanout": "ln"}, "log2"),
        ({"k": 0}, "greater than or equal to 1"),
        ({"period": 0}, "longer than 0"),
        ({"stop": "never"}, "feedback-counter"),
        ({"feedback": True}, "not permitted"),
    ],
)
def test_contradictions_are_refused(options: dict, remedy: str) -> None:
    """Each has an error of its own that says what to do."""
    with pytest.raises(ValidationError, match=remedy):
        GossipConfig(**options)


@pytest.mark.parametrize(("population", "fanout"), [(1, 1), (2, 1), (3, 2), (8, 3), (9, 4), (1000, 10)])
def test_a_logarithmic_fanout_is_rounded_up(population: int, fanout: int) -> None:
    """log2 means the least whole number that is not below the logarithm, and at least 1."""
    assert GossipConfig(fanout="log2").partners(population) == fanout


def test_every_protocol_is_registered_under_its_kind() -> None:
    """The name of an entry is the kind that its options carry, by which a scenario chooses it."""
    assert {"gossip", "raft", "attractor", "kuramoto", "sir", "voter"} < set(PROTOCOLS)
    for name, kind in PROTOCOLS.items():
        assert kind.config.model_fields["kind"].default == name == kind.protocol.name()
        assert kind.description
