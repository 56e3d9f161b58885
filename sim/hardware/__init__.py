"""What a node computes with."""
