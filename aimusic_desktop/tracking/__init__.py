"""Keeps unfinished tasks moving. No Qt."""
