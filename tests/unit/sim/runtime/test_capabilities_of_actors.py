"""Reference capabilities where actors send: what is moved, shared, copied, denied, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest

from sim.runtime.actor import Actor, Effect
from sim.runtime.capabilities import CapabilityError, Iso, Ref, Tag
from sim.runtime.config import RuntimeConfig
from sim.runtime.reference import Reference
from sim.runtime.runtime import Runtime
from tests.actor_systems import SECOND, system, told


class Taking(Actor):
    """Tells what it receives, by its class and its value, and adds to a list that it got by an iso."""

    def run(self) -> Effect[None]:
        while True:
            envelope = yield from self.receive()
            assert envelope is not None
            payload = envelope.payload
            if isinstance(payload, Iso):
                payload.value.append("taken")
            value = payload.identity if isinstance(payload, Tag) else getattr(payload, "value", payload)
            self.record("told", by=envelope.capability, value=str(value), at=self.now)


class Giving(Actor):
    """Acts as a function of it and of the one that takes says."""

    def __init__(self, to: Reference, behaviour: Any) -> None:
        self.to = to
        self.behaviour = behaviour
        self.kept: Any = None

    def run(self) -> Effect[None]:
        yield from self.behaviour(self, self.to)
        self.record("gave", at=self.now)


def given(behaviour: Any, nodes: int = 1, cores: int = 0, **options: Any) -> tuple[Any, list[Any]]:
    """Run a giver on node 0 and a taker on the last node."""

    def begin(runtime: Runtime) -> None:
        if runtime.node.id == nodes - 1:
            runtime.spawn(Taking, name="taker")
        if runtime.node.id == 0:
            runtime.spawn(Giving, Reference(nodes - 1, "taker"), behaviour, name="giver")

    runtime = RuntimeConfig.model_validate({"capabilities": {"trace": True, **options}})
    simulation, records = system(begin, nodes, cores=cores, runtime=runtime)
    simulation.run(SECOND)
    return simulation, records


@pytest.mark.parametrize(("nodes", "cores"), [(1, 0), (1, 2), (2, 0), (2, 1)])
def test_isos_vals_and_tags_arrive(nodes: int, cores: int) -> None:
    """What may be sent reaches the other actor by its capability, on its own node and on others."""

    def gives(actor: Any, to: Reference) -> Effect[None]:
        for payload in (actor.iso([1]), actor.val((1, 2)), Tag(to), [3]):
            yield from actor.send(to, payload)

    _, records = given(gives, nodes, cores)
    assert told(records, "told", "by") == ["iso", "val", "tag", "copy"]
    assert told(records, "told", "value") == ["[1, 'taken']", "(1, 2)", str(Reference(nodes - 1, "taker")), "[3]"]
    assert told(records, "iso", "event") == ["made", "sent", *["used"] * (len(told(records, "iso", "event")) - 2)]


def denied(behaviour: Any, match: str) -> None:
    """Have a giver raise the error, at the instant at which it acts."""
    with pytest.raises(CapabilityError, match=match):
        given(behaviour, cores=1)


def test_what_actors_keep_of_an_iso_is_found() -> None:
    """In an attribute, in a local variable, or in a variable of a generator that it runs in."""

    def in_an_attribute(actor: Any, to: Reference) -> Effect[None]:
        actor.kept = {"inner": []}
        iso = actor.iso([actor.kept["inner"]])
        yield from actor.send(to, iso)

    def in_a_variable(actor: Any, to: Reference) -> Effect[None]:
        orders = [1]
        yield from actor.send(to, actor.iso(orders))

    def sends(actor: Any, to: Reference, iso: Iso) -> Effect[None]:
        yield from actor.send(to, iso)

    def around_another(actor: Any, to: Reference) -> Effect[None]:
        book = [1]
        yield from sends(actor, to, actor.iso(book))

    denied(in_an_attribute, r"giver@0 sends an iso \(list 0.1\) to taker@0 at 0: .*kept\['inner'\] refers to its value")
    denied(in_a_variable, r"orders refers to its value too \(list\); delete that reference before")
    denied(around_another, "book refers to its value")


def test_use_after_send_and_refs_are_denied() -> None:
    """An iso that was sent is not used, a ref is not sent, by a message, a signal or an answer."""

    def uses(actor: Any, to: Reference) -> Effect[None]:
        iso = actor.iso([1])
        yield from actor.send(to, iso)
        yield from actor.sleep(3_000_000)
        iso.value.append(2)

    def sends(actor: Any, to: Reference) -> Effect[None]:
        yield from actor.send(to, Ref([1]))

    def signals(actor: Any, to: Reference) -> Effect[None]:
        yield from actor.signal(to, (1, Ref([1])))

    denied(uses, r"giver@0 uses an iso \(list 0.1\) that is not its own any more: it sent it to taker@0 at ")
    denied(sends, r"giver@0 sends a ref \(list\) to taker@0")
    denied(signals, "a ref stays with its actor")


def test_unchecked_all_goes_through() -> None:
    """Without checks the sender changes what it has sent, and the receiver sees it."""

    def uses(actor: Any, to: Reference) -> Effect[None]:
        iso = actor.iso(["mine"])
        yield from actor.send(to, iso)
        iso.value.append("still mine")
        yield from actor.send(to, iso)

    _, records = given(uses, mode="unchecked")
    assert told(records, "told", "value")[-1].count("mine") == 2
    owners = [(record.fields["event"], record.fields["actor"]) for record in records if record.kind == "iso"]
    assert ("used", "giver@0") in owners[owners.index(("sent", "giver@0")) :]


@pytest.mark.parametrize("size", [0, 64, 100_000])
def test_copies_cost_their_size_and_moves_do_not(size: int) -> None:
    """On a core a send of a plain list takes longer by its size at 10 GB/s; of an iso by its checks alone."""

    def time_of(wrap: Any) -> int:
        def gives(actor: Any, to: Reference) -> Effect[None]:
            yield from actor.send(to, wrap(actor), size)

        _, records = given(gives, cores=1, check="10ns", check_object="5ns")
        return int(told(records, "gave", "at")[0])

    plain, moved, shared = (
        time_of(wrap) for wrap in (lambda actor: [1], lambda actor: actor.iso([1]), lambda actor: actor.val(1))
    )
    assert plain - shared == -(-size // 10) - 10
    assert moved - shared > 5
    assert moved - time_of(lambda actor: actor.iso([[1], [2]])) == -10
