"""Every state machine by its name."""

from __future__ import annotations

from typing import Final

from sim.state_machines.bank import Bank
from sim.state_machines.key_value import KeyValueStore

STATE_MACHINES: Final[dict[str, type[KeyValueStore] | type[Bank]]] = {"key-value": KeyValueStore, "bank": Bank}
