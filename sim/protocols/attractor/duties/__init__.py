"""What an agent does each time it passes phase zero: one duty a file."""
