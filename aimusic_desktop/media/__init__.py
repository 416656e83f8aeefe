"""Bytes of songs and covers. No Qt."""
