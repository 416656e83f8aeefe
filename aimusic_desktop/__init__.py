"""Desktop client for the AI Music API."""

__version__ = "0.1.0"
