"""What a storage does with fencing tokens: who comes with an older one than it has seen is turned away (Burrows, "The
Chubby lock service", OSDI 2006, section 2.4, where they are called sequencers)."""

from __future__ import annotations


class Fence:
    """The highest token that was seen for each resource."""

    __slots__ = ("seen",)

    def __init__(self, seen: dict[str, int] | None = None) -> None:
        self.seen: dict[str, int] = {} if seen is None else dict(seen)

    def admits(self, resource: str, token: int) -> bool:
        """Whether no newer token was seen; if so this one is the newest from now on."""
        if token < self.seen.get(resource, 0):
            return False
        self.seen[resource] = token
        return True
