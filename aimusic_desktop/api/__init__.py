"""The service on the wire. No Qt."""
