"""How an agent answers what it hears: one strategy a file."""
