"""What it meant: run folders, checks, statistics and plots."""
