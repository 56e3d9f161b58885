"""Messages between actors of different nodes: in order, once, and no more of them than there is room for."""
