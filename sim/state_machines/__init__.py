"""State machines that protocols replicate and workloads use."""
