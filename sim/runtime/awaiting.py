"""Ways for an actor to wait for what is not there yet: with a timeout, for several things, again after a failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.runtime.future import Future, all_of, any_of, first_of

if TYPE_CHECKING:
    from sim.runtime.actor import Actor, Effect
    from sim.runtime.retry_policy import RetryPolicy


class Attempted(NamedTuple):
    """What came of trying: the value, None where all attempts failed, and how many there were."""

    value: Any
    attempts: int


def settled(actor: Actor, future: Future, timeout: int | None = None) -> Effect[bool]:
    """Wait until a future is done, has failed or is cancelled; False where that takes longer than `timeout` ns.

    Messages that come meanwhile stay in the mailbox.
    """
    yield from actor.compute(0)  # what is owed is worked off first: a future may be settled while that is done
    if not future.pending:
        return True
    if timeout is not None and timeout <= 0:
        return False
    future.when_settled(actor.unpark)
    yield from actor.park(timeout)
    future.forget(actor.unpark)
    return not future.pending


def wait(actor: Actor, future: Future, timeout: int | None = None) -> Effect[Any]:
    """Wait for the value of a future; None where it fails, is cancelled, or does not come within `timeout` ns.

    After the timeout it is cancelled: a value that comes later is ignored, and counts as `late` there.
    """
    if not (yield from settled(actor, future, timeout)):
        future.cancel()
    return future.value


def wait_for_all(actor: Actor, futures: Sequence[Future], timeout: int | None = None) -> Effect[tuple[Any, ...] | None]:
    """Wait for all values, which come in the order of the futures; None as soon as one fails, or after `timeout` ns.

    After the timeout those that are pending are cancelled.
    """
    values: tuple[Any, ...] | None = yield from wait(actor, all_of(futures), timeout)
    return values


def wait_for_any(actor: Actor, futures: Sequence[Future], timeout: int | None = None) -> Effect[tuple[int, Any] | None]:
    """Wait for the first value: (place, value); None where all fail, or after `timeout` ns. The others stay as is."""
    first: tuple[int, Any] | None = yield from wait(actor, any_of(futures), timeout)
    return first


def wait_for_first(
    actor: Actor, number: int, futures: Sequence[Future], timeout: int | None = None
) -> Effect[tuple[tuple[int, Any], ...] | None]:
    """Wait for so many values: (place, value) as they come; None where too many fail, or after `timeout` ns."""
    found: tuple[tuple[int, Any], ...] | None = yield from wait(actor, first_of(number, futures), timeout)
    return found


def retried(actor: Actor, attempt: Callable[[], Effect[Any]], policy: RetryPolicy) -> Effect[Attempted]:
    """Try until an attempt gives something else than None, as often as the policy says, with its rests between.

    Rests are drawn from the actor's own stream.
    """
    value = yield from attempt()
    attempts = 1
    rests = policy.rests(actor.random)
    while value is None:
        rest = next(rests, None)
        if rest is None:
            break
        yield from actor.sleep(rest)
        value = yield from attempt()
        attempts += 1
    return Attempted(value, attempts)
