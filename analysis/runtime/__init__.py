"""What the runtime and its agents have done, measured and judged from their records."""
