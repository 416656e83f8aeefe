"""Dialogs; each opens without a nested loop."""
