"""What plays next, in the window."""
