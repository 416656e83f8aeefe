"""What the actions do, one room for each use."""
