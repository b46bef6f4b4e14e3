"""What `evaluate` found, for people."""
