"""A pytest plugin: wherever SimPy's suite makes a `simpy.Environment`, it gets our kernel."""

import simpy

from sim.kernel import Kernel

simpy.Environment = Kernel  # type: ignore[misc]
