"""Connectors, one kind of source a file."""
