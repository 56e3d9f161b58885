"""What to run: scenario files, the built-in library, and the command line."""
