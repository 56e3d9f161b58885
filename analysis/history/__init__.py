"""What clients saw, and which consistency explains it."""
