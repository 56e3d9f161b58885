"""A leaf of calls that fan out, as an actor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.runtime.actor import Actor, Effect

if TYPE_CHECKING:
    from sim.protocols.fan_out.config import FanOutConfig

NAME: Final = "leaf"


class Leaf(Actor):
    """Serves one request after the other, each for a time that is drawn, and answers it or not."""

    config: FanOutConfig

    def run(self) -> Effect[Any]:
        """Serve for ever."""
        sample, failures = self.config.service.sampler(), self.config.failures
        while True:
            envelope = yield from self.receive()
            assert envelope is not None
            yield from self.sleep(sample(self.random))
            if not failures or not self.random.bernoulli(failures):
                yield from self.reply(envelope, self.me.node)
