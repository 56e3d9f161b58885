"""What changed between two studies beyond noise: cells that belong together, run by run where seeds match."""
