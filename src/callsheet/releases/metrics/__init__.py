"""Metrics and reports on releases, one a file."""
