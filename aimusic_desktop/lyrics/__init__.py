"""Lyrics and when they are sung: sections, lines with their times, LRC. Pure."""
