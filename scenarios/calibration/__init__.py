"""What operations on shared state cost on the machine at hand, measured, as a file that scenarios can take."""
