"""What records say of cores and of those who share them out."""
