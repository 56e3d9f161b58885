"""The actor runtime: actors with mailboxes, and the primitives that they are made of."""
