"""The command `murmur`: one file for each of its commands."""
