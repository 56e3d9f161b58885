"""Primary and backups, with views and a lease."""
