"""Byzantine faults: nodes that keep silent, lie, replay, flood, or share an identity."""
