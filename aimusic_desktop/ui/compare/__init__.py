"""Two versions of a song side by side."""
