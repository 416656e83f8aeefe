"""What the user has: tasks and clips in SQLite. No Qt."""
