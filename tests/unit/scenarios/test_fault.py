"""Faults are made by name in Python as in a scenario file, with the same messages."""

import pytest

import murmur


def test_a_fault_is_made_by_its_kind() -> None:
    """Text with units is read, and other fields keep their defaults."""
    loss = murmur.fault("loss", at="5s", probability="10%", heal_after="1s")
    assert (loss.kind, loss.at, loss.probability, loss.lasting) == ("loss", 5_000_000_000, 0.1, 1_000_000_000)
    assert murmur.fault("crash", at=0, target=1) == murmur.Crash(at=0, target=1)


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("los", {}, "found no fault called 'los'; did you mean 'loss'"),
        ("loss", {"at": "5"}, "at: found '5', which has no unit"),
        ("loss", {"at": "5s", "probabilty": 0.1}, "unknown field 'probabilty'; did you mean 'probability'"),
        ("loss", {}, "found neither 'at' nor 'when'"),
        ("loss", {"at": 0, "when": {"every": "1s"}}, "found both 'at' and 'when'"),
        ("crash", {"at": 0, "target": {"randm": 2}}, "target.randm: unknown field 'randm'; did you mean 'random'"),
        ("crash", {"at": 0, "target": {}}, "found no way to choose"),
        ("crash", {"at": 0, "target": "leeder"}, "found 'leeder'; expected a node's number"),
        ("crash", {"at": 0, "target": {"random": "130%"}}, "130%"),
        ("crash", {"target": 1, "when": {"evry": "2s"}}, "expected a schedule with exactly one of every"),
        ("crash", {"target": 1, "when": {"every": "2s", "after": "x"}}, "exactly one of every"),
        ("crash", {"target": 1, "when": {"every": "2s", "utill": "3s"}}, "when.utill: unknown field"),
        ("crash", {"target": 1, "when": {"strikes": []}}, "when.strikes"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_remedy(kind: str, fields: dict, message: str) -> None:
    """A wrong kind or field gives one InputError that says what was expected."""
    with pytest.raises(murmur.InputError) as caught:
        murmur.fault(kind, **fields)
    assert message in str(caught.value)
