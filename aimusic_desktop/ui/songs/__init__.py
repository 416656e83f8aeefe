"""The list of songs."""
