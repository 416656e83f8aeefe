"""What plays next. Free of Qt."""
