"""Explaining a run: it is run again with each fault left out, to see what each one cost."""
