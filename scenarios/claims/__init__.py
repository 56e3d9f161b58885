"""Claims that the authors of designs make, each measured in the setups that stand for it, and judged."""
