"""Studies: one question asked of many scenarios, each under many seeds, answered by tables with intervals."""
