"""A central coordinator, with or without failover."""
