"""State that threads on the cores of a node share: what it costs to use it, and what conflicts do."""
