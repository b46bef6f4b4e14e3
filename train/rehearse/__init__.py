"""A whole release on one machine: embedded Hub, embedded base, embedded corpus."""
