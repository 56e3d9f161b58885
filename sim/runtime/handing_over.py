"""Payloads on their way out of an actor, each by its capability."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.runtime.object_graph import Found, held_by_generators

if TYPE_CHECKING:
    from sim.runtime.actor import Actor
    from sim.runtime.envelope import Envelope
    from sim.runtime.reference import Reference


def pass_on(actor: Actor, to: Reference, envelope: Envelope) -> int:
    """Have the payload of an envelope pass to another actor; the work of it, in nanoseconds.

    It is called by the effect that sends, in the thread of the actor, whose variables are looked through for aliases.
    """
    runtime = actor.runtime
    if runtime.passing is None:
        return 0
    frame = sys._getframe(1)

    def held() -> tuple[Iterator[Found], tuple[object, ...]]:
        others = (runtime, runtime.node, actor._cell, actor.random, actor.config, envelope)
        return held_by_generators(frame, "sim.runtime"), others

    names, local = (str(actor.me), str(to)), to.node == runtime.node.id
    passed = runtime.passing.pass_on(envelope.payload, envelope.size, *names, local=local, held=held)
    envelope.payload, envelope.capability = passed.payload, passed.capability
    return passed.work if runtime.costed else 0
