"""A stand-in for the service on the loopback address."""
