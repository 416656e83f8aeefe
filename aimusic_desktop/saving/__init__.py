"""Saving songs into folders: jobs that are written down first and lose nothing."""
